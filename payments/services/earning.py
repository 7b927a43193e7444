"""What a tutor earns of a payment, and what of it is taken back (R-PO-1, R-PO-2).

A payment's money is the student's until a lesson has earned it. All earnings of a payment together are never more than
what was taken and not given back. The payment is locked by the caller; here, open payouts that hold a part of it before
its earnings: what calls off or sends a payout locks it before its lines, too.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from common.money import MoneySum, round_part
from payments.models import (
    Account,
    Dispute,
    DisputeKind,
    DisputeStatus,
    Earning,
    EarningKind,
    EarningStatus,
    Payment,
)
from payments.payables import payable_of
from payments.services import ledger, reversals
from payments.services.ledger import Line

# A bank's reasons for which the platform bears the loss. Any other says that the lesson was not what was paid for.
PLATFORMS_LOSS = ("fraudulent", "unrecognized", "debit_not_authorized")
# What can still be changed; what is on its way to the tutor is not.
OPEN = (EarningStatus.PENDING, EarningStatus.AVAILABLE)


class Earned(NamedTuple):
    """What a lesson is to have earned: `gross` is the student's money, of which the platform has its share."""

    source: str
    description: str
    gross: Decimal
    commission_percent: Decimal
    available_at: datetime
    is_frozen: bool


def split(gross: Decimal, percent: Decimal, currency: str) -> tuple[Decimal, Decimal]:
    """The platform's share, rounded once, half up, and what is left for the tutor (R-PO-1)."""
    commission = round_part(gross * percent / 100, currency, of=gross)
    return commission, gross - commission


def left_to_earn(payment: Payment) -> Decimal:
    """What was taken, less what went back, what the tutor lost to a bank, and what is earned already."""
    return _keepable(payment) - _earned_so_far(payment)


def write(payment: Payment, earned: Earned) -> None:
    """Let the lesson have earned so much of the locked payment, or as much as there is. Safe to repeat, also with
    another sum: what is on its way to the tutor already is evened out by an adjustment.
    """
    from payments.services import payouts

    _lock_payouts(payment)
    earning = Earning.objects.select_for_update().filter(source=earned.source).first()
    if earning is None:
        gross = min(earned.gross, left_to_earn(payment))
        if gross > 0:
            _create(payment, earned, gross)
        return
    is_frozen = earned.is_frozen or has_open_dispute(payment)
    if earning.status in OPEN and (earning.is_frozen, earning.available_at) != (is_frozen, earned.available_at):
        earning.is_frozen, earning.available_at = is_frozen, earned.available_at
        earning.save(update_fields=["is_frozen", "available_at", "updated_at"])
    change = earned.gross - _net_gross(earning)
    if change > 0:
        change = min(change, left_to_earn(payment))
    if change:
        _change(payment, earning, change, earned.commission_percent)
    if earning.is_frozen and not is_frozen:  # it waits in a payout, which is called off where a part was given back
        _set_frozen(payment.earnings.filter(pk=earning.pk), is_frozen=False)
        payouts.let_go_for(payment)


def fit(payment: Payment) -> None:
    """Take back what is earned beyond what is left of the locked payment, the newest lesson first."""
    excess = -left_to_earn(payment)
    if excess <= 0:
        return
    _lock_payouts(payment)
    percents = payable_of(payment.payable_kind).commission_percents(payment.payable_id)
    lessons = list(payment.earnings.select_for_update().filter(kind=EarningKind.LESSON).order_by("pk"))
    for earning in reversed(lessons):  # locked in the order in which payouts lock them
        back = min(excess, _net_gross(earning))
        if back > 0:
            _change(payment, earning, -back, percents.get(earning.source, payment.commission_percent))
            excess -= back
        if excess <= 0:
            return


def freeze(payment: Payment) -> None:
    """Nothing of it is paid out for now; a payout that has not been sent yet waits."""
    from payments.services import payouts

    payouts.hold_for(payment, reason=f"Payment {payment.pk} is disputed.")
    _set_frozen(payment.earnings.all(), is_frozen=True)


def thaw(payment: Payment) -> None:
    """Unless something else about it is still disputed: the payment again, or a lesson of it."""
    from payments.services import payouts

    if not has_open_dispute(payment):
        _lock_payouts(payment)
        disputed = payable_of(payment.payable_kind).disputed_sources(payment.payable_id)
        _set_frozen(payment.earnings.exclude(source__in=disputed), is_frozen=False)
        payouts.let_go_for(payment)


