"""Free slots from the database, and the one answer for one time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import TutorProfile, TutorStatus
from bookings.errors import (
    BufferConflict,
    DurationNotOffered,
    LimitReached,
    OutsideAvailability,
    SlotTaken,
    StudentConflict,
    TooFar,
    TooSoon,
    TutorUnavailable,
)
from bookings.models import BookingStatus, BookingTerms, ProposedTime, RescheduleProposal
from bookings.services.slots import free_slots, require_bookable
from bookings.services.terms import terms_of
from sessions_app.models import SessionStatus
from tests.factories import (
    BookingFactory,
    BookingTermsFactory,
    DateOverrideFactory,
    ParticipantFactory,
    SessionFactory,
    SlotHoldFactory,
    StudentFactory,
    TimeOffFactory,
    TutorProfileFactory,
    WeeklyHoursFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 12, 12, tzinfo=UTC)  # a Sunday
MONDAY = date(2026, 7, 13)
UTC_ZONE = ZoneInfo("UTC")
HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """On that Monday, or `days` later."""
    return datetime(2026, 7, 13, hour, minute, tzinfo=UTC) + timedelta(days=days)


@pytest.fixture
def tutor():
    """Mondays from nine to five, UTC, in steps of an hour."""
    profile = TutorProfileFactory()
    WeeklyHoursFactory(tutor=profile)
    BookingTermsFactory(tutor=profile, slot_step_minutes=60)
    return profile


@pytest.fixture
def student():
    return StudentFactory()


def fresh(tutor) -> TutorProfile:
    return TutorProfile.objects.select_related("user", "booking_terms").get(pk=tutor.pk)


def free(tutor, *, viewer=None, first=MONDAY, last=None, zone=UTC_ZONE, minutes=60, now=NOW) -> list[datetime]:
    """The starts."""
    slots = free_slots(
        fresh(tutor), first=first, last=last or first, zone=zone, minutes=minutes, viewer=viewer, now=now
    )
    return [slot.start for slot in slots]


def hours_of(starts) -> list[int]:
    return [start.hour for start in starts]


def book(tutor, student, starts_at, *, minutes=60, now=NOW, **options) -> None:
    tutor = fresh(tutor)
    require_bookable(tutor, terms_of(tutor), starts_at=starts_at, minutes=minutes, student=student, now=now, **options)


def change(tutor, **terms) -> None:
    BookingTerms.objects.filter(tutor=tutor).update(**terms)


def booked(tutor, starts_at, *, minutes=60, **fields):
    return BookingFactory(tutor=tutor, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes), **fields)


class TestTheList:
    def test_is_the_week_as_published(self, tutor):
        assert hours_of(free(tutor)) == [9, 10, 11, 12, 13, 14, 15, 16]
        assert free(tutor, first=MONDAY + timedelta(days=1)) == []

    def test_of_a_tutor_without_terms_is_in_the_tutors_own_zone(self):
        profile = TutorProfileFactory(user__timezone="America/New_York")
        WeeklyHoursFactory(tutor=profile, end_minute=10 * 60)

        assert free(profile) == [at(13)]
        assert not BookingTerms.objects.exists()

    def test_is_asked_for_by_dates_of_the_askers_zone(self, tutor):
        """Monday 09:00 UTC is Sunday 23:00 in Honolulu, Monday 23:00 on Kiritimati."""
        honolulu, kiritimati = ZoneInfo("Pacific/Honolulu"), ZoneInfo("Pacific/Kiritimati")

        assert hours_of(free(tutor, first=date(2026, 7, 12), zone=honolulu)) == [9]
        assert hours_of(free(tutor, zone=honolulu)) == [10, 11, 12, 13, 14, 15, 16]
        assert hours_of(free(tutor, zone=kiritimati)) == [9]
        assert hours_of(free(tutor, first=date(2026, 7, 14), zone=kiritimati)) == [10, 11, 12, 13, 14, 15, 16]

    def test_over_many_days_is_that_of_each_day_together(self, tutor):
        days = [MONDAY + timedelta(days=n) for n in range(15)]

        assert free(tutor, first=days[0], last=days[-1]) == [start for day in days for start in free(tutor, first=day)]

    def test_follows_overrides_single_dates_and_time_off(self, tutor):
        DateOverrideFactory(tutor=tutor, date=MONDAY, windows=[[600, 720], [780, 840]])
        WeeklyHoursFactory(tutor=tutor, weekday=1, start_minute=600, end_minute=660, only_on=MONDAY + timedelta(days=1))
        TimeOffFactory(tutor=tutor, starts_at=at(11), ends_at=at(12))

        assert hours_of(free(tutor, last=MONDAY + timedelta(days=8))) == [10, 13, 10, *range(9, 17)]

    @pytest.mark.parametrize("fields", [{"accepts_bookings": False}, {"status": TutorStatus.SUSPENDED}])
    def test_of_a_tutor_who_takes_no_bookings_is_empty(self, tutor, fields):
        TutorProfile.objects.filter(pk=tutor.pk).update(**fields)

        assert free(tutor) == []

    def test_of_a_length_that_is_not_offered_is_refused(self, tutor):
        with pytest.raises(DurationNotOffered) as refusal:
            free(tutor, minutes=75)

        assert refusal.value.extra["durations"] == [30, 45, 60, 90, 120]


class TestTakenTime:
    @pytest.mark.parametrize("status", [BookingStatus.PENDING, BookingStatus.CONFIRMED])
    def test_is_a_live_booking(self, tutor, status):
        booked(tutor, at(10), status=status)

        assert hours_of(free(tutor)) == [9, 11, 12, 13, 14, 15, 16]

    @pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.DECLINED, BookingStatus.EXPIRED])
    def test_is_no_booking_that_is_over(self, tutor, status):
        booked(tutor, at(10), status=status)

        assert 10 in hours_of(free(tutor))

    def test_is_a_group_session_that_the_tutor_hosts(self, tutor):
        SessionFactory(creator=tutor.user, starts_at=at(10))
        SessionFactory(creator=tutor.user, starts_at=at(12), status=SessionStatus.CANCELLED)

        assert hours_of(free(tutor)) == [9, 11, 12, 13, 14, 15, 16]

    def test_is_a_hold_of_somebody_else_until_it_expires(self, tutor, student):
        SlotHoldFactory(tutor=tutor, starts_at=at(10), expires_at=NOW + timedelta(minutes=10))
        SlotHoldFactory(tutor=tutor, student=student, starts_at=at(12), expires_at=NOW + timedelta(minutes=10))
        SlotHoldFactory(tutor=tutor, starts_at=at(14), expires_at=NOW)

        assert hours_of(free(tutor, viewer=student)) == [9, 11, 12, 13, 14, 15, 16]
        assert hours_of(free(tutor)) == [9, 11, 13, 14, 15, 16]

    def test_is_what_an_open_proposal_names(self, tutor):
        booking = booked(tutor, at(9))
        for state, hour, lapses in (("open", 11, 1), ("declined", 13, 1), ("open", 15, 0)):
            proposal = RescheduleProposal.objects.create(
                booking=booking if hour == 11 else booked(tutor, at(9, days=hour)),
                proposed_by="tutor",
                state=state,
                lapses_at=NOW + lapses * HOUR,
            )
            ProposedTime.objects.create(proposal=proposal, starts_at=at(hour), ends_at=at(hour + 1))

        assert hours_of(free(tutor)) == [10, 12, 13, 14, 15, 16]

    def test_is_what_the_asking_student_has_elsewhere(self, tutor, student):
        ParticipantFactory(session=SessionFactory(starts_at=at(10)), user=student)
        SessionFactory(creator=student, kind="peer", starts_at=at(12))
        booked(TutorProfileFactory(), at(14), student=student)

        assert hours_of(free(tutor, viewer=student)) == [9, 11, 13, 15, 16]
        assert len(free(tutor, viewer=StudentFactory())) == 8

    def test_has_the_buffers_that_it_was_booked_with(self, tutor):
        booked(tutor, at(12), buffer_before_minutes=30, buffer_after_minutes=0)
        change(tutor, buffer_after_minutes=10)

        # Before it the larger of 30 and 10, after it neither 0 nor anything of the tutor's before.
        assert hours_of(free(tutor)) == [9, 10, 13, 14, 15, 16]

    def test_of_a_group_session_has_the_tutors_present_buffers(self, tutor):
        SessionFactory(creator=tutor.user, starts_at=at(12))
        change(tutor, buffer_before_minutes=30)

        assert hours_of(free(tutor)) == [9, 10, 14, 15, 16]

    def test_reaches_in_from_the_night_before(self, tutor):
        WeeklyHoursFactory(tutor=tutor, weekday=0, start_minute=0, end_minute=120)
        SessionFactory(creator=tutor.user, starts_at=at(0) - HOUR, ends_at=at(0, 30))

        assert hours_of(free(tutor))[0] == 1


class TestLimits:
    def test_of_a_day_count_what_is_pending_and_confirmed(self, tutor):
        change(tutor, most_a_day=2)
        booked(tutor, at(9), status=BookingStatus.PENDING)
        booked(tutor, at(10), status=BookingStatus.CANCELLED)
        assert len(free(tutor)) == 7

        booked(tutor, at(11))
        assert free(tutor) == []

    def test_of_a_week_count_its_other_end(self, tutor):
        change(tutor, most_a_week=1)
        booked(tutor, at(22, days=6))  # Sunday night

        assert free(tutor) == []
        assert len(free(tutor, first=MONDAY + timedelta(days=7))) == 8

    def test_count_no_group_session(self, tutor):
        change(tutor, most_a_day=1)
        SessionFactory(creator=tutor.user, starts_at=at(10))

        assert len(free(tutor)) == 7

    def test_of_a_pair_count_their_future_bookings(self, tutor, student, settings):
        settings.MAX_OPEN_PER_PAIR = 2
        booked(tutor, NOW - HOUR, student=student)
        booked(tutor, at(9, days=30), student=student)
        assert len(free(tutor, viewer=student)) == 8

        last = booked(tutor, at(9, days=37), student=student)

        assert free(tutor, viewer=student) == []
        assert len(free(tutor, viewer=StudentFactory())) == 8
        with pytest.raises(LimitReached):
            book(tutor, student, at(10))
        book(tutor, student, at(10), moving=last)


class TestOneTime:
    def test_that_is_free_can_be_booked(self, tutor, student):
        book(tutor, student, at(10))

    @pytest.mark.parametrize(
        ("starts_at", "refusal"),
        [
            (at(8), OutsideAvailability),
            (at(10, 10), OutsideAvailability),
            (at(9, days=1), OutsideAvailability),
            (at(9, days=63), TooFar),
            (at(9, days=-7), TooSoon),
            (at(12), SlotTaken),
            (at(13), BufferConflict),
            (at(15), StudentConflict),
        ],
    )
    def test_that_is_not_says_why(self, tutor, student, starts_at, refusal):
        booked(tutor, at(12))
        change(tutor, buffer_before_minutes=15)
        ParticipantFactory(session=SessionFactory(starts_at=at(15)), user=student)

        with pytest.raises(refusal):
            book(tutor, student, starts_at)

    def test_within_the_notice_says_when_it_ends(self, tutor, student):
        with pytest.raises(TooSoon) as refusal:
            book(tutor, student, at(10), now=at(8, 1))

        assert refusal.value.extra["earliest"] == at(10, 1)

    def test_that_the_student_has_not_names_what_is_in_the_way(self, tutor, student):
        clash = ParticipantFactory(session=SessionFactory(starts_at=at(10, 30)), user=student).session

        with pytest.raises(StudentConflict) as refusal:
            book(tutor, student, at(10))

        assert [each["id"] for each in refusal.value.extra["conflicts"]] == [clash.pk]
        book(tutor, student, at(10), allow_overlap=True)

    def test_is_not_for_oneself(self, tutor):
        with pytest.raises(TutorUnavailable):
            book(tutor, tutor.user, at(10))

    @pytest.mark.parametrize("status", sorted(set(TutorStatus) - {TutorStatus.APPROVED}))
    def test_of_a_tutor_who_is_not_approved_is_unavailable(self, tutor, student, status):
        TutorProfile.objects.filter(pk=tutor.pk).update(status=status)

        with pytest.raises(TutorUnavailable):
            book(tutor, student, at(10))

    @pytest.mark.parametrize("closed", [{"is_active": False}, {"deleted_at": NOW}])
    def test_of_a_closed_account_is_unavailable(self, tutor, student, closed):
        type(tutor.user).objects.filter(pk=tutor.user.pk).update(**closed)

        with pytest.raises(TutorUnavailable):
            book(tutor, student, at(10))

    def test_of_a_length_that_is_not_offered_is_invalid(self, tutor, student):
        with pytest.raises(DurationNotOffered):
            book(tutor, student, at(10), minutes=50)

    def test_agrees_with_the_list(self, tutor, student):
        booked(tutor, at(12))
        ParticipantFactory(session=SessionFactory(starts_at=at(15)), user=student)
        change(tutor, buffer_before_minutes=15, slot_step_minutes=30)

        def can_be_booked(start):
            try:
                book(tutor, student, start)
            except (OutsideAvailability, TooSoon, SlotTaken, BufferConflict, StudentConflict):
                return False
            return True

        quarters = [at(0) + n * timedelta(minutes=15) for n in range(96)]
        assert [start for start in quarters if can_be_booked(start)] == free(tutor, viewer=student)


class TestMoving:
    def test_a_booking_is_not_in_its_own_way(self, tutor, student):
        change(tutor, slot_step_minutes=30, most_a_day=1, buffer_before_minutes=15)
        booking = booked(tutor, at(10), student=student)
        proposal = RescheduleProposal.objects.create(booking=booking, proposed_by="student", lapses_at=NOW + HOUR)
        ProposedTime.objects.create(proposal=proposal, starts_at=at(11), ends_at=at(12))

        book(tutor, student, at(10, 30), moving=booking)
        with pytest.raises(LimitReached):
            book(tutor, student, at(14))

    def test_a_booking_may_keep_a_length_that_is_not_offered_any_more(self, tutor, student):
        booking = booked(tutor, at(10), minutes=50, student=student)

        book(tutor, student, at(12, 20), minutes=50, moving=booking)
        with pytest.raises(DurationNotOffered):
            book(tutor, student, at(13), minutes=55, moving=booking)

    def test_a_booking_keeps_its_buffers(self, tutor, student):
        booking = booked(tutor, at(10), student=student, buffer_before_minutes=30)
        booked(tutor, at(12))

        with pytest.raises(BufferConflict):
            book(tutor, student, at(13), moving=booking)
        book(tutor, student, at(13))

    def test_others_stay_in_the_way(self, tutor, student):
        booking = booked(tutor, at(10), student=student)
        booked(tutor, at(13))

        with pytest.raises(SlotTaken):
            book(tutor, student, at(13), moving=booking)


class TestCost:
    """Whatever there is to read: the hours in one statement, all taken time in another."""

    def fill(self, tutor, student, count):
        for n in range(count):
            WeeklyHoursFactory(tutor=tutor, weekday=1, start_minute=5 * n, end_minute=5 * n + 5)
            DateOverrideFactory(tutor=tutor, date=MONDAY + timedelta(days=n + 2))
            TimeOffFactory(tutor=tutor, starts_at=at(7), ends_at=at(8))
            booked(tutor, at(9, days=n))
            SlotHoldFactory(tutor=tutor, starts_at=at(11))
            ParticipantFactory(session=SessionFactory(starts_at=at(12)), user=student)

    @pytest.mark.parametrize("count", [1, 30])
    def test_a_week_takes_three_statements(self, tutor, student, count, django_assert_num_queries):
        self.fill(tutor, student, count)
        profile = fresh(tutor)

        with django_assert_num_queries(3):
            slots = free_slots(
                profile,
                first=MONDAY,
                last=MONDAY + timedelta(days=6),
                zone=UTC_ZONE,
                minutes=60,
                viewer=student,
                now=NOW,
            )

        assert slots

    def test_one_time_takes_three_statements(self, tutor, student, django_assert_num_queries):
        self.fill(tutor, student, 5)
        profile = fresh(tutor)

        with django_assert_num_queries(3):
            require_bookable(profile, profile.booking_terms, starts_at=at(14), minutes=60, student=student, now=NOW)


class TestANewYorkTutorSeenFromLondon:
    """Every day at 17:00 in New York, over both changes of the clocks on both sides."""

    @pytest.fixture
    def tutor(self):
        profile = TutorProfileFactory()
        BookingTermsFactory(tutor=profile, timezone="America/New_York", max_advance_days=365)
        for weekday in range(7):
            WeeklyHoursFactory(tutor=profile, weekday=weekday, start_minute=17 * 60, end_minute=18 * 60)
        return profile

    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            # New York changes on 8 March, London on 29 March.
            (date(2026, 3, 6), date(2026, 3, 10), ["22:00", "22:00", "21:00", "21:00", "21:00"]),
            (date(2026, 3, 27), date(2026, 3, 31), ["21:00", "21:00", "22:00", "22:00", "22:00"]),
            # London changes on 25 October, New York on 1 November.
            (date(2026, 10, 23), date(2026, 10, 27), ["22:00", "22:00", "21:00", "21:00", "21:00"]),
            (date(2026, 10, 30), date(2026, 11, 3), ["21:00", "21:00", "22:00", "22:00", "22:00"]),
        ],
    )
    def test_keeps_the_tutors_hour(self, tutor, first, last, expected):
        london = ZoneInfo("Europe/London")

        starts = free(tutor, first=first, last=last, zone=london, now=datetime(2026, 2, 1, tzinfo=UTC))

        assert [f"{start.astimezone(london):%H:%M}" for start in starts] == expected
        assert {start.astimezone(ZoneInfo("America/New_York")).hour for start in starts} == {17}
