"""Money on its way back: what becomes of one refund of a locked payment, in the ledger and in what a tutor earned."""

from decimal import Decimal

from accounts.models import User
from audit.services import record
from common.money import MoneySum
from payments.models import Account, Dispute, DisputeKind, DisputeStatus, Payment, Refund, RefundStatus
from payments.payables import News
from payments.services import earning, ledger, news


def left_of(payment: Payment) -> Decimal:
    """What could still be given back: what was taken, less refunds, and less what a bank has taken back itself."""
    by_banks = _taken_by_banks(payment, DisputeStatus.OPEN, DisputeStatus.LOST)
    return max(payment.refundable_amount - by_banks, Decimal(0))


def is_all_gone(payment: Payment) -> bool:
    """Whether the payer has got everything back for good, or will: by refunds, or by what a bank has decided."""
    is_left = payment.refundable_amount > _taken_by_banks(payment, DisputeStatus.LOST)
    return bool(payment.captured_amount) and not is_left


def claim(payment: Payment, amount: Decimal, *, basis: str, reason: str, actor: User | None) -> Refund:
    """Write a refund of a locked payment, before the provider is asked: from now on the money is on its way back.

    What a tutor earned of it is taken back first. The caller saves the payment.
    """
    refund = Refund.objects.create(payment=payment, amount=amount, basis=basis, reason=reason[:500], actor=actor)
    payment.refunds_claimed += amount
    # Both: another refund that bounced just now has changed them together, and is not saved yet.
    payment.save(update_fields=["refunds_claimed", "refunded_amount", "updated_at"])
    earning.fit(payment)
    ledger.move(
        "refund",
        f"refund:{refund.pk}",
        payment.currency,
        amount,
        debit=Account.STUDENT_CREDIT,
        credit=Account.REFUNDS,
        payment=payment,
    )
    after = {"amount": amount, "currency": payment.currency, "refund": refund.pk, "basis": basis}
    record("payment.refund_claimed", actor=actor, obj=payment, after=after, reason=reason)
    return refund


def move(payment: Payment, refund: Refund, status: RefundStatus, failure: str) -> News:
    """Pending to succeeded or failed, or succeeded to failed where it bounced; the caller saves the payment."""
    before, refund.status, refund.failure = refund.status, status, failure[:500]
    refund.save(update_fields=["status", "failure", "updated_at"])
    was_paid = before == RefundStatus.SUCCEEDED
    if status == RefundStatus.SUCCEEDED:
        payment.refunded_amount += refund.amount
        _post_refund(payment, refund, "paid", debit=Account.REFUNDS, credit=Account.PROCESSOR)
        return news.refunded(payment, refund)
    payment.refunds_claimed -= refund.amount
    payment.refunded_amount -= refund.amount * was_paid
    origin = Account.PROCESSOR if was_paid else Account.REFUNDS
    _post_refund(payment, refund, "failed", debit=origin, credit=Account.STUDENT_CREDIT)
    return news.refund_failed(payment, refund)


def _post_refund(payment: Payment, refund: Refund, what: str, *, debit: Account, credit: Account) -> None:
    key = f"refund_{what}:{refund.pk}"
    ledger.move(f"refund_{what}", key, payment.currency, refund.amount, debit=debit, credit=credit, payment=payment)


def _taken_by_banks(payment: Payment, *statuses: DisputeStatus) -> Decimal:
    taken = Dispute.objects.filter(payment=payment, kind=DisputeKind.CHARGEBACK, status__in=statuses)
    return taken.aggregate(sum=MoneySum("amount"))["sum"] or Decimal(0)
