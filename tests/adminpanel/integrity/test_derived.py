"""What only Python can work out: scores between bounds, texts and minutes, each read by as many statements as ever."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import TutorProfile
from adminpanel import integrity
from adminpanel.integrity.check import REPAIRED, DerivedCheck
from audit.models import AuditEntry
from bookings.models import Booking, BookingStatus, Review
from bookings.services import ratings
from tests.factories import (
    AttendanceFactory,
    BookingFactory,
    CourseFactory,
    MessageFactory,
    ReviewFactory,
    SubjectFactory,
    TutorProfileFactory,
    TutorSubjectFactory,
)

pytestmark = pytest.mark.django_db

CHECKS = {check.name: check for check in integrity.CHECKS}
LONG_AGO = timedelta(days=400)


def look(name, *, later=timedelta(0), repair=False):
    moment = timezone.now() + later
    return integrity.run(actor=None, now=moment, thorough=True, repair=repair, checks=[CHECKS[name]]).issues


class TestRankings:
    @pytest.fixture
    def tutor(self):
        """One long-standing review of five stars, while another tutor's is of one."""
        now = timezone.now()
        best, _ = (self.reviewed(stars, now - timedelta(days=40)) for stars in (5, 1))
        TutorProfile.objects.update(created_at=now - LONG_AGO)
        ratings.refresh_scores(now=now)
        best.refresh_from_db()
        return best

    def reviewed(self, stars, at):
        review = ReviewFactory(rating=stars)
        Review.objects.filter(pk=review.pk).update(created_at=at, updated_at=at)
        Booking.objects.filter(pk=review.booking_id).update(updated_at=at)
        ratings.recompute(review.tutor_id, now=timezone.now())
        return review.tutor

    def set_score(self, tutor, score):
        TutorProfile.objects.filter(pk=tutor.pk).update(ranking_score=score)

    def test_what_was_worked_out_last_night_is_right_though_it_is_older_now(self, tutor):
        assert look("bookings.rankings") == []
        assert look("bookings.rankings", later=timedelta(days=1)) == []

    def test_what_was_not_worked_out_for_months_is_not(self, tutor):
        (issue,) = look("bookings.rankings", later=timedelta(days=200))

        assert issue.count == 2

    def test_a_score_that_is_a_little_off_is_found_and_mended(self, tutor):
        right = tutor.ranking_score
        self.set_score(tutor, right + Decimal("0.02"))

        (issue,) = look("bookings.rankings", repair=True)

        tutor.refresh_from_db()
        assert (issue.repaired, issue.remaining, tutor.ranking_score) == (1, 0, right)
        assert issue.examples[0].object == f"accounts.tutorprofile:{tutor.pk}"

    def test_a_review_of_today_moves_the_mean_that_the_others_were_drawn_to(self, tutor):
        now = timezone.now()
        self.reviewed(1, now)

        assert look("bookings.rankings") == []

        long_since = now - timedelta(days=3)
        Review.objects.update(updated_at=long_since)
        Booking.objects.update(updated_at=long_since)
        (issue,) = look("bookings.rankings")

        assert f"accounts.tutorprofile:{tutor.pk}" in {example.object for example in issue.examples}

    def test_newcomers_have_no_score_before_their_first_nights(self, tutor):
        newcomer = TutorProfileFactory()

        assert look("bookings.rankings") == []

        TutorProfile.objects.filter(pk=newcomer.pk).update(created_at=timezone.now() - timedelta(days=3))
        (issue,) = look("bookings.rankings")

        assert issue.count == 1
        assert "its reviews come to 2.9900 to 3.0100" in issue.examples[0].message


class TestTexts:
    def test_subjects_are_found_in_the_order_in_which_they_were_chosen(self):
        tutor = TutorProfileFactory()
        for name in ("Zoology", "Algebra"):
            TutorSubjectFactory(tutor=tutor, subject=SubjectFactory(name=name))

        (issue,) = look("accounts.search_texts", repair=True)

        tutor.refresh_from_db()
        assert (issue.repaired, issue.remaining) == (1, 0)
        assert tutor.search_text.endswith(" zoology algebra")

    def test_nothing_that_somebody_wrote_is_said_or_kept_for_ever(self):
        message = MessageFactory(text="A secret of mine", search_text=" old secret")

        (issue,) = look("messages.search_texts", repair=True)

        entry = AuditEntry.objects.get(action=REPAIRED)
        message.refresh_from_db()
        assert message.search_text == " a secret of mine"
        assert "secret" not in f"{issue.examples}"
        assert (entry.before, entry.after) == ({"search_text": "out of date"}, {"search_text": "made anew"})

    @pytest.mark.parametrize("text", ["", " words of then"])
    def test_of_a_closed_account_nothing_has_to_be_found_and_nothing_else_may_be(self, text):
        course = CourseFactory(search_text=text)
        TutorProfile.objects.filter(pk=course.tutor_id).update(search_text=text, is_listed=False)
        user = course.tutor.user
        user.deleted_at, user.is_active = timezone.now(), False
        user.save()

        found = [look(name) for name in ("courses.search_texts", "accounts.search_texts")]

        assert [len(issues) for issues in found] == ([0, 0] if text == "" else [1, 1])


def test_minutes_outside_of_a_lesson_do_not_count():
    start = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
    booking = BookingFactory(status=BookingStatus.COMPLETED, starts_at=start)
    early, late = start - timedelta(minutes=10), booking.ends_at + timedelta(minutes=10)
    AttendanceFactory(booking=booking, entered_at=early, left_at=late)
    AttendanceFactory(booking=booking, user=booking.tutor.user, entered_at=early, left_at=early)

    look("bookings.attendance", repair=True)

    assert booking.session.participants.get().attended_minutes == 60


@pytest.mark.parametrize(
    "name", [*(name for name, check in CHECKS.items() if isinstance(check, DerivedCheck)), "bookings.rankings"]
)
def test_more_rows_need_no_more_statements(name):
    counts = []
    for _ in range(2):
        for _ in range(3):
            ReviewFactory()
            MessageFactory()
            CourseFactory()
            TutorSubjectFactory()
            AttendanceFactory(booking=BookingFactory(status=BookingStatus.COMPLETED))
        with CaptureQueriesContext(connection) as statements:
            CHECKS[name].find(now=timezone.now(), thorough=True)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 4


def test_what_takes_long_is_left_out_where_there_is_little_time():
    left_out = {name for name, check in CHECKS.items() if check.is_thorough}

    assert {name for name in CHECKS if name.endswith((".search_texts", ".rankings", ".attendance"))} <= left_out
    assert {"bookings.histories", "bookings.endings", "bookings.moves"} <= left_out
