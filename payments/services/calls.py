"""What a provider must still do, as rows: planned in the transaction that decides it, done after the commit.

A call that is not answered is repeated with the same key (R-PAY-4); one that is refused is over, and what the provider
says of the payment counts.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import cast

from django.db.models import Q
from django.utils import timezone

from common import work
from payments.gateways import gateway_of
from payments.gateways.base import GatewayRefused, IntentState
from payments.models import CallKind, Payment, PaymentStatus, Payout, ProviderCall, Refund, Reversal

_REFUSED = "refused"
# How long after a refusal a payment is looked at again that was being paid just then.
_JUST_PAID = timedelta(minutes=1)


def plan_capture(payment: Payment, amount: Decimal) -> None:
    """Take so much of what was set aside. Safe to repeat: the first amount counts, too much comes back as a refund."""
    _plan(CallKind.CAPTURE, f"capture:{payment.pk}", payment=payment, amount=amount)


def plan_void(payment: Payment) -> None:
    """Give the payment up. Safe to repeat: one that was refused, because it was just being paid, is asked for anew."""
    key = f"void:{payment.pk}"
    ProviderCall.objects.filter(key=key, state=ProviderCall.State.DONE, outcome__startswith=_REFUSED).delete()
    _plan(CallKind.VOID, key, payment=payment)


def withdraw_void(payment: Payment) -> bool:
    """The payment is wanted after all. Whether that is certain: once a worker has begun to give it up, nothing is."""
    planned = ProviderCall.objects.filter(key=f"void:{payment.pk}")
    planned.filter(Q(state=ProviderCall.State.DONE) | Q(state=ProviderCall.State.DUE, attempts=0)).delete()
    return not planned.exists()


def plan_refund(refund: Refund) -> None:
    _plan(CallKind.REFUND, f"refund:{refund.pk}", payment=refund.payment, refund=refund)


def plan_transfer(payout: Payout) -> None:
    """Send a payout on its way; one that was put on hold and let go is sent only once."""
    _plan(CallKind.TRANSFER, f"payout:{payout.pk}", payout=payout)


def plan_reversal(reversal: Reversal) -> None:
    """Take back what a refund took of a payout that was paid."""
    _plan(CallKind.REVERSAL, f"reversal:{reversal.pk}", payout=reversal.payout, reversal=reversal)


def wake_transfer(payout: Payout) -> None:
    """A payout that was kept may go now."""
    from payments.tasks import call_provider

    due = ProviderCall.objects.filter(payout=payout, kind=CallKind.TRANSFER, state=ProviderCall.State.DUE)
    due.update(due_at=timezone.now(), updated_at=timezone.now())
    for pk in due.values_list("pk", flat=True):
        work.after_commit(call_provider, pk)


def _plan(kind: CallKind, key: str, **about: Payment | Refund | Payout | Reversal | Decimal) -> None:
    from payments.tasks import call_provider

    call, is_new = ProviderCall.objects.get_or_create(
        key=key, defaults={"kind": kind, "due_at": timezone.now(), **about}
    )
    if is_new:
        work.after_commit(call_provider, call.pk)


def perform(call: ProviderCall) -> str:
    """Do what the row says; returns what came of it. Raises GatewayUnavailable: then it is done again later."""
    return _DO[CallKind(call.kind)](call)


def _key(call: ProviderCall) -> str:
    """The idempotency key. With when the row was made: the ids of a database that is restored come again, and the
    provider still knows what was asked with them before.
    """
    return f"{call.key}:{call.created_at:%Y%m%d%H%M%S%f}"


def _capture(call: ProviderCall) -> str:
    payment, amount = _of(call), cast(Decimal, call.amount)
    return _ask(
        payment,
        lambda: gateway_of(payment.provider).capture(
            payment.provider_id, amount=amount, currency=payment.currency, key=_key(call)
        ),
    )


def _void(call: ProviderCall) -> str:
    from payments.services import intents, truth

    payment = _of(call)
    try:
        payment = intents.ensure_intent(payment)  # it may have been lost on its way to us
    except GatewayRefused as refusal:
        truth.apply(payment.pk, _never_made(payment))
        return f"{_REFUSED}: {refusal.code}"
    was_set_aside = payment.status == PaymentStatus.AUTHORIZED
    # To give up what is set aside is another question than to give up what nobody has paid yet.
    key = f"{_key(call)}:authorized" if was_set_aside else _key(call)
    outcome = _ask(payment, lambda: gateway_of(payment.provider).void(payment.provider_id, key=key))
    payment.refresh_from_db()
    if payment.status == PaymentStatus.AUTHORIZED and not was_set_aside:
        raise work.NotNow(_JUST_PAID, f"{outcome}: it was being paid")
    return outcome


def _never_made(payment: Payment) -> IntentState:
    """What the provider would not even prepare: there is nothing of it there, and nobody can pay it."""
    return IntentState("", PaymentStatus.CANCELED, payment.amount, payment.currency, captured=Decimal(0))


def _ask(payment: Payment, ask: Callable[[], IntentState]) -> str:
    """Apply the answer; after a refusal, what the provider says of the payment."""
    from payments.services import truth

    try:
        truth.apply(payment.pk, ask())
    except GatewayRefused as refusal:
        truth.refresh(payment)
        return f"{_REFUSED}: {refusal.code}"
    return "done"


def _refund(call: ProviderCall) -> str:
    from payments.services import truth

    payment, refund = _of(call), cast(Refund, call.refund)
    try:
        gateway_of(payment.provider).refund(
            payment.provider_id, amount=refund.amount, currency=payment.currency, our_id=refund.pk, key=_key(call)
        )
    except GatewayRefused as refusal:
        truth.fail_refund(refund, refusal.code)
        return f"{_REFUSED}: {refusal.code}"
    truth.refresh(payment)
    return "done"


def _transfer(call: ProviderCall) -> str:
    from payments.services import payouts

    return payouts.send(cast(Payout, call.payout).pk, key=_key(call))


def _reverse(call: ProviderCall) -> str:
    from payments.services import reversals

    return reversals.send(cast(Reversal, call.reversal).pk, key=_key(call))


def _of(call: ProviderCall) -> Payment:
    return cast(Payment, call.payment)


_DO = {
    CallKind.CAPTURE: _capture,
    CallKind.VOID: _void,
    CallKind.REFUND: _refund,
    CallKind.TRANSFER: _transfer,
    CallKind.REVERSAL: _reverse,
}
