"""What the provider says of a payment becomes what we say of it (R-PAY-2, R-PAY-6).

Only states are applied, never changes, and each part has a rank that it never goes back from: the same states in any
order, and however often, end in the same payment, the same refunds and the same ledger.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from audit.services import record
from notifications.services import notify
from payments.gateways import gateway_of
from payments.gateways.base import IntentState, RefundState
from payments.models import RANK, Account, Payment, PaymentStatus, Refund, RefundStatus
from payments.models.payment import UNPAID
from payments.payables import News, payable_of
from payments.services import chargebacks, fees, ledger, news, nudging, refunding
from payments.services.locks import lock

log = logging.getLogger(__name__)

_REFUND_RANK = {status: rank for rank, status in enumerate(RefundStatus.values)}


def refresh(payment: Payment, *, is_new_attempt: bool = False) -> Payment:
    """Ask the provider how the payment stands, and apply that. Raises GatewayUnavailable."""
    state = gateway_of(payment.provider).fetch_intent(payment.provider_id)
    return apply(payment.pk, state, is_new_attempt=is_new_attempt)


def apply(payment_id: int, state: IntentState, *, is_new_attempt: bool = False) -> Payment:
    """Take over what the provider said at some moment, and do what follows for what is paid for. Safe to repeat.

    `is_new_attempt`: the payer has just tried again, so that an earlier failure no longer says how things stand.
    Raises ValueError where the state is not of this payment: another intent, amount or currency.
    """
    seen = Payment.objects.get(pk=payment_id)
    payable = payable_of(seen.payable_kind)
    with payable.locked(seen.payable_id):
        payment = lock(payment_id)
        _require_same(payment, state)
        if is_new_attempt and payment.status == PaymentStatus.FAILED and state.status in UNPAID:
            payment.status = state.status
        told = [*_take_over(payment, state)]
        told.append(payable.follow_money(payment.payable_id, payment))
        notify([one for each in told for one in each.notices], frames=[one for each in told for one in each.frames])
    payment.refresh_from_db()
    return payment


def fail_refund(refund: Refund, code: str) -> Payment:
    """The provider has refused to make this refund: the money is ours to give again, unless it says now that it has
    made it. Raises GatewayUnavailable.
    """
    payment = refund.payment
    state = gateway_of(payment.provider).fetch_intent(payment.provider_id)
    if all(there.our_id != refund.pk for there in state.refunds):
        failed = RefundState("", RefundStatus.FAILED, refund.amount, our_id=refund.pk, failure=code)
        state = replace(state, refunds=(*state.refunds, failed))
    return apply(payment.pk, state)


def _require_same(payment: Payment, state: IntentState) -> None:
    is_anothers = state.payment_ref not in ("", str(payment.pk))
    if is_anothers or (payment.provider_id and payment.provider_id != state.id):
        raise ValueError(f"Payment {payment.pk} is another one at the provider than {state.id}.")
    if (state.amount, state.currency) != (payment.amount, payment.currency):
        raise ValueError(f"Payment {payment.pk} has another amount at the provider.")


def _take_over(payment: Payment, state: IntentState) -> list[News]:
    before = payment.status
    now = timezone.now()
    if not payment.provider_id:
        payment.nudge_at = now + nudging.AFTER
    payment.provider_id = state.id
    payment.client_secret = state.client_secret or payment.client_secret
    _capture(payment, state, now)
    told = [_apply_refund(payment, refund) for refund in _furthest_first(state.refunds)]
    told += [chargebacks.apply(payment, dispute, now=now) for dispute in state.disputes]
    fees.book(payment, state.fees or (), now=now)
    _derive_status(payment, state.status)
    if payment.secured_at is None and payment.is_secured:
        payment.secured_at = now
    _take_over_failure(payment, state)
    payment.save()
    if payment.status != before:
        record("payment.changed", actor=None, obj=payment, before={"status": before}, after={"status": payment.status})
        told.append(news.status_changed(payment, before))
    return told


def _take_over_failure(payment: Payment, state: IntentState) -> None:
    """Why it failed, as long as it has; what was said before it failed says nothing of that."""
    if payment.status != PaymentStatus.FAILED:
        payment.failure_code = payment.failure_message = ""
    elif state.status == PaymentStatus.FAILED:
        payment.failure_code, payment.failure_message = state.failure_code[:100], state.failure_message[:500]


def _derive_status(payment: Payment, said: PaymentStatus) -> None:
    """The higher rank of what we held and what was said; after the capture, what has been given back decides."""
    if payment.captured_amount:
        if payment.refunded_amount == payment.captured_amount:
            payment.status = PaymentStatus.REFUNDED
        elif payment.refunded_amount:
            payment.status = PaymentStatus.PARTIALLY_REFUNDED
        else:
            payment.status = PaymentStatus.SUCCEEDED
    elif RANK[said] > RANK[payment.status]:
        payment.status = said


def _capture(payment: Payment, state: IntentState, now: datetime) -> None:
    if not state.captured or payment.captured_amount:
        return
    payment.captured_amount, payment.captured_at = state.captured, now
    payment.save(update_fields=["captured_amount", "captured_at", "updated_at"])  # before refunds are claimed of it
    ledger.move(
        "capture",
        f"capture:{payment.pk}",
        payment.currency,
        state.captured,
        debit=Account.PROCESSOR,
        credit=Account.STUDENT_CREDIT,
        payment=payment,
    )


def _furthest_first(refunds: Iterable[RefundState]) -> list[RefundState]:
    """Those that failed come first: what they have freed may be what a later one gives back."""
    return sorted(refunds, key=lambda refund: -_REFUND_RANK[refund.status])


def _apply_refund(payment: Payment, state: RefundState) -> News:
    refund = _find_refund(payment, state) or _made_at_the_provider(payment, state)
    if refund is None:
        return news.NOTHING
    if not refund.provider_id:
        refund.provider_id = state.id
        refund.save(update_fields=["provider_id", "updated_at"])
    if _REFUND_RANK[state.status] <= _REFUND_RANK[refund.status]:
        return news.NOTHING
    return refunding.move(payment, refund, state.status, state.failure)


def _find_refund(payment: Payment, state: RefundState) -> Refund | None:
    known = payment.refunds.filter(provider_id=state.id).first() if state.id else None  # one that was refused has none
    if known is None and state.our_id is not None:
        known = payment.refunds.filter(pk=state.our_id, provider_id="").first()
    return known


def _made_at_the_provider(payment: Payment, state: RefundState) -> Refund | None:
    """Somebody refunded in the provider's own pages: it is taken over, as far as there is anything to give."""
    if state.status == RefundStatus.FAILED:
        # Kept all the same: an older answer that comes later must not take it for one that is on its way.
        return payment.refunds.create(amount=state.amount, basis="provider", status=state.status, failure=state.failure)
    if state.amount > payment.refundable_amount:
        log.error("refund_unknown", extra={"payment": payment.pk, "refund": state.id})
        return None
    return refunding.claim(payment, state.amount, basis="provider", reason="", actor=None)
