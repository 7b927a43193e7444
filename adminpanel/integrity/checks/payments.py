"""Money: payments against their refunds, what is paid for and what is earned by it. The ledger is `records`' matter."""

from datetime import datetime

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from adminpanel.integrity.check import Change, Check, FigureCheck, RowCheck, named
from adminpanel.integrity.expressions import money
from bookings.models import Booking, DisputeState, PackagePurchase
from payments.models import (
    Adjustment,
    Dispute,
    DisputeStatus,
    Earning,
    EarningStatus,
    LedgerLine,
    Payment,
    PaymentStatus,
    PayoutStatus,
    Refund,
    RefundStatus,
    Reversal,
    ReversalStatus,
)
from payments.models.payout import OPEN_PAYOUTS
from payments.services import earning
from payments.services.locks import lock

_REFUNDS = Refund.objects.filter(payment=OuterRef("pk"))
_CLAIMED = _REFUNDS.filter(status__in=(RefundStatus.PENDING, RefundStatus.SUCCEEDED))
_TAKEN = Payment.objects.filter(captured_amount__gt=0)
# What is still to be paid out.
_OPEN = (EarningStatus.PENDING, EarningStatus.AVAILABLE)


def _for_nothing(now: datetime) -> QuerySet:
    """Payments for what does not exist, or is somebody else's."""
    same = {"pk": OuterRef("payable_id"), "student": OuterRef("payer"), "tutor": OuterRef("tutor")}
    booking = Q(payable_kind="booking") & Exists(Booking.objects.filter(**same))
    purchase = Q(payable_kind="purchase") & Exists(PackagePurchase.objects.filter(**same))
    return Payment.objects.exclude(booking | purchase)


def _of_another(now: datetime) -> QuerySet:
    wrong = ~Q(payment__tutor=F("tutor")) | ~Q(payment__currency=F("currency"))
    return Earning.objects.filter(wrong, payment__isnull=False)


def _out_of_step(now: datetime) -> QuerySet:
    paid = Q(payout__status=PayoutStatus.PAID) & ~Q(status=EarningStatus.PAID)
    on_the_way = Q(payout__status__in=OPEN_PAYOUTS) & ~Q(status=EarningStatus.IN_PAYOUT)
    come_back = Q(payout__status__in=(PayoutStatus.FAILED, PayoutStatus.RETURNED))
    return Earning.objects.filter(paid | on_the_way | come_back).select_related("payout")


def _reversed_otherwise(now: datetime) -> QuerySet:
    waits = Q(status=ReversalStatus.PENDING, earning__payout__isnull=False)
    is_settled = Q(earning__status=EarningStatus.PAID, earning__payout=None)
    settled = Q(status=ReversalStatus.SUCCEEDED, payout__status=PayoutStatus.PAID) & ~is_settled
    same = Q(earning__net=F("amount") * -1, earning__tutor=F("payout__tutor"), earning__currency=F("payout__currency"))
    return Reversal.objects.filter(waits | settled | ~same).select_related("earning")


def _not_frozen(now: datetime) -> QuerySet:
    disputes = Dispute.objects.filter(payment=OuterRef("pk"), status=DisputeStatus.OPEN)
    loose = Earning.objects.filter(payment=OuterRef("pk"), is_frozen=False, status__in=_OPEN)
    return Payment.objects.filter(Exists(disputes), Exists(loose))


def _freeze(payment: Payment, now: datetime) -> Change:
    earning.freeze(payment)
    return Change({"is_frozen": False}, {"is_frozen": True})


def _lock_of_earning(pk: int) -> None:
    lock(Earning.objects.values_list("payment_id", flat=True).get(pk=pk))


def _frozen_for_nothing(now: datetime) -> QuerySet:
    disputes = Dispute.objects.filter(payment=OuterRef("payment"), status=DisputeStatus.OPEN)
    source = Concat(Value("booking:"), Cast("pk", CharField()), output_field=CharField())
    lessons = Booking.objects.filter(dispute_state=DisputeState.OPEN).annotate(source=source)
    frozen = Earning.objects.filter(is_frozen=True, payment__isnull=False).select_related("payment")
    return frozen.filter(~Exists(disputes), ~Exists(lessons.filter(source=OuterRef("source"))))


def _thaw(line: Earning, now: datetime) -> Change:
    assert line.payment is not None  # noqa: S101 # nosec B101 - `_frozen_for_nothing` has asked
    earning.thaw(line.payment)
    return Change({"is_frozen": True}, {"is_frozen": False})


def _adjusted_otherwise(now: datetime) -> QuerySet:
    same = Q(earning__net=F("amount"), earning__currency=F("currency"), earning__tutor=F("tutor"))
    return Adjustment.objects.filter(earning__isnull=False).exclude(same)


CHECKS: list[Check] = [
    FigureCheck(
        "payments.refunds",
        "payments have the sums of their refunds",
        Payment.objects.all(),
        {
            "refunds_claimed": money(_CLAIMED, by="payment", of="amount"),
            "refunded_amount": money(_REFUNDS.filter(status=RefundStatus.SUCCEEDED), by="payment", of="amount"),
        },
        lock=lock,
    ),
    FigureCheck(
        "payments.states",
        "payments that were taken say how much of them was given back",
        _TAKEN,
        {
            "status": Case(
                When(refunded_amount=F("captured_amount"), then=Value(PaymentStatus.REFUNDED.value)),
                When(refunded_amount__gt=0, then=Value(PaymentStatus.PARTIALLY_REFUNDED.value)),
                default=Value(PaymentStatus.SUCCEEDED.value),
                output_field=CharField(),
            )
        },
        lock=lock,
    ),
    RowCheck(
        "payments.payables",
        "payments are for something of their payer's and their tutor's",
        _for_nothing,
        lambda row: f"{named(row)} is for {row.payable_kind} {row.payable_id}, which is not there, or not of the two.",
    ),
    RowCheck(
        "payments.earnings",
        "earnings are of the tutor and in the currency of their payment",
        _of_another,
        lambda row: f"{named(row)} is not of the tutor or in the currency of payment {row.payment_id}.",
    ),
    RowCheck(
        "payments.payout_lines",
        "earnings are as far as the payout that they are in",
        _out_of_step,
        lambda row: f"{named(row)} is {row.status}, but its payout {row.payout_id} is {row.payout.status}.",
    ),
    RowCheck(
        "payments.reversals",
        "what is taken back of a payout is either settled or carried forward",
        _reversed_otherwise,
        lambda row: f"{named(row)} is {row.status}, but its earning {row.earning_id} is {row.earning.status}.",
    ),
    RowCheck(
        "payments.disputes",
        "what is disputed is not paid out",
        _not_frozen,
        lambda row: f"{named(row)} is disputed, but what it earned is not frozen.",
        mend=_freeze,
        lock=lock,
    ),
    RowCheck(
        "payments.frozen",
        "what nobody disputes is not frozen",
        _frozen_for_nothing,
        lambda row: f"{named(row)} is frozen, but nothing of payment {row.payment_id} is disputed.",
        mend=_thaw,
        lock=_lock_of_earning,
    ),
    RowCheck(
        "payments.adjustments",
        "what admins gave or took is what its tutor has earned by it",
        _adjusted_otherwise,
        lambda row: f"{named(row)} is of another amount, currency or tutor than its earning {row.earning_id}.",
    ),
    RowCheck(
        "payments.currencies",
        "the lines of the ledger are in the currency of their posting",
        lambda now: LedgerLine.objects.exclude(currency=F("posting__currency")),
        lambda row: f"{named(row)} is in {row.currency}, its posting {row.posting_id} in another currency.",
    ),
]
