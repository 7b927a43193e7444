"""Figures against a recount of a random platform, row by row: nothing rolled up, rolled up, and changed since."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from adminpanel.analytics import dashboard, folding, mentors
from adminpanel.analytics.day_book import DayBook
from adminpanel.analytics.money import Money, money_of_steps, total_money
from adminpanel.analytics.performance import performance
from adminpanel.analytics.periods import Period
from adminpanel.analytics.usage import usage
from adminpanel.models import ActiveUsers, ChangedMoment, LedgerDay, RollUpState, SessionDay
from bookings.models import Booking, Review
from bookings.services import clock as bookings_clock
from sessions_app.models import TutoringSession
from tests.adminpanel.analytics.worlds import NOW, ZONES, World
from tests.factories import BookingFactory
from tests.support.figures import figure

pytestmark = pytest.mark.django_db
PERIODS = {
    "day": Period(date(2026, 3, 1), date(2026, 5, 1), "day"),
    "week": Period(date(2025, 10, 27), date(2026, 5, 4), "week"),
    "month": Period(date(2025, 9, 1), date(2026, 6, 1), "month"),
}


@pytest.fixture(params=ZONES)
def world(request, settings):
    settings.PLATFORM_TIME_ZONE = request.param
    with time_machine.travel(NOW, tick=False):
        yield World(request.param)


def check(world, but=()):
    """Every figure is what a recount finds, `but` those of usage."""
    sessions, outcomes = world.sessions(), world.outcomes()[None]
    found = dashboard.session_metrics()
    assert found.sessions == (sessions.total(), *(sessions[each] for each in found.sessions._fields[1:]))
    assert_outcomes(found.outcomes, outcomes)
    assert {each.subject: each.sessions for each in dashboard.subject_distribution()} == world.subjects_of_sessions()
    assert_money(total_money(DayBook.open()), world.money()[None])
    for unit, period in PERIODS.items():
        check_steps(world, unit, period, but)


def check_steps(world, unit, period, but=()):
    money, used, rated = world.money(unit), world.usage(unit), world.performance(unit)
    over = world.outcomes(unit)
    for step, found in money_of_steps(DayBook.open(), period).items():
        assert_money(found, money[step])
    for step, found in usage(period).items():
        names = set(found._fields) - set(but)
        assert {name: getattr(found, name) for name in names} == {name: used[step][name] for name in names}
    for step, (answers, outcomes, ratings) in performance(period)[1].items():
        counted = rated[step]
        assert answers[:3] == (counted["confirmed"], counted["declined"], counted["expired"])
        assert answers.waited == timedelta(microseconds=counted["waited"])
        assert ratings == (counted["stars"], counted["reviews"])
        assert_outcomes(outcomes, over[step])


def assert_outcomes(found, counted):
    by = {who: counted[f"cancelled {who}"] for who in ("student", "tutor", "admin", "system")}
    assert found == (
        counted.total(),
        counted["completed"],
        counted["no_show_student"],
        counted["no_show_tutor"],
        by["student"],
        by["tutor"],
        by["admin"] + by["system"],
    )


def assert_money(found, counted):
    assert found == {currency: Money(**figures) for currency, figures in counted.items()}


def change_the_past(world):
    """Sessions and lessons that began long ago get another end, another time, another subject, or are gone."""
    old = NOW - timedelta(days=20)
    lessons = Booking.objects.filter(starts_at__lt=old, status__in=("completed", "cancelled")).order_by("pk")
    ids = list(lessons.values_list("pk", flat=True)[:6])
    Booking.objects.filter(pk__in=ids[:1]).update(status="no_show_student", cancelled_by="")
    Booking.objects.filter(pk__in=ids[1:2]).update(refund_percent=100)
    written = Review.objects.filter(created_at__lt=old).order_by("pk")
    Review.objects.filter(pk=written[0].pk).update(rating=1)
    Review.objects.filter(pk=written[1].pk).update(state="hidden")
    Booking.objects.filter(pk__in=ids[2:]).update(starts_at=NOW - timedelta(days=70), ends_at=NOW)
    past = TutoringSession.objects.filter(starts_at__lt=old, status="completed").order_by("pk")
    one, two, three, four = list(past)[:4]
    TutoringSession.objects.filter(pk=one.pk).update(subject=world.subjects[0], status="cancelled")
    two.starts_at, two.ends_at = NOW + timedelta(days=30), NOW + timedelta(days=31)
    two.save()
    three.deleted_at = NOW
    three.save(update_fields=["deleted_at"])
    TutoringSession.objects.filter(pk=four.pk, booking=None).delete()


def test_every_figure_is_that_of_a_recount_whatever_is_rolled_up(world):
    check(world)

    folding.fold()
    assert RollUpState.objects.get().closed_until is not None
    assert SessionDay.objects.exists()
    check(world)
    assert folding.differences() == []

    change_the_past(world)
    world.post("refund", "USD", NOW)  # of whatever month: it counts today
    assert ChangedMoment.objects.exists()
    check(world)
    assert folding.differences() == []

    folding.fold()
    assert not ChangedMoment.objects.exists()
    check(world)
    assert folding.differences() == []


def test_days_go_in_when_they_are_over_and_figures_stay_those_of_a_recount(world):
    folding.fold()
    closed = RollUpState.objects.get().closed_until

    for days in range(1, figure(20, 3)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            folding.fold()
            check(world)

            assert RollUpState.objects.get().closed_until == closed + timedelta(days=days)
            assert folding.differences() == []


def test_another_zone_begins_anew_and_is_right_at_once(world, settings):
    folding.fold()

    settings.PLATFORM_TIME_ZONE = "Asia/Kathmandu"
    # Sign-ins stay on the days on which they were noted: their rows may be gone.
    check(World.seen_from(world, "Asia/Kathmandu"), but=["sign_ins"])
    folding.fold()

    check(World.seen_from(world, "Asia/Kathmandu"), but=["sign_ins"])
    assert folding.differences() == []


def test_a_request_that_lapses_across_a_boundary_is_in_one_month_of_its_mentor_and_of_all():
    """The clock comes by half a minute after midnight, the lesson was to begin five minutes before."""
    last_day = datetime(2025, 10, 31, 23, tzinfo=UTC)
    with time_machine.travel(last_day, tick=False) as clock:
        starts_at = last_day + timedelta(minutes=55)
        request = BookingFactory(status="pending", starts_at=starts_at, expires_at=starts_at)
        clock.move_to(last_day + timedelta(hours=1, seconds=30))
        bookings_clock.advance_overdue(now=timezone.now())
        clock.shift(timedelta(days=40))
        folding.fold()
        months = [Period(date(2025, month, 1), date(2025, month + 1, 1), "month") for month in (10, 11)]

        of_all = [performance(month)[0].answers.expired for month in months]
        of_mentor = [mentors.answers_of([request.tutor_id], month) for month in months]

    assert of_all == [0, 1]
    assert [found.get(request.tutor_id, {}).get("expired", 0) for found in of_mentor] == of_all


def test_a_figure_that_is_wrong_is_found_and_rebuilt(world):
    folding.fold()
    LedgerDay.objects.filter(pk=LedgerDay.objects.first().pk).update(amount=999)
    SessionDay.objects.filter(pk=SessionDay.objects.first().pk).delete()
    ActiveUsers.objects.update(users=77)

    assert len(folding.differences()) >= 2
    folding.rebuild()

    assert folding.differences() == []
    check(world)
