"""Giving money back: what the terms give whoever asks, and whatever an admin decides (R-PAY-9)."""

from decimal import Decimal

from accounts.models import User
from common.errors import Forbidden, Invalid, NotFound
from common.money import is_movable, round_money, step_of
from notifications.services import notify
from payments.errors import NotRefundable, RefundTooLarge
from payments.models import Payment, Refund
from payments.payables import payable_of
from payments.services import calls, refunding
from payments.services.locks import lock


def refund_payment(payment_id: int, *, actor: User, amount: Decimal | None = None, reason: str = "") -> Refund:
    """Ask for money back. An admin gives any amount that is left, by default all; the payer gets what the terms of
    what was paid for give, and names no amount; so does an admin who paid.

    Raises NotFound, Forbidden, Invalid for an amount that the currency does not have, or a Conflict that says why there
    is nothing to give.
    """
    seen = Payment.objects.visible_to(actor).filter(pk=payment_id).first()
    if seen is None:
        raise NotFound("Payment not found")
    if actor.is_admin and actor.pk not in (seen.payer_id, seen.tutor.user_id):
        return _by_admin(seen, actor, amount, reason)
    if seen.payer_id != actor.pk:
        raise Forbidden("Only who paid can ask for the money back.")
    if amount is not None:
        raise Forbidden("What you get back follows from the terms: leave the amount out.")
    return _by_payer(seen, actor, reason)


def make(payment: Payment, amount: Decimal, *, basis: str, actor: User | None, reason: str = "") -> Refund:
    """Write a refund of a locked payment, and have the provider make it. Raises RefundTooLarge."""
    left = refunding.left_of(payment)
    if amount > left:
        raise RefundTooLarge(refundable=round_money(left, payment.currency), currency=payment.currency)
    refund = refunding.claim(payment, amount, basis=basis, reason=reason, actor=actor)
    calls.plan_refund(refund)
    return refund


def decide(payment: Payment, amount: Decimal, *, basis: str, actor: User, reason: str) -> Refund:
    """The same by an admin's decision, for a payment locked with what it pays for; what follows, the caller sees to.

    Raises RefundTooLarge, or a Conflict where not all of it may be given back yet.
    """
    if amount == refunding.left_of(payment):
        payable_of(payment.payable_kind).require_returnable(payment.payable_id)
    return make(payment, amount, basis=basis, actor=actor, reason=reason)


def _by_payer(seen: Payment, actor: User, reason: str) -> Refund:
    """In one transaction: a thing whose terms give nothing is not given back for it."""
    payable = payable_of(seen.payable_kind)
    with payable.locked(seen.payable_id):
        newest = seen.refunds.order_by("-pk").values_list("pk", flat=True).first() or 0
        payable.give_back(seen.payable_id, actor=actor, reason=reason)
        refund = seen.refunds.filter(pk__gt=newest).order_by("-pk").first()
        if refund is None:
            raise NotRefundable
        return refund


def _by_admin(seen: Payment, actor: User, amount: Decimal | None, reason: str) -> Refund:
    payable = payable_of(seen.payable_kind)
    with payable.locked(seen.payable_id):
        payment = lock(seen.pk)
        left = refunding.left_of(payment)
        if not left:
            raise NotRefundable
        if amount not in (None, left) and not is_movable(amount, payment.currency):
            step = step_of(payment.currency)
            raise Invalid(errors={"amount": [f"Give back all, or a multiple of {step} {payment.currency}."]})
        refund = decide(payment, left if amount is None else amount, basis="admin", actor=actor, reason=reason)
        told = payable.follow_money(payment.payable_id, payment)
        notify(told.notices, frames=told.frames)
        return refund
