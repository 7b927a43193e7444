"""Comparing what we hold with what the payment provider says, and explaining each difference in one sentence."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from payments.gateways import gateway_of
from payments.gateways.base import GatewayRefused, IntentState, TransferState
from payments.models import (
    Payment,
    PaymentStatus,
    Payout,
    PayoutStatus,
    ProviderCall,
    Refund,
    RefundStatus,
    Reversal,
    ReversalStatus,
)
from payments.models.payment import UNPAID
from payments.services import fees, payouts, truth
from payments.services.news import amount_in_words

# After what we were paid its refunds say how things stand; the provider's intent still says that it was paid.
PAID = (PaymentStatus.SUCCEEDED, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)


class Difference(NamedTuple):
    """What differs, in one sentence, and what takes the provider's word for it over; None where nobody here can."""

    sentence: str
    mend: Callable[[], object] | None = None


def differences(*, since: datetime) -> Iterator[Difference]:
    """Of all payments and payouts that were made or changed since then, here or there, and of calls that were given up.

    Raises GatewayUnavailable.
    """
    recent = Payment.objects.filter(Q(created_at__gte=since) | Q(updated_at__gte=since))
    providers = {settings.PAYMENT_PROVIDER, *recent.order_by().values_list("provider", flat=True)}
    for provider in sorted(providers):
        yield from _of_provider(provider, since)
    yield from _of_payouts(since)
    yield from _of_calls()


def _of_provider(provider: str, since: datetime) -> Iterator[Difference]:
    """What the provider has, and then what only we have or what is older and changed here."""
    seen = set()
    for state in gateway_of(provider).intents_since(since):
        seen.add(state.id)
        yield from _of_intent(provider, state)
    ours = Payment.objects.filter(provider=provider).filter(Q(created_at__gte=since) | Q(updated_at__gte=since))
    for payment in ours.exclude(provider_id__in=seen).order_by("pk").iterator():
        yield from _of_payment(payment)


def _of_intent(provider: str, state: IntentState) -> Iterator[Difference]:
    rows = Payment.objects.filter(provider=provider)
    payment = rows.filter(provider_id=state.id).first()
    if payment is None and state.payment_ref.isascii() and state.payment_ref.isdigit():
        payment = rows.filter(pk=int(state.payment_ref), provider_id="").first()
        if payment is not None:
            sentence = f"Payment {payment.pk} is {state.id} there, and nothing here says so."
            yield Difference(sentence, partial(truth.apply, payment.pk, state))
    if payment is None:
        amount = amount_in_words(state.amount, state.currency)
        yield Difference(f"{state.id} of {amount}, {_word(state.status)} there, is unknown here.")
        return
    yield from _compare(payment, state)


def _of_payment(payment: Payment) -> Iterator[Difference]:
    """One that the provider did not list."""
    if not payment.provider_id:
        if payment.status not in (*UNPAID, PaymentStatus.CANCELED):
            yield Difference(f"Payment {payment.pk} is {_word(payment.status)} here and never reached the provider.")
        return
    try:
        state = gateway_of(payment.provider).fetch_intent(payment.provider_id)
    except GatewayRefused as refusal:
        sentence = f"Payment {payment.pk} is {_word(payment.status)} here and unknown there ({refusal.code})."
        yield Difference(sentence)
        return
    yield from _compare(payment, state)


def _compare(payment: Payment, state: IntentState) -> Iterator[Difference]:
    if (payment.amount, payment.currency) != (state.amount, state.currency):
        here = amount_in_words(payment.amount, payment.currency)
        there = amount_in_words(state.amount, state.currency)
        yield Difference(f"Payment {payment.pk} is of {here} here and of {there} there.")
        return
    mend = partial(truth.refresh, payment)
    here = PaymentStatus.SUCCEEDED if payment.status in PAID else payment.status
    if here != state.status:
        sentence = f"Payment {payment.pk} is {_word(payment.status)} here and {_word(state.status)} there."
        yield Difference(sentence, mend)
    if payment.captured_amount != state.captured:
        taken = amount_in_words(payment.captured_amount, payment.currency)
        there = amount_in_words(state.captured, state.currency)
        yield Difference(f"Of payment {payment.pk} {taken} were taken by what is known here, {there} there.", mend)
    yield from _compare_refunds(payment, state, mend)
    yield from _compare_disputes(payment, state, mend)
    yield from _compare_fees(payment, state, mend)


def _compare_refunds(payment: Payment, state: IntentState, mend: Callable[[], object]) -> Iterator[Difference]:
    ours = list(payment.refunds.order_by("pk"))
    found = set()
    for there in state.refunds:
        refund = next((each for each in ours if each.provider_id == there.id), None)
        if refund is None:
            refund = next((each for each in ours if each.pk == there.our_id and not each.provider_id), None)
        if refund is None:
            amount = amount_in_words(there.amount, payment.currency)
            yield Difference(f"Refund {there.id} of {amount} of payment {payment.pk} is unknown here.", mend)
            continue
        found.add(refund.pk)
        if refund.status != there.status:
            sentence = f"Refund {refund.pk} of payment {payment.pk} is {refund.status} here and {there.status} there."
            yield Difference(sentence, mend)
        if refund.amount != there.amount:
            amounts = [amount_in_words(amount, payment.currency) for amount in (refund.amount, there.amount)]
            yield Difference(f"Refund {refund.pk} of payment {payment.pk} is of {' here and of '.join(amounts)} there.")
    for refund in ours:
        if refund.pk not in found and refund.status != RefundStatus.FAILED:
            yield Difference(_missing(refund))


