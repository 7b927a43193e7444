"""The stopwatch against its definition: whether we are there is asked minute by minute (R-SUP-2, R-SUP-3, B25)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.slots.spans import Span
from support.clock import TARGETS, BusinessHours, Metric, Stopwatch, due_at, worked_between

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFFICE = BusinessHours(
    ZoneInfo("UTC"),
    {day: [Span(9 * 60, 12 * 60), Span(13 * 60, 17 * 60)] for day in range(5)},
    frozenset({"2026-03-12", "12-25"}),
)
# Monday.
MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
# Zones with a change of clocks on that date, by an hour and by half an hour, at night and at noon's other side.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("America/Havana", date(2026, 11, 1)),
]


def at(day, hour, minute=0):
    return MONDAY + day * DAY + hour * HOUR + minute * MINUTE


class TestBusinessHours:
    @pytest.mark.parametrize(
        ("start", "end", "hours"),
        [
            (at(0, 9), at(0, 17), 7),  # with a break at noon
            (at(0, 12, 15), at(0, 12, 45), 0),
            (at(0, 16), at(1, 10), 2),  # over night
            (at(2, 16), at(4, 10), 2),  # over a holiday
            (at(4, 16), at(7, 10), 2),  # over a weekend
            (at(0, 9), at(7, 9), 28),  # a week with a holiday in it
            (at(0, 10), at(0, 10), 0),
        ],
    )
    def test_are_counted_where_somebody_is_there(self, start, end, hours):
        assert worked_between(start, end, OFFICE) == hours * HOUR

    def test_have_holidays_of_every_year(self):
        christmas = datetime(2030, 12, 25, tzinfo=UTC)

        assert worked_between(christmas, christmas + DAY, OFFICE) == timedelta()
        assert worked_between(christmas - DAY, christmas, OFFICE) == 7 * HOUR

    def test_that_are_never_open_are_looked_for_no_longer_than_ten_years(self):
        never = BusinessHours(ZoneInfo("UTC"), {})

        assert due_at(Stopwatch(since=MONDAY), Metric.RESOLUTION, "low", never) > MONDAY + 3650 * DAY


class TestWhatIsDue:
    @pytest.mark.parametrize(
        ("priority", "metric", "due"),
        [
            ("urgent", Metric.FIRST_RESPONSE, at(0, 16, 30)),
            ("urgent", Metric.RESOLUTION, at(1, 0)),  # around the clock
            ("high", Metric.FIRST_RESPONSE, at(1, 12)),  # at the very end of a morning
            ("normal", Metric.FIRST_RESPONSE, at(1, 17)),
            ("low", Metric.NEXT_RESPONSE, at(7, 11)),
        ],
    )
    def test_follows_from_the_priority(self, priority, metric, due):
        assert due_at(Stopwatch(since=at(0, 16)), metric, priority, OFFICE) == due

    def test_is_nothing_while_the_watch_stands_still(self):
        watch = Stopwatch(since=at(0, 9)).stopped(at(0, 11), OFFICE)

        assert due_at(watch, Metric.RESOLUTION, "normal", OFFICE) is None
        assert watch.spent("normal", at(3, 0), OFFICE) == 2 * HOUR

    def test_with_another_priority_is_as_if_it_had_been_that_from_the_beginning(self):
        """Two hours of business are four on the wall over noon: enough for what is urgent, not for anything else."""
        watch = Stopwatch(since=at(0, 11)).stopped(at(0, 14), OFFICE).started(at(0, 15))

        assert watch.spent("normal", at(0, 16), OFFICE) == 3 * HOUR
        assert watch.spent("urgent", at(0, 16), OFFICE) == 4 * HOUR
        assert due_at(watch, Metric.FIRST_RESPONSE, "high", OFFICE) == at(0, 17)
        assert due_at(watch, Metric.FIRST_RESPONSE, "urgent", OFFICE) == at(0, 15)  # long over
        assert due_at(watch, Metric.RESOLUTION, "urgent", OFFICE) == at(0, 20)

    def test_is_at_once_where_more_has_passed_already(self):
        watch = Stopwatch(business=5 * HOUR, since=at(1, 9))

        assert due_at(watch, Metric.FIRST_RESPONSE, "high", OFFICE) == at(1, 9)

    def test_is_less_time_for_what_is_more_pressing(self):
        for metric in Metric:
            times = [TARGETS[priority][metric] for priority in ("urgent", "high", "normal", "low")]
            assert times == sorted(set(times))


@st.composite
def hours(draw):
    """Up to three windows a day in a zone that changes its clocks, and the local date of the change."""
    name, day = draw(st.sampled_from(CHANGES))
    minutes = st.integers(0, 1440)
    windows = st.lists(st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1]), max_size=3)
    near_the_change = st.just([(0, 240)])
    weekly = {weekday: [Span(*w) for w in draw(windows | near_the_change)] for weekday in range(7)}
    closed = draw(st.sets(st.integers(-2, 2).map(lambda days: (day + timedelta(days=days)).isoformat()), max_size=1))
    return BusinessHours(ZoneInfo(name), weekly, frozenset(closed)), day


def is_open(moment, calendar):
    """The definition: what the wall shows is in a window of that weekday, which is no holiday."""
    local = moment.astimezone(calendar.zone)
    if local.date().isoformat() in calendar.holidays:
        return False
    minute = local.hour * 60 + local.minute
    return any(window.start <= minute < window.end for window in calendar.weekly[local.weekday()])


@settings(max_examples=25)
@given(hours(), st.lists(st.integers(1, 900), min_size=1, max_size=6))
def test_a_watch_agrees_with_a_count_of_minutes_over_clock_changes_and_pauses(drawn, lengths):
    """It runs and stands still in turn for so many minutes, around the change of the clocks."""
    calendar, day = drawn
    start = at_this = datetime.combine(day, time.min, calendar.zone).astimezone(UTC) - 12 * HOUR
    watch, business, elapsed = Stopwatch(), 0, 0
    for number, length in enumerate(lengths):
        end = at_this + length * MINUTE
        if number % 2 == 0:
            watch = watch.started(at_this)
            business += sum(is_open(at_this + n * MINUTE, calendar) for n in range(length))
            elapsed += length
            assert watch.spent("normal", end, calendar) == business * MINUTE
        else:
            watch = watch.stopped(at_this, calendar)
        at_this = end

    assert watch.spent("normal", at_this, calendar) == business * MINUTE
    assert watch.spent("urgent", at_this, calendar) == elapsed * MINUTE
    assert start + sum(lengths) * MINUTE == at_this


@settings(max_examples=25)
@given(hours(), st.integers(0, 1200))
def test_what_is_due_is_the_first_minute_at_which_so_many_have_passed(drawn, offset):
    calendar, day = drawn
    since = datetime.combine(day, time.min, calendar.zone).astimezone(UTC) - 12 * HOUR + offset * MINUTE
    spent = TARGETS["high"][Metric.FIRST_RESPONSE] - 90 * MINUTE  # an hour and a half are left

    due = due_at(Stopwatch(spent, spent, since), Metric.FIRST_RESPONSE, "high", calendar)

    moment, left = since, 90
    while left and moment < since + 20 * DAY:
        left -= is_open(moment, calendar)
        moment += MINUTE
    assert due == moment if not left else due > moment
