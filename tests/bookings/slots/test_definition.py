"""Goal R19: the slots are those of the definition (R-SLOT-1), minute by minute, above all where clocks change."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.slots import Appointment, Hours, Offer, Rules, Span
from bookings.slots.hours import stretches
from tests.support.figures import figure

ZONES = [
    "America/New_York", "Europe/London", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Apia", "America/Havana", "America/Santiago", "Africa/Casablanca", "Asia/Tehran", "Pacific/Chatham",
    "America/St_Johns", "Antarctica/Troll",
]  # fmt: skip
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONGEST = 240
EPOCH = date(2008, 1, 1)
NEAR = DAY


@cache
def changes(zone: str) -> list[datetime]:
    """The instants at which the zone changed its offset, 2008 to 2028, found by looking at every minute of its days."""
    found: list[datetime] = []
    here = ZoneInfo(zone)
    at = datetime(2008, 1, 1, tzinfo=UTC)
    while at.year < 2028:
        later = at + DAY
        if at.astimezone(here).utcoffset() != later.astimezone(here).utcoffset():
            moments = [at + n * MINUTE for n in range(1441)]
            pairs = zip(moments, moments[1:], strict=False)
            found += [b for a, b in pairs if a.astimezone(here).utcoffset() != b.astimezone(here).utcoffset()]
        at = later
    return found


@st.composite
def days(draw, zone: str) -> date:
    """Three times of four a date within a day of a change of the zone's clocks, where it has any."""
    moments = changes(zone)
    if moments and draw(st.sampled_from([True, True, True, False])):
        change = draw(st.sampled_from(moments)).astimezone(ZoneInfo(zone)).date()
        return change + draw(st.integers(-1, 1)) * DAY
    return EPOCH + draw(st.integers(0, 7000)) * DAY


@st.composite
def windows(draw):
    """Of a quarter of an hour at least; mostly early, because that is when clocks change."""
    latest = draw(st.sampled_from([5 * 60, 1440]))
    begin = draw(st.integers(0, (latest - 15) // 5)) * 5
    return Span(begin, draw(st.integers(begin // 5 + 3, latest // 5)) * 5)


@st.composite
def cases(draw):
    zone = draw(st.sampled_from(ZONES))
    week = {weekday: draw(st.lists(windows(), max_size=2)) for weekday in range(7)}
    hours = Hours(ZoneInfo(zone), week)
    minutes = draw(st.sampled_from([15, 25, 30, 45, 60, 90, 120, LONGEST]))
    return hours, draw(days(zone)), minutes, draw(st.sampled_from([15, 20, 30, 60]))


def is_near_a_change(zone: ZoneInfo, day: date) -> bool:
    midnight = datetime.combine(day, datetime.min.time(), zone)
    moments = changes(zone.key)
    return any(midnight - NEAR <= moment <= midnight + DAY + NEAR for moment in moments)


class Wall:
    """R-SLOT-1 as it is written: an instant is available if the wall shows a minute of a window of that date."""

    def __init__(self, hours: Hours) -> None:
        self.zone = hours.zone
        self.open = {
            weekday: {minute for begin, end in windows for minute in range(begin, end)}
            for weekday, windows in hours.weekly.items()
        }
        self.begins: dict[int, dict[int, int]] = {}
        for weekday, minutes in self.open.items():
            begins = self.begins[weekday] = {}
            for minute in sorted(minutes):
                begins[minute] = begins.get(minute - 1, minute)

    def at(self, moment: datetime) -> tuple[date, int]:
        local = moment.astimezone(self.zone)
        return local.date(), local.hour * 60 + local.minute

    def is_open(self, shown: tuple[date, int]) -> bool:
        return shown[1] in self.open[shown[0].weekday()]

    def is_on_the_grid(self, shown: tuple[date, int], step: int) -> bool:
        """Whether it is a whole number of steps from where this stretch of the wall begins."""
        return (shown[1] - self.begins[shown[0].weekday()][shown[1]]) % step == 0


def by_definition(hours: Hours, day: date, minutes: int, step: int) -> tuple[set[datetime], set[datetime]]:
    """The open minutes of the date, and the starts of its slots."""
    wall = Wall(hours)
    # Wherever the zone is, between 14 hours before and 12 behind UTC, its date lies within these.
    begin = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=14)
    moments = [begin + n * MINUTE for n in range((14 + 24 + 12) * 60 + LONGEST)]
    shown = [wall.at(moment) for moment in moments]
    flags = [wall.is_open(each) for each in shown]
    run, runs = 0, [0] * len(moments)
    for n in reversed(range(len(moments))):
        run = run + 1 if flags[n] else 0
        runs[n] = run
    step = min(step, minutes)
    starts = {
        moments[n]
        for n, each in enumerate(shown)
        if each[0] == day and runs[n] >= minutes and wall.is_on_the_grid(each, step)
    }
    return {moments[n] for n, each in enumerate(shown) if flags[n] and each[0] == day}, starts


def check(hours: Hours, day: date, minutes: int, step: int) -> None:
    open_minutes, starts = by_definition(hours, day, minutes, step)
    now = datetime.combine(day, datetime.min.time(), UTC) - 2 * DAY
    offer = Offer(hours, Rules(step=step), now=now)

    slots = offer.free(day, day, minutes=minutes)

    intervals = hours.intervals(day, day)
    assert {begin + n * MINUTE for begin, end in intervals for n in range((end - begin) // MINUTE)} == open_minutes
    assert {slot.start for slot in slots} == starts
    assert all(slot.end - slot.start == minutes * MINUTE for slot in slots)
    assert all(offer.refusal(slot) is None for slot in slots)
    if slots:
        taken = slots[len(slots) // 2]
        rest = Offer(hours, Rules(step=step), now=now, busy=[Appointment(*taken)]).free(day, day, minutes=minutes)
        assert rest == [slot for slot in slots if slot.end <= taken.start or slot.start >= taken.end]


def run_examples(count: int) -> None:
    near = []

    @settings(max_examples=count, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(cases())
    def every_case_is_as_defined(case):
        hours, day, minutes, step = case
        near.append(is_near_a_change(hours.zone, day))
        check(hours, day, minutes, step)

    every_case_is_as_defined()
    assert len(near) >= count
    assert sum(near) / len(near) >= 0.5


def test_slots_are_those_of_the_definition():
    run_examples(150)


@pytest.mark.slow
def test_slots_are_those_of_the_definition_in_very_many_examples():
    run_examples(figure(10_000, 3_000))


@pytest.mark.parametrize("zone", ZONES)
def test_no_change_of_the_clocks_is_missed(zone):
    """The stretches around each change begin and end exactly there."""
    for change in changes(zone):
        day = change.astimezone(ZoneInfo(zone)).date()

        assert change in {stretch.start for stretch in stretches(ZoneInfo(zone), day)}


def test_apia_skipped_a_whole_day():
    whole = Hours(ZoneInfo("Pacific/Apia"), dict.fromkeys(range(7), [Span(0, 1440)]))

    for day in range(28, 33):
        check(whole, date(2011, 12, 1) + (day - 1) * DAY, 60, 30)
