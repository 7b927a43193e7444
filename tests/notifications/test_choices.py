"""R-NOTIF-1, 2, 4 and 5 as pure functions."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.kinds import CATEGORIES, CHANNELS, EMAIL, IN_APP, KINDS, PUSH, SMS, WS
from notifications.models import NotificationPreferences
from notifications.services.choices import digest_end, is_quiet, quiet_since, quiet_until, wants

BERLIN = ZoneInfo("Europe/Berlin")
CONFIRMED, JOINED, REFUNDED = KINDS["booking_confirmed"], KINDS["session_joined"], KINDS["package_refunded"]


def chosen(**values) -> NotificationPreferences:
    return NotificationPreferences(**values)


class TestTheMatrix:
    def test_without_a_choice_the_types_default_holds(self):
        assert [wants(chosen(), CONFIRMED, channel) for channel in CHANNELS] == [True, True, True, True, False]
        assert not wants(chosen(), JOINED, EMAIL)

    @pytest.mark.parametrize(("preferences", "expected"), [
        ({"email": False}, False),
        ({"email": False, "categories": {"bookings": {"email": True}}}, True),
        ({"email": False, "types": {"booking_confirmed": {"email": True}}}, True),
        ({"categories": {"bookings": {"email": False}}}, False),
        ({"categories": {"bookings": {"email": False}}, "types": {"booking_confirmed": {"email": True}}}, True),
        ({"categories": {"bookings": {"email": True}}, "types": {"booking_confirmed": {"email": False}}}, False),
        ({"types": {"booking_confirmed": {"push": False}}}, True),
        ({"types": {"booking_cancelled": {"email": False}}}, True),
    ])  # fmt: skip
    def test_the_most_specific_choice_wins(self, preferences, expected):
        assert wants(chosen(**preferences), CONFIRMED, EMAIL) is expected

    def test_a_switch_that_is_on_does_not_turn_on_what_is_off_by_default(self):
        assert not wants(chosen(email=True), JOINED, EMAIL)
        assert wants(chosen(categories={"sessions": {"email": True}}), JOINED, EMAIL)

    def test_what_is_mandatory_cannot_be_switched_off(self):
        nothing = chosen(email=False, push=False, types={"package_refunded": {"email": False, "push": False}})

        assert wants(nothing, REFUNDED, EMAIL)
        assert wants(nothing, REFUNDED, PUSH)
        assert not wants(nothing, REFUNDED, SMS)
        assert wants(nothing, CONFIRMED, EMAIL, mandatory=True)

    def test_the_copy_in_the_app_is_always_kept_and_the_live_frame_may_be_switched_off(self):
        silent = chosen(types={"booking_confirmed": {"in_app": False, "ws": False}})

        assert wants(silent, CONFIRMED, IN_APP)
        assert not wants(silent, CONFIRMED, WS)

    def test_every_type_belongs_to_a_category_that_there_is(self):
        assert {kind.category for kind in KINDS.values()} == set(CATEGORIES)


NIGHT = {"quiet_start": 22 * 60, "quiet_end": 7 * 60}


class TestQuietHours:
    @pytest.mark.parametrize(("wall", "expected"), [
        ("2026-01-14T21:59", False),
        ("2026-01-14T22:00", True),
        ("2026-01-15T06:59", True),
        ("2026-01-15T07:00", False),
    ])  # fmt: skip
    def test_they_last_over_midnight_and_their_end_is_not_in_them(self, wall, expected):
        moment = datetime.fromisoformat(wall).replace(tzinfo=BERLIN).astimezone(UTC)

        assert is_quiet(chosen(**NIGHT), BERLIN, moment) is expected

    def test_the_day_on_which_they_begin_counts(self):
        fridays = chosen(**NIGHT, quiet_days=[4])
        friday = datetime(2026, 1, 16, 23, tzinfo=BERLIN)

        quiet = [is_quiet(fridays, BERLIN, friday + timedelta(hours=hours)) for hours in (0, 7, 24, 31)]

        assert quiet == [True, True, False, False]

    def test_a_delivery_waits_for_their_end(self):
        moment = datetime(2026, 1, 14, 22, 30, 45, tzinfo=UTC)

        assert quiet_until(chosen(**NIGHT), BERLIN, moment) == datetime(2026, 1, 15, 6, tzinfo=UTC)
        assert quiet_until(chosen(**NIGHT), BERLIN, moment - timedelta(hours=4)) is None

    def test_a_night_in_which_clocks_change_is_as_long_as_it_is(self):
        to_summer = chosen(quiet_start=0, quiet_end=2 * 60 + 30)
        midnight = datetime(2026, 3, 28, 23, tzinfo=UTC)  # 00:00 in Berlin; 02:00 to 03:00 is skipped

        assert quiet_until(to_summer, BERLIN, midnight) == datetime(2026, 3, 29, 1, tzinfo=UTC)
        to_winter = datetime(2026, 10, 24, 22, tzinfo=UTC)  # 00:00; 02:00 to 03:00 comes twice
        assert quiet_until(to_summer, BERLIN, to_winter) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        assert is_quiet(to_summer, BERLIN, datetime(2026, 10, 25, 1, 15, tzinfo=UTC))  # 02:15 again

    def test_the_waking_window_before_them_ends_where_they_begin(self):
        moment = datetime(2026, 1, 15, 3, 20, tzinfo=UTC)

        assert quiet_since(chosen(**NIGHT), BERLIN, moment) == datetime(2026, 1, 14, 21, tzinfo=UTC)
        assert quiet_since(chosen(**NIGHT), BERLIN, datetime(2026, 1, 14, 12, tzinfo=UTC)) is None

    @given(
        st.integers(0, 1439),
        st.integers(0, 1439),
        st.sets(st.integers(0, 6), max_size=6),
        st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    )
    def test_their_end_is_the_first_minute_that_is_not_quiet(self, start, end, days, moment):
        preferences = chosen(quiet_start=start, quiet_end=end, quiet_days=sorted(days))
        until = quiet_until(preferences, BERLIN, moment)

        if until is None:
            assert not is_quiet(preferences, BERLIN, moment)
            return
        assert moment < until <= moment + timedelta(hours=26)
        assert is_quiet(preferences, BERLIN, moment)
        assert not is_quiet(preferences, BERLIN, until)
        assert is_quiet(preferences, BERLIN, until - timedelta(minutes=1))


class TestDigests:
    NOW = datetime(2026, 1, 14, 12, 20, tzinfo=UTC)  # a Wednesday

    @pytest.mark.parametrize(("rhythm", "end"), [
        ("off", None),
        ("hourly", datetime(2026, 1, 14, 13, tzinfo=UTC)),
        ("daily", datetime(2026, 1, 15, 7, tzinfo=UTC)),
        ("weekly", datetime(2026, 1, 19, 7, tzinfo=UTC)),
    ])  # fmt: skip
    def test_they_end_on_the_readers_wall(self, rhythm, end):
        preferences = chosen(digests={"bookings": rhythm})

        assert digest_end(preferences, CONFIRMED, BERLIN, self.NOW) == end

    @pytest.mark.parametrize(("rhythm", "end"), [
        ("hourly", datetime(2026, 1, 14, 13, tzinfo=UTC)),
        ("daily", datetime(2026, 1, 15, 8, tzinfo=UTC)),
    ])  # fmt: skip
    def test_one_that_would_end_in_quiet_hours_collects_until_their_end(self, rhythm, end):
        preferences = chosen(digests={"bookings": rhythm}, digest_hour=6, quiet_start=22 * 60, quiet_end=9 * 60)

        assert digest_end(preferences, CONFIRMED, BERLIN, self.NOW) == end
        in_the_night = datetime(2026, 1, 14, 23, 30, tzinfo=UTC)
        assert digest_end(preferences, CONFIRMED, BERLIN, in_the_night) == datetime(2026, 1, 15, 8, tzinfo=UTC)

    def test_a_reminder_of_what_begins_soon_waits_for_none(self):
        preferences = chosen(digests={"reminders": "weekly"})

        assert digest_end(preferences, KINDS["lesson_reminder_hour"], BERLIN, self.NOW) is None
        assert digest_end(preferences, KINDS["review_reminder"], BERLIN, self.NOW) is not None
