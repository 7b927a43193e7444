"""Whether what we believe of money and what the ledger says of it agree (R-PAY-11). Changes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from common.money import MoneySum, round_money
from payments.models import (
    Account,
    Dispute,
    DisputeKind,
    DisputeStatus,
    Earning,
    EarningStatus,
    Fee,
    LedgerLine,
    Payment,
    Payout,
    Refund,
    RefundStatus,
    Reversal,
    ReversalStatus,
)
from payments.models.payout import OPEN_PAYOUTS, PayoutStatus
from payments.services import ledger
from payments.services.earning import PLATFORMS_LOSS

AT_ONCE = 500
NOTHING = Decimal(0)

Sums = dict[Any, Decimal]


def problems(*, of_each_payment: bool = True) -> list[str]:
    """One sentence for each thing that does not agree. What is seen once only was changing while it was looked at.

    Without `of_each_payment` it is a fixed number of statements: only payouts and what tutors are owed are compared.
    """
    seen = _found(of_each_payment)
    if not seen:
        return []
    still = set(_found(of_each_payment))
    return [sentence for sentence in seen if sentence in still]


def _found(of_each_payment: bool) -> list[str]:
    payments = _of_payments() if of_each_payment else ()
    return [*_imbalances(), *payments, *_of_tutors(), *_of_payouts(), *_of_reversals()]


def _imbalances() -> Iterator[str]:
    for what, currency, difference in ledger.imbalances():
        subject = "The whole ledger" if what == "all" else f"The posting {what}"
        yield f"{subject} does not sum to zero: {_words(difference, currency)}."


def _of_payments() -> Iterator[str]:
    pks = Payment.objects.order_by("pk").values_list("pk", flat=True)
    some = list(pks[:AT_ONCE])
    while some:
        yield from _of_some(some)
        some = list(pks.filter(pk__gt=some[-1])[:AT_ONCE])


def _of_some(pks: Sequence[int]) -> Iterator[str]:
    refunds = _sums(Refund.objects.filter(payment__in=pks), "payment", "status", of="amount")
    posted = LedgerLine.objects.filter(posting__payment__in=pks)
    lines = _by_payment(_sums(posted, "posting__payment", "account", "currency", of="amount"))
    hanging_on = _Hanging(pks)
    for payment in Payment.objects.filter(pk__in=pks).order_by("pk"):
        claimed = sum((refunds[payment.pk, status] for status in ("pending", "succeeded")), NOTHING)
        for what, holds, by_refunds in (
            ("asked back", payment.refunds_claimed, claimed),
            ("given back", payment.refunded_amount, refunds[payment.pk, RefundStatus.SUCCEEDED]),
        ):
            if holds != by_refunds:
                yield (
                    f"Payment {payment.pk} says that {_words(holds, payment.currency)} were {what}, "
                    f"its refunds that {_words(by_refunds, payment.currency)} were."
                )
        expected, posted_to = hanging_on.expected(payment), lines[payment.pk]
        for account, currency in [*expected, *sorted(posted_to.keys() - expected.keys())]:
            due, held = expected[account, currency], posted_to[account, currency]
            if held != due:
                yield (
                    f"Payment {payment.pk} should have {_words(due, currency)} in {account}, "
                    f"the ledger has {_words(held, currency)}."
                )


class _Hanging:
    """What hangs on some payments, summed up: earnings, what banks took back, and what the provider kept."""

    def __init__(self, pks: Sequence[int]) -> None:
        earnings = Earning.objects.filter(payment__in=pks)
        taken = Dispute.objects.filter(payment__in=pks, kind=DisputeKind.CHARGEBACK)
        lost = taken.filter(status=DisputeStatus.LOST)
        self.gross = _sums(earnings, "payment", of="gross")
        self.commission = _sums(earnings, "payment", of="commission")
        self.net = _sums(earnings, "payment", of="net")
        self.open = _sums(taken.filter(status=DisputeStatus.OPEN), "payment", of="amount")
        self.platforms_loss = _sums(lost.filter(reason__in=PLATFORMS_LOSS), "payment", of="amount")
        self.tutors_loss = _sums(lost.exclude(reason__in=PLATFORMS_LOSS), "payment", of="amount")
        self.fees = _by_payment(_sums(Fee.objects.filter(payment__in=pks), "payment", "currency", of="amount"))

    def expected(self, payment: Payment) -> Sums:
        """What each account should hold of the payment, by (account, currency)."""
        pk = (payment.pk,)
        taken_back = self.open[pk] + self.platforms_loss[pk] + self.tutors_loss[pk]
        not_earned = payment.captured_amount - payment.refunds_claimed - self.gross[pk] - self.tutors_loss[pk]
        of_payment = {
            Account.PROCESSOR: payment.captured_amount - payment.refunded_amount - taken_back,
            Account.STUDENT_CREDIT: -not_earned,
            Account.TUTOR_PAYABLE: -self.net[pk],
            Account.PLATFORM_REVENUE: self.platforms_loss[pk] - self.commission[pk],
            Account.REFUNDS: payment.refunded_amount - payment.refunds_claimed,
            Account.DISPUTES: self.open[pk],
        }
        found: Sums = defaultdict(Decimal, {(account, payment.currency): due for account, due in of_payment.items()})
        for (currency,), kept in self.fees[payment.pk].items():
            found[Account.FEES, currency] += kept
            found[Account.PROCESSOR, currency] -= kept
        return found


def _of_tutors() -> Iterator[str]:
    unpaid = _sums(Earning.objects.exclude(status=EarningStatus.PAID), "tutor", "currency", of="net")
    lines = _sums(LedgerLine.objects.filter(account=Account.TUTOR_PAYABLE), "tutor", "currency", of="amount")
    for tutor, currency in sorted(unpaid.keys() | lines.keys(), key=str):
        earned, owed = unpaid[tutor, currency], -lines[tutor, currency]
        if earned != owed:
            yield (
                f"Tutor {tutor} has earned {_words(earned, currency)} that were not paid out, "
                f"the ledger owes {_words(owed, currency)}."
            )


def _of_payouts() -> Iterator[str]:
    with_lines = Payout.objects.filter(status__in=(*OPEN_PAYOUTS, PayoutStatus.PAID))
    lines = _sums(Earning.objects.filter(payout__in=with_lines), "payout", of="net")
    for payout in with_lines.order_by("pk").iterator():
        if lines[payout.pk,] != payout.amount:
            yield (
                f"Payout {payout.pk} is of {_words(payout.amount, payout.currency)}, "
                f"its lines of {_words(lines[payout.pk,], payout.currency)}."
            )


def _of_reversals() -> Iterator[str]:
    """What was taken back of payouts, by tutor."""
    made = Reversal.objects.filter(status=ReversalStatus.SUCCEEDED)
    posted = LedgerLine.objects.filter(account=Account.TUTOR_PAYABLE, posting__kind="payout_reversed")
    sums = _sums(made, "payout__tutor", "payout__currency", of="amount")
    lines = _sums(posted, "tutor", "currency", of="amount")
    for tutor, currency in sorted(sums.keys() | lines.keys(), key=str):
        taken, due = sums[tutor, currency], -lines[tutor, currency]
        if taken != due:
            yield (
                f"Of tutor {tutor}'s payouts {_words(taken, currency)} were taken back, "
                f"by the ledger {_words(due, currency)}."
            )


def _sums(rows: QuerySet, *by: str, of: str) -> Sums:
    """The sum of a column for each group of rows; nothing for a group that has none."""
    found: Sums = defaultdict(Decimal)
    names = {f"by_{number}": F(name) for number, name in enumerate(by)}
    for row in rows.order_by().values(**names).annotate(sum=MoneySum(of)).iterator():
        found[tuple(row[name] for name in names)] = row["sum"]
    return found


def _by_payment(sums: Sums) -> dict[int, Sums]:
    """Of sums whose groups begin with a payment: those of each, by what the groups go on with."""
    found: dict[int, Sums] = defaultdict(lambda: defaultdict(Decimal))
    for (payment, *rest), amount in sums.items():
        found[payment][tuple(rest)] = amount
    return found


def _words(amount: Decimal, currency: str) -> str:
    """To the last digit, also where the currency has none such."""
    rounded = round_money(amount, currency)
    return f"{rounded if rounded == amount else amount} {currency}"
