"""Which of the candidates may be taken: notice, horizon, limits, neighbours, the student's own time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bookings.slots import Appointment, Limits, Offer, Reason, Rules, Span
from tests.bookings.slots.shorthand import daily, day, shown, utc

MONDAY, TUESDAY = "2026-07-13", "2026-07-14"
NOW = utc("2026-07-12 12:00")
OFFICE = daily("UTC", "09:00-13:00")


def offer(hours=OFFICE, *, rules=None, now=NOW, **taken) -> Offer:
    return Offer(hours, rules or Rules(), now, **taken)


def free(of: Offer, date=MONDAY, *, minutes=60) -> list[str]:
    return shown(of.free(day(date), day(date), minutes=minutes))


def slot(text: str, date=MONDAY):
    begin, end = text.split("-")
    return Span(utc(f"{date} {begin}"), utc(f"{date} {end}"))


def at(text: str, date=MONDAY, **buffers) -> Appointment:
    return Appointment(*slot(text, date), **buffers)


class TestCandidates:
    def test_begin_every_half_hour_from_the_windows_start_and_end_within_it(self):
        assert free(offer(daily("UTC", "09:10-11:00"))) == ["09:10-10:10", "09:40-10:40"]

    def test_begin_as_often_as_they_are_short(self):
        assert free(offer(daily("UTC", "09:00-09:45")), minutes=15) == ["09:00-09:15", "09:15-09:30", "09:30-09:45"]

    def test_use_the_tutors_own_step(self):
        assert free(offer(rules=Rules(step=60))) == ["09:00-10:00", "10:00-11:00", "11:00-12:00", "12:00-13:00"]

    def test_are_anchored_to_the_merged_window(self):
        touching = offer(daily("UTC", "09:00-10:15", "10:15-11:30"), rules=Rules(step=60))

        assert free(touching) == ["09:00-10:00", "10:00-11:00"]

    def test_keep_their_grid_after_time_off(self):
        away = [slot("09:45-10:15")]

        assert free(offer(rules=Rules(step=30), time_off=away))[0] == "10:30-11:30"

    def test_of_a_day_off_are_none(self):
        assert free(offer(replace(OFFICE, overrides={day(MONDAY): []}))) == []

    def test_of_an_overridden_date_are_the_overrides_only(self):
        other = replace(OFFICE, once={day(MONDAY): [Span(0, 60)]}, overrides={day(MONDAY): [Span(1200, 1260)]})

        assert free(offer(other)) == ["20:00-21:00"]

    def test_of_a_single_date_come_besides_the_weekly_ones(self):
        more = replace(OFFICE, once={day(MONDAY): [Span(1200, 1260)]})

        assert free(offer(more))[-1] == "20:00-21:00"
        assert "20:00-21:00" not in free(offer(more), TUESDAY)


class TestNotice:
    def test_is_inclusive(self):
        at_nine = offer(rules=Rules(notice=timedelta(hours=2)), now=utc(f"{MONDAY} 07:00"))
        a_second_later = replace(at_nine, now=utc(f"{MONDAY} 07:00") + timedelta(seconds=1))

        assert free(at_nine)[0] == "09:00-10:00"
        assert free(a_second_later)[0] == "09:30-10:30"
        assert a_second_later.refusal(slot("09:00-10:00")) == Reason.TOO_SOON

    def test_of_none_still_offers_no_past(self):
        assert free(offer(now=utc(f"{MONDAY} 11:15")))[0] == "11:30-12:30"


class TestTheHorizon:
    def test_is_the_whole_last_day_of_the_tutors_calendar(self):
        """Late in the evening of New York it is the next day in UTC already."""
        late = daily("America/New_York", "22:00-24:00")
        one_day = offer(late, rules=Rules(most_days_ahead=1), now=utc("2026-07-12 16:00"))

        assert free(one_day, "2026-07-13") == ["02:00-03:00", "02:30-03:30", "03:00-04:00"]
        assert free(one_day, "2026-07-14") == []
        assert one_day.refusal(slot("02:00-03:00", "2026-07-15")) == Reason.TOO_FAR


class TestNeighbours:
    def test_may_touch(self):
        assert free(offer(rules=Rules(step=60), busy=[at("10:00-11:00")])) == [
            "09:00-10:00", "11:00-12:00", "12:00-13:00",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("buffers", "rules", "expected"),
        [
            # The larger of the earlier one's after and the later one's before, never the sum.
            ({"before": 0, "after": 15}, Rules(step=15, before=10), "11:15-12:15"),
            ({"before": 0, "after": 10}, Rules(step=15, before=15), "11:15-12:15"),
            ({"before": 0, "after": 15}, Rules(step=15, before=15), "11:15-12:15"),
            ({"before": 60, "after": 0}, Rules(step=15, after=60), "11:00-12:00"),
        ],
    )
    def test_need_the_larger_of_two_buffers_between_them(self, buffers, rules, expected):
        later = [text for text in free(offer(rules=rules, busy=[at("10:00-11:00", **buffers)])) if text > "10:30"]

        assert later[0] == expected

    def test_that_come_first_need_it_too(self):
        before_ten = offer(rules=Rules(step=15, after=15), busy=[at("11:00-12:00", before=30)])

        assert free(before_ten)[-1] == "12:00-13:00"
        assert [text for text in free(before_ten) if text < "11"] == ["09:00-10:00", "09:15-10:15", "09:30-10:30"]

    def test_may_have_their_buffers_outside_the_hours(self):
        assert free(offer(rules=Rules(before=120, after=120)))[0] == "09:00-10:00"

    def test_that_are_too_close_are_told_from_those_that_overlap(self):
        one = offer(rules=Rules(step=15, before=30), busy=[at("10:00-11:00")])

        assert one.refusal(slot("10:30-11:30")) == Reason.TAKEN
        assert one.refusal(slot("11:15-12:15")) == Reason.BUFFER_CONFLICT
        assert one.refusal(slot("11:30-12:30")) is None


class TestLimits:
    BOOKED = [slot("09:00-10:00"), slot("09:00-09:30", TUESDAY)]

    @pytest.mark.parametrize(
        "rules",
        [
            Rules(a_day=Limits(bookings=1)),
            Rules(a_day=Limits(minutes=119)),
            Rules(a_week=Limits(bookings=2)),
            Rules(a_week=Limits(minutes=149)),
        ],
    )
    def test_that_are_reached_leave_nothing(self, rules):
        one = offer(rules=rules, booked=self.BOOKED)

        assert free(one) == []
        assert one.refusal(slot("11:00-12:00")) == Reason.LIMIT_REACHED

    @pytest.mark.parametrize(
        "rules",
        [
            Rules(a_day=Limits(bookings=2, minutes=120)),
            Rules(a_week=Limits(bookings=3, minutes=150)),
        ],
    )
    def test_may_be_filled(self, rules):
        assert offer(rules=rules, booked=self.BOOKED).refusal(slot("11:00-12:00")) is None

    def test_count_days_of_the_tutors_calendar(self):
        """Monday 23:00 in New York is Tuesday in UTC."""
        late = daily("America/New_York", "00:00-24:00")
        one = offer(late, rules=Rules(a_day=Limits(bookings=1)), booked=[slot("03:00-04:00", TUESDAY)])

        assert one.refusal(slot("15:00-16:00", MONDAY)) == Reason.LIMIT_REACHED
        assert one.refusal(slot("15:00-16:00", TUESDAY)) is None

    def test_of_a_week_end_with_sunday(self):
        one = offer(rules=Rules(a_week=Limits(bookings=2)), booked=self.BOOKED)

        assert free(one, "2026-07-19") == []
        assert free(one, "2026-07-20") != []

    def test_of_the_pair_leave_nothing(self):
        assert offer(pair_is_full=True).refusal(slot("09:00-10:00")) == Reason.LIMIT_REACHED


def test_the_students_own_time_is_not_offered_to_them():
    one = offer(rules=Rules(step=60), own=[slot("09:30-10:30")])

    assert free(one) == ["11:00-12:00", "12:00-13:00"]
    assert one.refusal(slot("10:00-11:00")) == Reason.STUDENT_CONFLICT


@pytest.mark.parametrize(
    "asked", ["08:00-09:00", "09:10-10:10", "12:30-13:30", "13:00-14:00"], ids=["early", "off grid", "late", "after"]
)
def test_what_is_not_offered_is_outside(asked):
    assert offer().refusal(slot(asked)) == Reason.OUTSIDE_AVAILABILITY


def test_the_list_and_the_single_answer_agree():
    one = offer(
        rules=Rules(step=30, notice=timedelta(hours=22), before=15, a_day=Limits(minutes=200)),
        busy=[at("11:00-11:30")],
        booked=[slot("11:00-11:30")],
        own=[slot("12:45-13:00")],
        time_off=[slot("09:00-09:15")],
    )
    starts = [utc(f"{MONDAY} 08:00") + n * timedelta(minutes=5) for n in range(80)]
    slots = [Span(start, start + timedelta(minutes=30)) for start in starts]

    assert [each for each in slots if one.refusal(each) is None] == one.free(day(MONDAY), day(MONDAY), minutes=30)
