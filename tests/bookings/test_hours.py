"""A tutor's week, and the exceptions from it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.errors import ProfileFrozen, StaleProfile
from accounts.models import TutorStatus
from audit.models import AuditEntry
from bookings.errors import OverlappingAvailability, TooManyEntries
from bookings.models import DateOverride, TimeOff, WeeklyHours
from bookings.services import exceptions, hours
from bookings.services.hours import NewWindow, add_windows, replace_week
from bookings.slots import Span
from common.errors import NotFound
from tests.factories import (
    BookingTermsFactory,
    DateOverrideFactory,
    TimeOffFactory,
    TutorProfileFactory,
    WeeklyHoursFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)  # a Wednesday
MONDAY, WEDNESDAY, SUNDAY = 0, 2, 6
NINE, TEN, NOON, FIVE = 540, 600, 720, 1020


@pytest.fixture
def tutor():
    return TutorProfileFactory(user__timezone="America/New_York")


def stored(tutor) -> list[tuple]:
    rows = WeeklyHours.objects.filter(tutor=tutor).order_by("only_on", "weekday", "start_minute")
    return list(rows.values_list("weekday", "start_minute", "end_minute"))


def add(tutor, *windows, **options):
    return add_windows(tutor, [NewWindow(*window) for window in windows], now=NOW, **options)


def version(tutor) -> int:
    tutor.refresh_from_db()
    return tutor.version


class TestAdding:
    def test_stores_the_windows_in_the_tutors_own_zone(self, tutor):
        rows = add(tutor, (MONDAY, NINE, NOON), (WEDNESDAY, NOON, FIVE))

        assert [(row.weekday, row.start_minute) for row in rows] == [(MONDAY, NINE), (WEDNESDAY, NOON)]
        assert stored(tutor) == [(MONDAY, NINE, NOON), (WEDNESDAY, NOON, FIVE)]
        assert tutor.booking_terms.timezone == "America/New_York"

    def test_is_a_new_version_of_the_profile(self, tutor):
        add(tutor, (MONDAY, NINE, NOON))

        assert version(tutor) == 2

    @pytest.mark.parametrize("end", [0, 1440])
    def test_until_midnight_is_one_window(self, tutor, end):
        add(tutor, (MONDAY, FIVE, end))

        assert stored(tutor) == [(MONDAY, FIVE, 1440)]

    def test_across_midnight_is_two(self, tutor):
        rows = add(tutor, (SUNDAY, 1320, 120))

        assert [(row.weekday, row.start_minute, row.end_minute) for row in rows] == [
            (SUNDAY, 1320, 1440),
            (MONDAY, 0, 120),
        ]

    @pytest.mark.parametrize("window", [(NINE, NOON), (TEN, 601), (480, 541), (719, FIVE), (0, 0)])
    def test_what_overlaps_is_refused_and_names_what_is_in_the_way(self, tutor, window):
        existing = WeeklyHoursFactory(tutor=tutor, end_minute=NOON)

        with pytest.raises(OverlappingAvailability) as refusal:
            add(tutor, (MONDAY, *window))

        assert refusal.value.extra["conflicts"] == [existing.pk]
        assert stored(tutor) == [(MONDAY, NINE, NOON)]
        assert version(tutor) == 1

    def test_what_touches_is_no_overlap(self, tutor):
        WeeklyHoursFactory(tutor=tutor, end_minute=NOON)

        add(tutor, (MONDAY, NOON, FIVE), (MONDAY, 480, NINE))

        assert len(stored(tutor)) == 3

    def test_is_all_or_nothing(self, tutor):
        with pytest.raises(OverlappingAvailability):
            add(tutor, (MONDAY, NINE, NOON), (WEDNESDAY, NINE, NOON), (MONDAY, TEN, FIVE))

        assert stored(tutor) == []

    def test_merges_what_overlaps_and_touches_where_asked(self, tutor):
        WeeklyHoursFactory(tutor=tutor, end_minute=TEN)
        WeeklyHoursFactory(tutor=tutor, start_minute=NOON)
        WeeklyHoursFactory(tutor=tutor, weekday=WEDNESDAY)

        (row,) = add(tutor, (MONDAY, TEN, 780), merge=True)

        assert (row.start_minute, row.end_minute) == (NINE, FIVE)
        assert stored(tutor) == [(MONDAY, NINE, FIVE), (WEDNESDAY, NINE, FIVE)]

    def test_of_others_is_in_nobodys_way(self, tutor):
        WeeklyHoursFactory()

        add(tutor, (MONDAY, NINE, FIVE))

    @pytest.mark.parametrize(
        ("weekday", "end", "expected"),
        [
            # In New York it is 08:00 on that Wednesday.
            (WEDNESDAY, NOON, date(2026, 7, 15)),
            (WEDNESDAY, 480, date(2026, 7, 22)),
            (3, NOON, date(2026, 7, 16)),
            (1, NOON, date(2026, 7, 21)),
        ],
    )
    def test_what_does_not_recur_holds_on_the_next_such_date(self, tutor, weekday, end, expected):
        (row,) = add(tutor, (weekday, 420, end, False))

        assert row.only_on == expected

    def test_what_does_not_recur_may_cross_midnight_too(self, tutor):
        rows = add(tutor, (WEDNESDAY, 1320, 120, False))

        assert [row.only_on for row in rows] == [date(2026, 7, 15), date(2026, 7, 16)]
        assert [row.weekday for row in rows] == [WEDNESDAY, 3]

    def test_what_does_not_recur_may_overlap_the_week(self, tutor):
        WeeklyHoursFactory(tutor=tutor, weekday=WEDNESDAY)

        add(tutor, (WEDNESDAY, NINE, FIVE, False))
        with pytest.raises(OverlappingAvailability):
            add(tutor, (WEDNESDAY, TEN, NOON, False))

    def test_ends_somewhere(self, tutor, monkeypatch):
        monkeypatch.setattr(hours, "MOST_WINDOWS", 2)

        with pytest.raises(TooManyEntries):
            add(tutor, (0, NINE, TEN), (1, NINE, TEN), (2, NINE, TEN))

        assert stored(tutor) == []


class TestReplacing:
    def test_leaves_only_what_is_given(self, tutor):
        WeeklyHoursFactory(tutor=tutor)
        WeeklyHoursFactory(tutor=tutor, weekday=3, only_on=date(2026, 7, 16))
        others = WeeklyHoursFactory()
        DateOverrideFactory(tutor=tutor)
        TimeOffFactory(tutor=tutor)

        replace_week(tutor, [NewWindow(WEDNESDAY, NINE, NOON)], zone="Europe/London", now=NOW)

        assert stored(tutor) == [(WEDNESDAY, NINE, NOON)]
        assert tutor.booking_terms.timezone == "Europe/London"
        assert stored(others.tutor) == [(MONDAY, NINE, FIVE)]
        assert tutor.date_overrides.count() == tutor.time_off.count() == 1

    def test_keeps_the_zone_unless_one_is_given(self, tutor):
        BookingTermsFactory(tutor=tutor, timezone="Asia/Kathmandu")

        replace_week(tutor, [], now=NOW)

        tutor.booking_terms.refresh_from_db()
        assert tutor.booking_terms.timezone == "Asia/Kathmandu"

    def test_with_an_old_version_changes_nothing(self, tutor):
        WeeklyHoursFactory(tutor=tutor)
        replace_week(tutor, [NewWindow(MONDAY, NINE, NOON)], version=1, now=NOW)

        with pytest.raises(StaleProfile) as refusal:
            replace_week(tutor, [], version=1, now=NOW)

        assert refusal.value.extra == {"current_version": 2}
        assert stored(tutor) == [(MONDAY, NINE, NOON)]

    def test_by_what_overlaps_itself_changes_nothing(self, tutor):
        WeeklyHoursFactory(tutor=tutor)
        twice = [NewWindow(MONDAY, NINE, NOON), NewWindow(MONDAY, TEN, FIVE)]

        with pytest.raises(OverlappingAvailability):
            replace_week(tutor, twice, now=NOW)
        assert (stored(tutor), version(tutor)) == ([(MONDAY, NINE, FIVE)], 1)

        replace_week(tutor, twice, merge=True, now=NOW)
        assert stored(tutor) == [(MONDAY, NINE, FIVE)]


class TestRemoving:
    def test_takes_ones_own_window_away(self, tutor):
        window = WeeklyHoursFactory(tutor=tutor)

        hours.remove_window(window.pk, tutor=tutor)

        assert (stored(tutor), version(tutor)) == ([], 2)

    def test_of_somebody_elses_is_refused(self, tutor):
        window = WeeklyHoursFactory()

        with pytest.raises(NotFound):
            hours.remove_window(window.pk, tutor=tutor)

        assert (WeeklyHours.objects.count(), version(tutor)) == (1, 1)


def test_what_held_on_a_past_date_is_not_shown(tutor):
    """It is still the 14th in New York."""
    just_after_midnight = datetime(2026, 7, 15, 1, tzinfo=UTC)
    days = [date(2026, 7, 13), date(2026, 7, 14), None]
    for day in days:
        WeeklyHoursFactory(tutor=tutor, only_on=day)

    shown = hours.present_windows(tutor, now=just_after_midnight)

    assert {row.only_on for row in shown} == {date(2026, 7, 14), None}


class TestExceptions:
    def test_a_date_has_one_override_and_the_last_one_counts(self, tutor):
        day = date(2026, 12, 24)
        exceptions.set_override(tutor, day, [Span(NINE, TEN), Span(TEN, NOON), Span(FIVE, 1440)])
        assert DateOverride.objects.get().windows == [[NINE, NOON], [FIVE, 1440]]

        override = exceptions.set_override(tutor, day, [])

        assert (DateOverride.objects.get(), override.windows) == (override, [])
        assert version(tutor) == 3

    def test_an_override_is_removed_by_its_tutor_only(self, tutor):
        override, others = DateOverrideFactory(tutor=tutor), DateOverrideFactory()

        exceptions.remove_override(override.pk, tutor=tutor)
        with pytest.raises(NotFound):
            exceptions.remove_override(others.pk, tutor=tutor)

        assert DateOverride.objects.get() == others

    def test_time_off_is_taken_and_cancelled_by_its_tutor_only(self, tutor):
        others = TimeOffFactory()
        time_off = exceptions.take_time_off(tutor, starts_at=NOW, ends_at=NOW + timedelta(days=7), reason="Summer")

        with pytest.raises(NotFound):
            exceptions.cancel_time_off(others.pk, tutor=tutor)
        exceptions.cancel_time_off(time_off.pk, tutor=tutor)

        assert TimeOff.objects.get() == others

    def test_there_is_an_end_to_them(self, tutor, monkeypatch):
        monkeypatch.setattr(exceptions, "MOST_OVERRIDES", 1)
        monkeypatch.setattr(exceptions, "MOST_TIME_OFF", 1)
        exceptions.set_override(tutor, date(2026, 12, 24), [])
        exceptions.take_time_off(tutor, starts_at=NOW, ends_at=NOW + timedelta(days=1))

        exceptions.set_override(tutor, date(2026, 12, 24), [Span(NINE, TEN)])
        with pytest.raises(TooManyEntries):
            exceptions.set_override(tutor, date(2026, 12, 25), [])
        with pytest.raises(TooManyEntries):
            exceptions.take_time_off(tutor, starts_at=NOW, ends_at=NOW + timedelta(days=1))


CHANGES = {
    "add": lambda tutor: add(tutor, (MONDAY, NINE, NOON)),
    "replace": lambda tutor: replace_week(tutor, [NewWindow(MONDAY, NINE, NOON)], now=NOW),
    "remove": lambda tutor: hours.remove_window(WeeklyHoursFactory(tutor=tutor).pk, tutor=tutor),
    "override": lambda tutor: exceptions.set_override(tutor, date(2026, 12, 24), []),
    "no override": lambda tutor: exceptions.remove_override(DateOverrideFactory(tutor=tutor).pk, tutor=tutor),
    "time off": lambda tutor: exceptions.take_time_off(tutor, starts_at=NOW, ends_at=NOW + timedelta(days=1)),
    "no time off": lambda tutor: exceptions.cancel_time_off(TimeOffFactory(tutor=tutor).pk, tutor=tutor),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_changes_while_admins_look_at_the_profile(change):
    tutor = TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL)

    with pytest.raises(ProfileFrozen):
        change(tutor)

    assert version(tutor) == 1
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_audited_once_as_the_tutors(change, tutor):
    change(tutor)

    entry = AuditEntry.objects.get()
    assert entry.action.startswith("hours.")
    assert (entry.actor_id, entry.object_id) == (tutor.user_id, str(tutor.pk))


class TestWhatIsAudited:
    def test_of_a_week_is_what_went_and_what_came(self, tutor):
        WeeklyHoursFactory(tutor=tutor)
        WeeklyHoursFactory(tutor=tutor, weekday=WEDNESDAY)
        kept, new = NewWindow(MONDAY, NINE, FIVE), NewWindow(SUNDAY, NOON, 1440)

        replace_week(tutor, [kept, new], zone="Asia/Tokyo", now=NOW)

        entry = AuditEntry.objects.get()
        assert entry.before == {"windows": ["Wednesday 09:00-17:00"], "timezone": ["America/New_York"]}
        assert entry.after == {"windows": ["Sunday 12:00-24:00"], "timezone": ["Asia/Tokyo"]}

    def test_of_the_same_week_again_is_nothing(self, tutor):
        WeeklyHoursFactory(tutor=tutor)

        replace_week(tutor, [NewWindow(MONDAY, NINE, FIVE)], now=NOW)

        assert not AuditEntry.objects.exists()

    def test_of_time_off_is_not_why(self, tutor):
        exceptions.take_time_off(tutor, starts_at=NOW, ends_at=NOW + timedelta(days=1), reason="Operation")

        assert "Operation" not in str(AuditEntry.objects.get().after)
