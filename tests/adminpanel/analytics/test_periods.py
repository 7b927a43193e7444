"""Days, weeks and months on a wall whose clocks change."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from adminpanel.analytics.periods import Period, midnight, next_step, start_of_step, today


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("UTC", date(2026, 3, 29), datetime(2026, 3, 29, 0, tzinfo=UTC)),
        ("Europe/London", date(2026, 3, 30), datetime(2026, 3, 29, 23, tzinfo=UTC)),
        ("Europe/London", date(2026, 10, 26), datetime(2026, 10, 26, 0, tzinfo=UTC)),
        # Clocks skip midnight: the day begins with the change, at one.
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC)),
        # Midnight comes twice: the day begins with the first.
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("Asia/Kathmandu", date(2026, 1, 1), datetime(2025, 12, 31, 18, 15, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_midnight_of_the_platforms_zone(zone, day, begins, settings):
    settings.PLATFORM_TIME_ZONE = zone

    assert midnight(day) == begins


def test_today_is_the_date_on_that_wall(settings):
    settings.PLATFORM_TIME_ZONE = "Pacific/Auckland"

    with time_machine.travel(datetime(2026, 1, 31, 20, tzinfo=UTC), tick=False):
        assert today() == date(2026, 2, 1)
        assert Period.last_months(3) == Period(date(2025, 12, 1), date(2026, 3, 1), "month")


@pytest.mark.parametrize(
    ("unit", "start", "after"),
    [
        ("day", date(2025, 12, 31), date(2026, 1, 1)),
        ("week", date(2025, 12, 29), date(2026, 1, 5)),
        ("month", date(2025, 12, 1), date(2026, 1, 1)),
    ],
)
def test_steps_go_over_the_end_of_a_year(unit, start, after):
    assert start_of_step(date(2025, 12, 31), unit) == start
    assert next_step(start, unit) == after


def test_a_period_is_widened_to_whole_steps():
    period = Period.around(date(2026, 1, 31), date(2026, 3, 1), "month")

    assert (period.first, period.last) == (date(2026, 1, 1), date(2026, 3, 31))
    assert list(period.steps()) == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