def _missing(refund: Refund) -> str:
    call = refund.calls.first()
    why = "nobody has asked for it" if call is None else f"it was asked for {call.attempts} times, now {call.state}"
    return f"Refund {refund.pk} of payment {refund.payment_id} is {refund.status} here and unknown there: {why}."


def _compare_disputes(payment: Payment, state: IntentState, mend: Callable[[], object]) -> Iterator[Difference]:
    known = dict(payment.disputes.exclude(provider_id="").values_list("provider_id", "status"))
    for there in state.disputes:
        here = known.get(there.id)
        if here != there.status:
            word = "unknown" if here is None else here
            sentence = f"Dispute {there.id} of payment {payment.pk} is {word} here and {there.status} there."
            yield Difference(sentence, mend)


def _compare_fees(payment: Payment, state: IntentState, mend: Callable[[], object]) -> Iterator[Difference]:
    if state.fees is None:
        return
    for there in fees.unknown(payment, state.fees):
        kept = amount_in_words(there.amount, there.currency)
        yield Difference(f"Of payment {payment.pk} the provider has kept {kept}, of which nothing here says.", mend)
    known_there = {each.id for each in state.fees}
    for fee in payment.fees.exclude(provider_id__in=known_there).order_by("pk"):
        kept = amount_in_words(fee.amount, fee.currency)
        yield Difference(f"Of payment {payment.pk} {kept} were kept by what is known here, nothing there.")


def _of_payouts(since: datetime) -> Iterator[Difference]:
    sent = (PayoutStatus.PROCESSING, PayoutStatus.PAID)
    reversed_lately = Exists(Reversal.objects.filter(payout=OuterRef("pk"), updated_at__gte=since))
    recent = Payout.objects.filter(Q(updated_at__gte=since) | reversed_lately, status__in=sent).exclude(provider_id="")
    for payout in recent.order_by("pk").iterator():
        try:
            state = gateway_of(payout.provider).fetch_transfer(payout.provider_id)
        except GatewayRefused as refusal:
            yield Difference(f"Payout {payout.pk} is {payout.status} here and unknown there ({refusal.code}).")
            continue
        if state.status != payout.status:
            sentence = f"Payout {payout.pk} is {payout.status} here and {state.status} there."
            yield Difference(sentence, partial(payouts.refresh, payout))
        yield from _compare_reversals(payout, state)


def _compare_reversals(payout: Payout, state: TransferState) -> Iterator[Difference]:
    ours = payout.reversals.in_bulk()
    for there in state.reversals:
        reversal = ours.pop(there.our_id, None) if there.our_id is not None else None
        amount = amount_in_words(there.amount, payout.currency)
        if reversal is None:
            yield Difference(f"Reversal {there.id} of {amount} of payout {payout.pk} is unknown here.")
        elif reversal.status != ReversalStatus.SUCCEEDED:
            sentence = f"Reversal {reversal.pk} of payout {payout.pk} is {reversal.status} here and succeeded there."
            yield Difference(sentence, partial(payouts.refresh, payout))
    for reversal in ours.values():
        if reversal.status == ReversalStatus.SUCCEEDED:
            yield Difference(f"Reversal {reversal.pk} of payout {payout.pk} is succeeded here and unknown there.")


def _of_calls() -> Iterator[Difference]:
    about = ("payment", "refund", "payout", "reversal__payout")
    dead = ProviderCall.objects.filter(state=ProviderCall.State.DEAD).select_related(*about)
    for call in dead.order_by("pk"):
        sentence = f"The call {call.key} was given up after {call.attempts} attempts: {call.outcome}"
        yield Difference(sentence, partial(resolve_call, call))


def resolve_call(call: ProviderCall) -> ProviderCall:
    """Look up whether a call that was given up has had its effect; if not, it is due again (R-PAY-4).

    With the same key, and a worker takes it up. Raises GatewayUnavailable.
    """
    if call.payment is not None and call.payment.provider_id:
        truth.refresh(call.payment)
    if call.reversal is not None:
        payouts.refresh(call.reversal.payout)
    if _has_had_its_effect(call):
        call.state, call.outcome = ProviderCall.State.DONE, "found at the provider"
    else:
        call.state, call.attempts, call.due_at = ProviderCall.State.DUE, 0, timezone.now()
    call.save(update_fields=["state", "outcome", "attempts", "due_at", "updated_at"])
    return call


def _has_had_its_effect(call: ProviderCall) -> bool:
    """By what we hold now. A capture or a void is over when the payment is, whichever of the two it was."""
    if call.reversal is not None:
        call.reversal.refresh_from_db()
        return call.reversal.status != ReversalStatus.PENDING
    if call.payout is not None:
        call.payout.refresh_from_db()
        return call.payout.status in (PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.RETURNED)
    if call.refund is not None:
        call.refund.refresh_from_db()
        return bool(call.refund.provider_id) or call.refund.status != RefundStatus.PENDING
    return Payment.objects.filter(calls=call, status__in=(*PAID, PaymentStatus.CANCELED)).exists()


def _word(status: str) -> str:
    """As in a sentence."""
    return status.replace("_", " ")
