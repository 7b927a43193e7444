"""The vectors of R-SLOT-12, row by row."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.slots import Hours, Offer, Rules
from bookings.slots.hours import start_of
from tests.bookings.slots.shorthand import daily, day, shown, utc, window

NEW_YORK, LONDON = "America/New_York", "Europe/London"
SPRING, AUTUMN = "2026-03-08", "2026-11-01"


def opening(zone, windows, date):
    return shown(daily(zone, *windows).intervals(day(date), day(date)))


def offered(hours, date, *, minutes, step=30):
    """The starts of the slots of that local date."""
    offer = Offer(hours, Rules(step=step), now=utc(f"{date} 00:00") - timedelta(days=3))
    return [slot.start for slot in offer.free(day(date), day(date), minutes=minutes)]


def on_the_wall(moments, zone):
    return [f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" for moment in moments]


@pytest.mark.parametrize(
    ("window", "date", "expected"),
    [
        ("01:00-04:00", SPRING, ["06:00-08:00"]),
        ("02:00-03:00", SPRING, []),
        ("02:30-05:00", SPRING, ["07:00-09:00"]),
        ("00:00-06:00", AUTUMN, ["04:00-11:00"]),
        ("00:30-01:30", AUTUMN, ["04:30-05:30", "06:00-06:30"]),
        ("09:00-10:00", SPRING, ["13:00-14:00"]),
        ("09:00-10:00", AUTUMN, ["14:00-15:00"]),
    ],
)
def test_a_window_in_new_york_on_the_days_of_the_change(window, date, expected):
    assert opening(NEW_YORK, [window], date) == expected


def test_a_window_that_begins_in_the_gap_begins_with_the_change_and_is_not_shifted():
    begins = offered(daily(NEW_YORK, "02:30-05:00"), SPRING, minutes=30)

    # The grid stays anchored to the rule: 02:30 does not exist, 03:00 is its next step.
    assert on_the_wall(begins, NEW_YORK) == ["03:00", "03:30", "04:00", "04:30"]


def test_half_past_one_is_offered_twice_in_autumn():
    begins = offered(daily(NEW_YORK, "00:00-06:00"), AUTUMN, minutes=30)

    assert [f"{moment:%H:%M}" for moment in begins if on_the_wall([moment], NEW_YORK) == ["01:30"]] == [
        "05:30",
        "06:30",
    ]


def test_half_past_one_in_london_is_missing_in_spring_and_twice_there_in_autumn():
    hours = daily(LONDON, "00:00-03:00")

    assert "01:30" not in on_the_wall(offered(hours, "2026-03-29", minutes=30), LONDON)
    autumn = offered(hours, "2026-10-25", minutes=30)
    assert [m for m in autumn if on_the_wall([m], LONDON) == ["01:30"]] == [
        utc("2026-10-25 00:30"),
        utc("2026-10-25 01:30"),
    ]


def test_a_day_in_cairo_begins_at_one_oclock_when_midnight_is_skipped():
    assert opening("Africa/Cairo", ["00:00-01:00"], "2026-04-24") == []
    assert on_the_wall([start_of(day("2026-04-24"), ZoneInfo("Africa/Cairo"))], "Africa/Cairo") == ["01:00"]
    begins = offered(daily("Africa/Cairo", "00:00-03:00"), "2026-04-24", minutes=60)
    assert on_the_wall(begins, "Africa/Cairo") == ["01:00", "01:30", "02:00"]


def test_a_day_in_beirut_begins_at_one_oclock_when_midnight_is_skipped():
    begins = offered(daily("Asia/Beirut", "00:00-03:00"), "2026-03-29", minutes=60)

    assert on_the_wall(begins, "Asia/Beirut") == ["01:00", "01:30", "02:00"]


def test_lord_howe_moves_its_clocks_by_half_an_hour_and_the_grid_stays_on_the_wall():
    begins = offered(daily("Australia/Lord_Howe", "00:00-06:00"), "2026-10-04", minutes=60, step=60)

    assert on_the_wall(begins, "Australia/Lord_Howe") == ["00:00", "01:00", "03:00", "04:00", "05:00"]


def test_a_quarter_to_two_occurs_twice_on_lord_howe_half_an_hour_apart():
    begins = offered(daily("Australia/Lord_Howe", "01:45-02:00"), "2026-04-05", minutes=15)

    assert begins == [utc("2026-04-04 14:45"), utc("2026-04-04 15:15")]


@pytest.mark.parametrize(("zone", "first"), [("Asia/Kolkata", "03:30"), ("Asia/Kathmandu", "03:15")])
def test_the_grid_lies_on_local_hours_where_offsets_are_no_whole_hours(zone, first):
    begins = offered(daily(zone, "09:00-11:00"), "2026-07-13", minutes=60, step=60)

    assert f"{begins[0]:%H:%M}" == first
    assert on_the_wall(begins, zone) == ["09:00", "10:00"]


@pytest.mark.parametrize(
    ("date", "in_london"),
    [
        ("2026-03-01", "22:00"),
        ("2026-03-08", "21:00"),
        ("2026-03-15", "21:00"),
        ("2026-03-29", "22:00"),
        ("2026-10-25", "21:00"),
        ("2026-11-01", "22:00"),
    ],
)
def test_five_oclock_in_new_york_as_seen_from_london(date, in_london):
    begins = offered(daily(NEW_YORK, "17:00-18:00"), date, minutes=60)

    assert on_the_wall(begins, LONDON) == [in_london]


def test_the_day_that_apia_skipped_has_no_hours_and_its_neighbours_have_all_of_theirs():
    hours = daily("Pacific/Apia", "00:00-24:00")

    assert hours.intervals(day("2011-12-30"), day("2011-12-30")) == []
    for date in ("2011-12-29", "2011-12-31"):
        (whole,) = hours.intervals(day(date), day(date))
        assert whole.end - whole.start == timedelta(days=1)
    # The skipped midnight is one instant: the two days touch.
    assert len(hours.intervals(day("2011-12-29"), day("2011-12-31"))) == 1


def test_a_length_counts_elapsed_minutes():
    """From 00:30 three hours of the wall are four of the clock's in autumn and two in spring."""
    late = daily(NEW_YORK, "00:30-03:30")

    assert offered(late, AUTUMN, minutes=240) == [utc("2026-11-01 04:30")]
    assert offered(late, SPRING, minutes=120) == [utc("2026-03-08 05:30")]
    assert offered(late, SPRING, minutes=180) == []


def test_hours_that_cross_midnight_are_one_opening():
    friday_night = Hours(ZoneInfo(LONDON), {4: [window("22:00-24:00")], 5: [window("00:00-02:00")]})

    begins = offered(friday_night, "2026-07-17", minutes=120, step=60)

    assert on_the_wall(begins, LONDON) == ["22:00", "23:00"]
    assert on_the_wall(offered(friday_night, "2026-07-18", minutes=120, step=60), LONDON) == ["00:00"]
