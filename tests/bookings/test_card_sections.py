"""What cards of tutors say of reviews and free times."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import TutorProfile, TutorStatus
from bookings import card_sections
from bookings.models import BookingTerms, ReviewKind, ReviewState
from bookings.services import slots
from tests.factories import (
    BookingFactory,
    OpenTutorFactory,
    ReviewFactory,
    SlotHoldFactory,
    TimeOffFactory,
    TutorProfileFactory,
    WeeklyHoursFactory,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2031, 1, 6, 8, tzinfo=UTC)


def next_of(tutor, now=MONDAY):
    return card_sections.reviews_and_slots([tutor.pk], now=now)[tutor.pk]["next_available_slots"]


def said_of(tutor):
    return card_sections.reviews_and_slots([tutor.pk], now=MONDAY)[tutor.pk]["recent_review"]


def at(hour, minute=0, day=6):
    return datetime(2031, 1, day, hour, minute, tzinfo=UTC)


class TestNextSlots:
    def test_are_the_first_three_after_the_notice(self):
        tutor = TutorProfileFactory()
        WeeklyHoursFactory(tutor=tutor)  # Mondays, nine to five

        assert next_of(tutor) == [at(10), at(10, 30), at(11)]

    def test_may_be_on_several_days(self):
        tutor = TutorProfileFactory()
        WeeklyHoursFactory(tutor=tutor, start_minute=600, end_minute=660)
        WeeklyHoursFactory(tutor=tutor, weekday=2, start_minute=600, end_minute=660)

        assert next_of(tutor) == [at(10), at(10, day=8), at(10, day=13)]

    @pytest.mark.parametrize("factory", [BookingFactory, SlotHoldFactory, TimeOffFactory])
    def test_are_not_taken(self, factory):
        tutor = TutorProfileFactory()
        WeeklyHoursFactory(tutor=tutor)
        taken = {"starts_at": at(10), "ends_at": at(11)}
        factory(tutor=tutor, **taken | ({"expires_at": at(23)} if factory is SlotHoldFactory else {}))

        assert next_of(tutor) == [at(11), at(11, 30), at(12)]

    def test_are_of_the_shortest_length_where_there_is_no_hour(self):
        tutor = TutorProfileFactory()
        WeeklyHoursFactory(tutor=tutor, start_minute=600, end_minute=645)
        BookingTerms.objects.create(tutor=tutor, timezone="UTC", durations=[90, 45], min_notice_hours=1)

        assert next_of(tutor)[0] == at(10)

    @pytest.mark.parametrize("why", [{"accepts_bookings": False}, {"status": TutorStatus.SUSPENDED}])
    def test_of_who_cannot_be_booked_are_none(self, why):
        assert next_of(OpenTutorFactory(**why)) == []

    def test_of_who_has_published_no_hours_are_none(self):
        assert next_of(TutorProfileFactory()) == []

    def test_are_kept_a_minute_without_what_has_passed(self):
        tutor = TutorProfileFactory()
        WeeklyHoursFactory(tutor=tutor)
        BookingTerms.objects.create(tutor=tutor, timezone="UTC", min_notice_hours=0)
        with time_machine.travel(MONDAY, tick=False):
            assert next_of(tutor) == [at(9), at(9, 30), at(10)]
            tutor.weekly_hours.all().delete()
            assert next_of(tutor) == [at(9), at(9, 30), at(10)]
            assert next_of(tutor, at(9)) == [at(9, 30), at(10)]
        with time_machine.travel(MONDAY + timedelta(seconds=card_sections.KEPT_SECONDS + 1), tick=False):
            assert next_of(tutor) == []

    def test_of_many_tutors_are_what_each_of_them_offers(self):
        tutors = []
        for number, zone in enumerate(("Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "UTC")):
            tutor = TutorProfileFactory()
            BookingTerms.objects.create(
                tutor=tutor, timezone=zone, buffer_after_minutes=15 * number, slot_step_minutes=15, most_a_week=3
            )
            for day in range(7):
                WeeklyHoursFactory(tutor=tutor, weekday=day, start_minute=300 + 60 * number)
            BookingFactory(tutor=tutor, starts_at=at(10 + number), ends_at=at(11 + number))
            tutors.append(TutorProfile.objects.select_related("user", "booking_terms").get(pk=tutor.pk))

        found = card_sections.reviews_and_slots([tutor.pk for tutor in tutors], now=MONDAY)

        for tutor in tutors:
            span = {"first": MONDAY.date() - timedelta(days=1), "last": MONDAY.date() + timedelta(days=3)}
            alone = slots.free_slots(tutor, **span, zone=ZoneInfo("UTC"), minutes=60, viewer=None, now=MONDAY)
            assert found[tutor.pk]["next_available_slots"] == [slot.start for slot in alone[:3]]


class TestRecentReview:
    def test_is_the_latest_with_words(self):
        old = ReviewFactory(comment="Old")
        for comment in ("New", ""):
            ReviewFactory(booking__tutor=old.tutor, comment=comment)

        assert said_of(old.tutor) == "New"

    @pytest.mark.parametrize("how", [{"state": ReviewState.HIDDEN}, {"kind": ReviewKind.NO_SHOW}])
    def test_counts(self, how):
        assert said_of(ReviewFactory(**how).tutor) is None

    def test_of_a_refunded_lesson_is_none(self):
        assert said_of(ReviewFactory(booking__refund_percent=100).tutor) is None


def test_the_search_and_the_public_profile_show_both(api):
    tutor = OpenTutorFactory()
    ReviewFactory(booking__tutor=tutor, comment="Clear.")

    item = api.get("/api/tutors").json()["items"][0]

    assert item["recent_review"] == "Clear."
    assert len(item["next_available_slots"]) == 3
    assert all(start.endswith("Z") for start in item["next_available_slots"])
    assert api.get(f"/api/tutors/{tutor.pk}/public").json() == item
