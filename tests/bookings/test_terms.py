"""How a tutor may be booked."""

import pytest

from audit.models import AuditEntry
from bookings.models import BookingTerms
from bookings.services.terms import change_terms, ensure_terms, terms_of
from tests.factories import BookingTermsFactory, TutorProfileFactory

pytestmark = pytest.mark.django_db


def test_the_usual_terms_are_in_the_tutors_zone_and_no_row_until_somebody_writes():
    tutor = TutorProfileFactory(user__timezone="Asia/Kathmandu")

    terms = terms_of(tutor)

    assert (terms.timezone, terms.min_notice_hours, terms.durations) == ("Asia/Kathmandu", 2, [30, 45, 60, 90, 120])
    assert not BookingTerms.objects.exists()
    assert ensure_terms(tutor) == ensure_terms(tutor) == BookingTerms.objects.get()
    assert BookingTerms.objects.get().timezone == "Asia/Kathmandu"


def test_ones_own_terms_are_the_row():
    terms = BookingTermsFactory(min_notice_hours=5)

    assert terms_of(terms.tutor).min_notice_hours == 5


def test_a_change_is_written_and_audited():
    tutor = TutorProfileFactory()

    terms = change_terms(tutor, {"most_a_day": 3, "min_notice_hours": 2}, actor=tutor.user)

    assert BookingTerms.objects.get().most_a_day == terms.most_a_day == 3
    entry = AuditEntry.objects.get(action="terms.changed")
    assert (entry.actor_id, entry.before, entry.after) == (tutor.user_id, {"most_a_day": None}, {"most_a_day": 3})


def test_what_changes_nothing_leaves_no_trace():
    terms = BookingTermsFactory()

    change_terms(terms.tutor, {"slot_step_minutes": 30, "timezone": "Europe/London"}, actor=terms.tutor.user)

    assert not AuditEntry.objects.exists()
    assert BookingTerms.objects.get().timezone == "UTC"
