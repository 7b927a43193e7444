"""The figures of the front page, each by an example that can be counted by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import TutorStatus, User
from adminpanel.analytics import dashboard
from adminpanel.analytics.money import Money
from bookings.models import BookingStatus, Party
from sessions_app.models import SessionStatus
from tests.factories import (
    BookingFactory,
    EarningFactory,
    PaymentFactory,
    RefundFactory,
    ReviewFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorProfileFactory,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.fixture
def march():
    with time_machine.travel(NOON, tick=False):
        yield


def test_people_are_counted_by_role_without_those_who_are_deleted(march):
    StudentFactory()
    TutorFactory(profile__status=TutorStatus.PENDING_APPROVAL)
    TutorFactory(profile__status=TutorStatus.PENDING_APPROVAL, is_active=False, deleted_at=timezone.now())
    StudentFactory(deleted_at=timezone.now())

    found = dashboard.stats()

    assert found.people == dashboard.People(total=2, students=1, tutors=1, admins=0)
    assert (found.active_tutors, found.pending_approvals) == (0, 1)


def test_money_is_never_added_across_currencies(march):
    PaymentFactory(amount=Decimal("45.00"), currency="USD")
    PaymentFactory(amount=Decimal(5000), currency="JPY")
    refund = RefundFactory(payment__amount=Decimal("20.00"), payment__currency="USD")

    found = dashboard.stats().money

    assert found == {
        "JPY": Money(gross=Decimal(5000), payments=1),
        "USD": Money(gross=Decimal("65.00"), refunded=refund.amount, payments=2),
    }
    assert found["USD"].net == Decimal("55.00")


def test_a_refund_counts_in_the_month_in_which_it_is_given(march):
    with time_machine.travel(NOON - timedelta(days=30), tick=False):
        payment = PaymentFactory(amount=Decimal("45.00"))
    RefundFactory(payment=payment, amount=Decimal("10.00"))

    assert [(each.month, each.revenue) for each in dashboard.monthly_revenue(2)] == [
        (date(2026, 2, 1), Decimal("45.00")),
        (date(2026, 3, 1), Decimal("-10.00")),
    ]


def test_the_share_of_the_platform_and_that_of_tutors_are_told_apart(march):
    EarningFactory()

    money = dashboard.stats().money["USD"]

    assert (money.gross, money.commission, money.earned) == (Decimal("45.00"), Decimal("9.00"), Decimal("36.00"))


def test_rates_are_of_lessons_that_are_over(march):
    outcome = {"completed": 6, "no_show_student": 1, "no_show_tutor": 1, "cancelled": 2, "confirmed": 3, "pending": 1}
    made = 0
    for status, number in outcome.items():
        for _ in range(number):
            made += 1
            BookingFactory(status=status, starts_at=NOON - timedelta(days=made), cancelled_by=Party.TUTOR)

    found = dashboard.session_metrics().outcomes

    assert (found.bookings, found.completed, found.missed, found.cancelled_by_tutor) == (14, 6, 2, 2)
    assert (found.no_show_rate, found.completion_rate, found.cancellation_rate) == (0.25, 0.6, 0.2)


def test_nothing_has_no_rate():
    found = dashboard.stats()

    assert (found.outcomes.no_show_rate, found.outcomes.completion_rate, found.satisfaction) == (None, None, None)
    assert found.money == found.money_this_month == {}


def test_growth_counts_the_new_accounts_of_each_month_and_all_at_its_end(march):
    for moment, factory in [(NOON - timedelta(days=90), StudentFactory), (NOON, TutorFactory), (NOON, StudentFactory)]:
        with time_machine.travel(moment, tick=False):
            factory()

    growth = dashboard.user_growth(2)

    assert growth == [
        dashboard.Growth(date(2026, 2, 1), students=0, tutors=0, total=1),
        dashboard.Growth(date(2026, 3, 1), students=1, tutors=1, total=3),
    ]


def test_subjects_are_counted_by_sessions_that_were_not_called_off(march):
    algebra, botany = SubjectFactory(name="Algebra"), SubjectFactory(name="Botany")
    for day in range(3):
        SessionFactory(subject=botany, starts_at=NOON + timedelta(days=day + 1))
    SessionFactory(subject=algebra)
    SessionFactory(subject=algebra, status=SessionStatus.CANCELLED)
    SessionFactory(subject=None)

    assert dashboard.subject_distribution() == [
        dashboard.SubjectShare("Botany", 3),
        dashboard.SubjectShare("", 1),
        dashboard.SubjectShare("Algebra", 1),
    ]


def test_satisfaction_is_the_mean_of_the_reviews_that_count(march):
    tutor = TutorProfileFactory(rating_sum=9, total_reviews=2)
    TutorProfileFactory(rating_sum=3, total_reviews=1)
    ReviewFactory(booking__tutor=tutor, booking__status=BookingStatus.COMPLETED)

    assert dashboard.stats().satisfaction == 4.0


@pytest.mark.parametrize(
    ("read", "most"),
    [
        (dashboard.stats, 12),
        (dashboard.session_metrics, 4),
        (dashboard.subject_distribution, 4),
        (lambda: dashboard.monthly_revenue(6), 4),
        (lambda: dashboard.user_growth(6), 2),
    ],
    ids=["stats", "session_metrics", "subject_distribution", "monthly_revenue", "user_growth"],
)
def test_a_figure_costs_the_same_statements_however_much_there_is(read, most, march):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            read()
        return len(captured)

    at_none = statements()
    for day in range(3):
        PaymentFactory(currency=["USD", "EUR", "JPY"][day])
        SessionFactory(starts_at=NOON + timedelta(days=40 * (day + 1)))

    assert statements() == at_none <= most
    assert User.objects.exists()