def _lock_payouts(payment: Payment) -> None:
    from payments.services import payouts

    payouts.lock_for(payment)


def _set_frozen(earnings: QuerySet[Earning], *, is_frozen: bool) -> None:
    pks = list(earnings.select_for_update().order_by("pk").values_list("pk", flat=True))
    Earning.objects.filter(pk__in=pks).update(is_frozen=is_frozen, updated_at=timezone.now())


def has_open_dispute(payment: Payment) -> bool:
    return payment.disputes.filter(status=DisputeStatus.OPEN).exists()


def _keepable(payment: Payment) -> Decimal:
    lost = Dispute.objects.filter(payment=payment, kind=DisputeKind.CHARGEBACK, status=DisputeStatus.LOST)
    borne_by_tutor = lost.exclude(reason__in=PLATFORMS_LOSS).aggregate(sum=MoneySum("amount"))["sum"] or Decimal(0)
    return payment.captured_amount - payment.refunds_claimed - borne_by_tutor


def _earned_so_far(payment: Payment) -> Decimal:
    return payment.earnings.aggregate(sum=MoneySum("gross"))["sum"] or Decimal(0)


def _net_gross(earning: Earning) -> Decimal:
    """What the lesson has earned in the end: its own sum and the adjustments of it."""
    adjustments = Earning.objects.filter(source__startswith=f"{earning.source}#")
    return earning.gross + (adjustments.aggregate(sum=MoneySum("gross"))["sum"] or Decimal(0))


def _create(payment: Payment, earned: Earned, gross: Decimal) -> None:
    commission, net = split(gross, earned.commission_percent, payment.currency)
    earning = Earning.objects.create(
        tutor=payment.tutor,
        payment=payment,
        source=earned.source,
        description=earned.description[:200],
        gross=gross,
        commission=commission,
        net=net,
        currency=payment.currency,
        available_at=earned.available_at,
        is_frozen=earned.is_frozen or has_open_dispute(payment),
    )
    _post(payment, earning, f"earning:{earning.pk}", gross, commission, net)


def _change(payment: Payment, earning: Earning, change: Decimal, percent: Decimal) -> None:
    if earning.status not in OPEN:
        _adjust(payment, earning, change, percent)
        return
    before = (earning.gross, earning.commission, earning.net)
    earning.gross += change
    earning.commission, earning.net = split(earning.gross, percent, payment.currency)
    earning.revision += 1
    earning.save(update_fields=["gross", "commission", "net", "revision", "updated_at"])
    parts = [new - old for new, old in zip((earning.gross, earning.commission, earning.net), before, strict=True)]
    _post(payment, earning, f"earning:{earning.pk}:{earning.revision}", *parts)


def _adjust(payment: Payment, earning: Earning, change: Decimal, percent: Decimal) -> None:
    """Of what is on its way to the tutor: a line of its own, taken from or added to what comes next. What was paid out
    already is taken back from there, if that can be (R-PAY-9).
    """
    count = Earning.objects.filter(source__startswith=f"{earning.source}#").count()
    # The share of the whole, before and after: so that the cents of all lines are those of one lesson.
    total = _net_gross(earning)
    before, _ = split(total, percent, payment.currency)
    after, _ = split(total + change, percent, payment.currency)
    commission = after - before
    line = Earning.objects.create(
        tutor=earning.tutor,
        payment=payment,
        kind=EarningKind.ADJUSTMENT,
        source=f"{earning.source}#{count + 1}",
        description=f"Correction: {earning.description}"[:200],
        gross=change,
        commission=commission,
        net=change - commission,
        currency=earning.currency,
        status=EarningStatus.AVAILABLE,
        available_at=timezone.now(),
    )
    _post(payment, line, f"earning:{line.pk}", line.gross, line.commission, line.net)
    reversals.plan(earning, line)


def _post(payment: Payment, earning: Earning, key: str, gross: Decimal, commission: Decimal, net: Decimal) -> None:
    lines = [
        Line(Account.STUDENT_CREDIT, gross),
        Line(Account.TUTOR_PAYABLE, -net, earning.tutor),
        Line(Account.PLATFORM_REVENUE, -commission),
    ]
    ledger.post("earning", key, payment.currency, lines, payment=payment)
