"""The only place that writes the ledger (R-PAY-11)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from accounts.models import TutorProfile
from common.money import MoneySum
from payments.models import Account, LedgerLine, Payment, Posting


class Line(NamedTuple):
    """One side: a debit if positive, a credit if negative. `tutor` is whose, of what is owed to tutors."""

    account: Account
    amount: Decimal
    tutor: TutorProfile | None = None


class Imbalance(NamedTuple):
    """A posting, or all that is in a currency, that does not sum to zero."""

    what: str
    currency: str
    difference: Decimal


def post(kind: str, key: str, currency: str, lines: Iterable[Line], *, payment: Payment | None = None) -> bool:
    """Write one movement; whether it was new. Call it in the transaction of the deed, with the payment locked.

    Lines of nothing are left out, and with them a movement of nothing. Raises ValueError where they do not sum to zero.
    """
    written = [line for line in lines if line.amount]
    if sum(line.amount for line in written):
        raise ValueError(f"The lines of {key} do not sum to zero.")
    if not written or Posting.objects.filter(key=key).exists():
        return False
    posting = Posting.objects.create(kind=kind, key=key, payment=payment, currency=currency, created_at=timezone.now())
    LedgerLine.objects.bulk_create(
        LedgerLine(posting=posting, account=account, amount=amount, tutor=tutor, currency=currency)
        for account, amount, tutor in written
    )
    return True


def move(
    kind: str,
    key: str,
    currency: str,
    amount: Decimal,
    *,
    debit: Account,
    credit: Account,
    payment: Payment | None = None,
) -> bool:
    """The usual movement: so much from one account to another."""
    return post(kind, key, currency, [Line(debit, amount), Line(credit, -amount)], payment=payment)


def balances() -> dict[tuple[str, str], Decimal]:
    """What each account holds, by (account, currency)."""
    rows = LedgerLine.objects.order_by().values("account", "currency").annotate(sum=MoneySum("amount"))
    return {(row["account"], row["currency"]): row["sum"] for row in rows}


def owed_to(tutor: TutorProfile, currency: str) -> Decimal:
    """What the ledger says that a tutor has earned and not been paid."""
    lines = LedgerLine.objects.filter(account=Account.TUTOR_PAYABLE, tutor=tutor, currency=currency)
    return -(lines.aggregate(sum=MoneySum("amount"))["sum"] or Decimal(0))


def imbalances() -> list[Imbalance]:
    """What does not sum to zero: each posting, and each currency as a whole. Empty in a sound ledger."""
    crooked = (
        LedgerLine.objects.order_by()
        .values("posting__key", "currency")
        .annotate(sum=MoneySum("amount"))
        .exclude(sum=0)
        .order_by("posting__key")
    )
    found = [Imbalance(row["posting__key"], row["currency"], row["sum"]) for row in crooked]
    totals = LedgerLine.objects.order_by().values("currency").annotate(sum=MoneySum("amount")).exclude(sum=0)
    return found + [Imbalance("all", row["currency"], row["sum"]) for row in totals.order_by("currency")]
