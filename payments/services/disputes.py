"""A student disputes what they paid, and an admin decides (R-PAY-10)."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import require_admin, require_no_party
from audit.services import record
from common.errors import Forbidden, NotFound
from common.money import round_part
from notifications.services import notify
from payments.errors import DisputeClosed, DisputeOpen, DisputeRefused, RefundTooLarge
from payments.models import Dispute, DisputeKind, DisputeStatus, Payment
from payments.payables import payable_of
from payments.services import earning, news, refunding, refunds
from payments.services.locks import lock

# After the lesson. For the first 72 hours nothing is paid out; later what was paid out is taken from what comes next.
HARD_LIMIT = timedelta(days=30)


def open_dispute(payment_id: int, *, actor: User, reason: str, description: str = "") -> Dispute:
    """The payer says that something is wrong: nothing of the payment is paid out until an admin has decided.

    Raises NotFound, Forbidden, DisputeOpen, or DisputeRefused for what is not paid, given back, or too old.
    """
    seen = Payment.objects.visible_to(actor).filter(pk=payment_id).first()
    if seen is None:
        raise NotFound("Payment not found")
    if seen.payer_id != actor.pk:
        raise Forbidden("Only who paid can dispute a payment.")
    payable = payable_of(seen.payable_kind)
    with payable.locked(seen.payable_id):
        payment = lock(payment_id)
        _require_disputable(payment)
        dispute = Dispute.objects.create(
            payment=payment,
            kind=DisputeKind.INTERNAL,
            amount=refunding.left_of(payment),
            reason=reason[:100],
            description=description,
            opened_by=actor,
            evidence=payable.evidence(payment.payable_id),
        )
        earning.freeze(payment)
        record("payment.disputed", actor=actor, obj=payment, after={"dispute": dispute.pk, "amount": dispute.amount})
        notify(news.dispute_opened(payment, dispute).notices)
    return dispute


def decide_dispute(dispute_id: int, *, actor: User, refund: Decimal, reason: str) -> Dispute:
    """An admin decides how much the payer gets back; nothing: the tutor was right. A chargeback is its bank's matter.

    Raises Forbidden, NotFound, DisputeClosed, RefundTooLarge, or a Conflict where not all may be given back yet.
    """
    require_admin(actor)
    seen = Dispute.objects.select_related("payment__tutor").filter(pk=dispute_id, kind=DisputeKind.INTERNAL).first()
    if seen is None:
        raise NotFound("Dispute not found")
    require_no_party(actor, seen.payment.payer_id, seen.payment.tutor.user_id)
    with payable_of(seen.payment.payable_kind).locked(seen.payment.payable_id):
        payment = lock(seen.payment_id)
        dispute = payment.disputes.select_for_update().get(pk=dispute_id)
        if dispute.status != DisputeStatus.OPEN:
            raise DisputeClosed
        left = refunding.left_of(payment)
        if refund < 0 or refund > left:
            raise RefundTooLarge(refundable=left, currency=payment.currency)
        amount = round_part(refund, payment.currency, of=left)
        dispute.status = DisputeStatus.LOST if amount else DisputeStatus.WON
        dispute.decided_by, dispute.decided_at, dispute.decision = actor, timezone.now(), reason[:500]
        dispute.save()
        if amount:
            refunds.decide(payment, amount, basis="dispute", actor=actor, reason=reason)
        earning.thaw(payment)
        told = payable_of(payment.payable_kind).follow_money(payment.payable_id, payment)
        after = {"dispute": dispute.pk, "status": dispute.status, "refund": amount}
        record("payment.dispute_closed", actor=actor, obj=payment, after=after, reason=reason)
        notify([*news.dispute_closed(payment, dispute).notices, *told.notices], frames=told.frames)
    return dispute


def _require_disputable(payment: Payment) -> None:
    if not payment.captured_amount:
        raise DisputeRefused("This payment is not made yet.", reason="not_paid")
    if payment.disputes.filter(status=DisputeStatus.OPEN).exists():
        raise DisputeOpen
    if not refunding.left_of(payment):
        raise DisputeRefused("This payment was given back already.", reason="refunded")
    ended_at = payable_of(payment.payable_kind).ended_at(payment.payable_id)
    if ended_at is not None and timezone.now() > ended_at + HARD_LIMIT:
        raise DisputeRefused("It was more than 30 days ago.", reason="too_late")
