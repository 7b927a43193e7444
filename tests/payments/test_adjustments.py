"""What admins give tutors beyond lessons, or take: with a reason, and above a limit by two of them (R-PO-5)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role
from audit.models import AuditEntry
from common.errors import Forbidden, Invalid, InvalidTransition, NotFound
from payments.models import Account, Adjustment, AdjustmentStatus, Earning, EarningKind, EarningStatus
from payments.services import adjustments, ledger, payouts
from tests.factories import AdjustmentFactory, AdminFactory, PayoutAccountFactory, StudentFactory, TutorProfileFactory
from tests.payments.conftest import balance, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def tutor():
    return PayoutAccountFactory().tutor


@pytest.fixture
def admin():
    return AdminFactory()


def propose(tutor, admin, amount, currency="USD", reason="a prize"):
    return adjustments.propose(tutor.pk, Decimal(amount), currency, reason=reason, actor=admin)


def test_up_to_the_limit_it_is_the_tutors_at_once(tutor, admin):
    adjustment = propose(tutor, admin, "100.00")

    earning = Earning.objects.get()
    assert (adjustment.status, adjustment.earning, adjustment.approved_by) == (AdjustmentStatus.APPROVED, earning, None)
    assert (earning.kind, earning.status, earning.net) == (EarningKind.ADJUSTMENT, EarningStatus.AVAILABLE, 100)
    assert (balance(Account.TUTOR_PAYABLE), balance(Account.PLATFORM_REVENUE)) == (-100, 100)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.reason) == ("adjustment.proposed", admin.pk, "a prize")


def test_it_is_paid_out_with_the_next_payout(tutor, admin):
    propose(tutor, admin, 30)

    [payout] = payouts.run_payouts(actor=admin)
    work_off()

    assert payout.amount == 30
    assert ledger.owed_to(tutor, "USD") == 0


def test_what_is_taken_makes_the_next_payout_smaller(tutor, admin):
    propose(tutor, admin, 50)
    propose(tutor, admin, -20, reason="given twice")

    assert (balance(Account.TUTOR_PAYABLE), balance(Account.PLATFORM_REVENUE)) == (-30, 30)
    assert [payout.amount for payout in payouts.run_payouts(actor=admin)] == [30]


@pytest.mark.parametrize("amount", ["100.01", "-100.01"])
def test_beyond_the_limit_a_second_admin_has_to_agree(tutor, admin, amount):
    adjustment = propose(tutor, admin, amount)
    assert (adjustment.status, Earning.objects.count()) == (AdjustmentStatus.PENDING, 0)

    with pytest.raises(Forbidden, match="Another admin"):
        adjustments.approve(adjustment.pk, actor=admin)
    other = AdminFactory()
    adjustments.approve(adjustment.pk, actor=other)

    adjustment.refresh_from_db()
    assert (adjustment.status, adjustment.approved_by) == (AdjustmentStatus.APPROVED, other)
    assert ledger.owed_to(tutor, "USD") == Earning.objects.get().net == Decimal(amount)


def test_small_ones_of_a_day_count_together(tutor, admin):
    propose(tutor, admin, 60)
    propose(tutor, AdminFactory(), -40, reason="given too much")

    assert propose(tutor, AdminFactory(), "0.01").status == AdjustmentStatus.PENDING
    assert propose(tutor, admin, 60, currency="EUR").status == AdjustmentStatus.APPROVED
    assert propose(PayoutAccountFactory().tutor, admin, 60).status == AdjustmentStatus.APPROVED


def test_what_two_admins_agreed_on_and_what_was_yesterday_do_not_count(tutor, admin):
    adjustments.approve(propose(tutor, admin, 500).pk, actor=AdminFactory())
    propose(tutor, admin, 100)
    Adjustment.objects.update(created_at=timezone.now() - adjustments.COUNTED_TOGETHER)

    assert propose(tutor, admin, 100).status == AdjustmentStatus.APPROVED


def test_it_is_decided_once(tutor, admin):
    adjustment = propose(tutor, admin, 500)
    adjustments.reject(adjustment.pk, actor=AdminFactory(), reason="too much")

    with pytest.raises(InvalidTransition):
        adjustments.approve(adjustment.pk, actor=AdminFactory())
    with pytest.raises(InvalidTransition):
        adjustments.reject(adjustment.pk, actor=admin, reason="again")

    adjustment.refresh_from_db()
    assert (adjustment.status, Earning.objects.count()) == (AdjustmentStatus.REJECTED, 0)
    assert balance(Account.PLATFORM_REVENUE) == 0


def test_who_proposed_it_may_take_it_back(tutor, admin):
    adjustment = propose(tutor, admin, 500)

    assert adjustments.reject(adjustment.pk, actor=admin, reason="a slip").status == AdjustmentStatus.REJECTED


def test_nobody_adjusts_their_own_money(admin):
    own = TutorProfileFactory(user=admin)
    somebodys = AdjustmentFactory(tutor=own)

    with pytest.raises(Forbidden):
        propose(own, admin, 10)
    with pytest.raises(Forbidden):
        adjustments.approve(somebodys.pk, actor=admin)

    assert not Earning.objects.exists()


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TUTOR])
def test_only_admins_adjust(tutor, role):
    person, adjustment = StudentFactory(role=role), AdjustmentFactory()

    with pytest.raises(Forbidden):
        propose(tutor, person, 10)
    with pytest.raises(Forbidden):
        adjustments.approve(adjustment.pk, actor=person)
    with pytest.raises(Forbidden):
        adjustments.reject(adjustment.pk, actor=person, reason="x")

    adjustment.refresh_from_db()
    assert adjustment.status == AdjustmentStatus.PENDING


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "0.001"}, "amount"),
        ({"amount": "1.5", "currency": "JPY"}, "amount"),
        ({"amount": "5.125", "currency": "KWD"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1E10"}, "amount"),
        ({"currency": "XXZ"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"reason": " \n"}, "reason"),
    ],
)
def test_what_makes_no_sense_is_refused(tutor, admin, changes, field):
    with pytest.raises(Invalid) as refused:
        propose(tutor, admin, **{"amount": "10"} | changes)

    assert list(refused.value.errors) == [field]
    assert not Adjustment.objects.exists()


def test_a_rejection_needs_a_reason_and_all_need_something_that_exists(tutor, admin):
    with pytest.raises(Invalid):
        adjustments.reject(AdjustmentFactory().pk, actor=admin, reason="")
    with pytest.raises(NotFound):
        adjustments.reject(0, actor=admin, reason="x")
    with pytest.raises(NotFound):
        adjustments.propose(0, Decimal(1), "USD", reason="x", actor=admin)


@pytest.mark.parametrize(
    "changes",
    [
        lambda row: {"approved_by": row.requested_by},
        lambda row: {"status": AdjustmentStatus.APPROVED},
        lambda row: {"amount": 0},
        lambda row: {"status": "odd"},
    ],
    ids=["by the same person", "by nobody", "of nothing", "in no known state"],
)
def test_the_database_refuses_what_may_never_be(changes):
    row = AdjustmentFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=row.pk).update(**changes(row))


def test_the_database_wants_two_admins_for_a_large_one_even_if_it_is_earned(tutor, admin):
    small, large = propose(tutor, admin, 10), propose(tutor, admin, 500)
    earning = small.earning
    Adjustment.objects.filter(pk=small.pk).update(status=AdjustmentStatus.PENDING, earning=None)

    with pytest.raises(IntegrityError, match="adjustment_large_by_two"), transaction.atomic():
        Adjustment.objects.filter(pk=large.pk).update(status=AdjustmentStatus.APPROVED, earning=earning)
