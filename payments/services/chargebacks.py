"""A payer's bank takes money back, and decides later whether it keeps it (R-PAY-10).

While it is open the platform is without that money, and nothing of the payment is paid out. If the bank keeps it, who
bears it follows from its reason: fraud is the platform's loss, anything else says that the lesson was not what was
paid for, and is the tutor's. If the bank gives it back later, on an appeal, whoever bore it has it again.
"""

from datetime import datetime

from audit.services import record
from payments.gateways.base import DisputeState
from payments.models import Account, Dispute, DisputeKind, DisputeStatus, Payment
from payments.payables import News
from payments.services import earning, evidence, ledger, news

# What a bank says never goes back to an earlier one (R-PAY-6): it may give back what it had kept, and that is the end.
_RANK = {DisputeStatus.OPEN: 0, DisputeStatus.LOST: 1, DisputeStatus.WON: 2}


def apply(payment: Payment, state: DisputeState, *, now: datetime) -> News:
    """Take over what the provider says of a chargeback of a locked payment. Safe to repeat."""
    told = []
    dispute = payment.disputes.filter(provider_id=state.id).first()
    if dispute is None:
        dispute = _open(payment, state)
        told.append(news.dispute_opened(payment, dispute))
    if _RANK[state.status] > _RANK[DisputeStatus(dispute.status)]:
        _close(payment, dispute, state.status, now)
        told.append(news.dispute_closed(payment, dispute))
    return News([one for each in told for one in each.notices], [])


def _open(payment: Payment, state: DisputeState) -> Dispute:
    dispute = Dispute.objects.create(
        payment=payment,
        kind=DisputeKind.CHARGEBACK,
        amount=state.amount,
        reason=state.reason[:100],
        provider_id=state.id,
        evidence=evidence.gather(payment),
        evidence_due_by=state.evidence_due_by,
    )
    ledger.move(
        "chargeback",
        f"chargeback:{dispute.pk}",
        payment.currency,
        dispute.amount,
        debit=Account.DISPUTES,
        credit=Account.PROCESSOR,
        payment=payment,
    )
    earning.freeze(payment)
    record("payment.disputed", actor=None, obj=payment, after={"dispute": dispute.pk, "amount": dispute.amount})
    return dispute


def _close(payment: Payment, dispute: Dispute, status: DisputeStatus, now: datetime) -> None:
    before = _bearer(dispute)
    dispute.status, dispute.decided_at = status, now
    dispute.save(update_fields=["status", "decided_at", "updated_at"])
    record("payment.dispute_closed", actor=None, obj=payment, after={"dispute": dispute.pk, "status": status})
    earning.fit(payment)  # nothing is beyond what is left, unless the tutor bears it
    ledger.move(
        f"chargeback_{status}",
        f"chargeback_{status}:{dispute.pk}",
        payment.currency,
        dispute.amount,
        debit=_bearer(dispute),
        credit=before,
        payment=payment,
    )
    earning.thaw(payment)


def _bearer(dispute: Dispute) -> Account:
    """The account that is without the money that the bank took. What was won has come back to the provider's."""
    if dispute.status == DisputeStatus.OPEN:
        return Account.DISPUTES
    if dispute.status == DisputeStatus.WON:
        return Account.PROCESSOR
    return Account.PLATFORM_REVENUE if dispute.reason in earning.PLATFORMS_LOSS else Account.STUDENT_CREDIT
