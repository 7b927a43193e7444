"""Events of payment providers: taken in at once, worked through later (R-PAY-5 to R-PAY-7)."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import require_admin
from audit.services import record
from common import work
from common.errors import Conflict, NotFound
from payments.errors import BadWebhook
from payments.gateways import gateway_of
from payments.gateways.base import BadSignature
from payments.models import Payment, Payout, ProviderEvent, Verdict
from payments.services import payouts, truth

log = logging.getLogger(__name__)

# Which events are about a payment. Whatever they say, its state is asked of the provider.
OF_PAYMENTS = ("payment_intent.", "charge.", "refund.")
# And which about a transfer to a tutor, or about what became of it at the tutor's bank.
OF_PAYOUTS = ("transfer.", "payout.")
# What events said beyond what came of them (R-GDPR-6).
PAYLOAD_KEPT_FOR = timedelta(days=90)
ORPHANS_WAIT = timedelta(hours=24)
ORPHANS_ARE_TRIED_EVERY = timedelta(minutes=10)


def take_in(provider: str, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
    """Keep an event, once however often it comes; a worker applies it. Raises BadWebhook, and keeps nothing."""
    from payments.tasks import process_event

    try:
        event = gateway_of(provider).parse_event(body, headers)
    except BadSignature as error:
        raise BadWebhook from error
    try:
        with transaction.atomic():
            row = ProviderEvent.objects.create(
                provider=provider,
                event_id=event.id,
                type=event.type[:100],
                happened_at=event.happened_at,
                object_id=event.object_id[:100],
                payment_ref=event.payment_ref[:40],
                payload=event.payload,
                due_at=timezone.now(),
            )
            work.after_commit(process_event, row.pk)
            return row
    except IntegrityError:
        return ProviderEvent.objects.get(provider=provider, event_id=event.id)


def process(event: ProviderEvent) -> str:
    """Apply one event; returns what came of it. Raises NotNow for one whose payment is not known yet."""
    if event.type.startswith(OF_PAYOUTS):
        return _process_payout(event)
    if not event.type.startswith(OF_PAYMENTS):
        return _judge(event, Verdict.IGNORED, "not about a payment")
    payment = _payment_of(event)
    if payment is None:
        return _wait_for_its_payment(event)
    if payment.provider_id not in ("", event.object_id):
        return _judge(event, Verdict.IGNORED, "about another object than our payment's")
    # The answer to our own request may have been lost, and with it the object's id: then the event brings it.
    state = gateway_of(event.provider).fetch_intent(event.object_id)
    truth.apply(payment.pk, state)
    return _judge(event, Verdict.APPLIED, f"payment {payment.pk}")


def _process_payout(event: ProviderEvent) -> str:
    """The answer to the transfer itself may still be on its way; any other object is the provider's own business."""
    transfer_id = event.payload.get("data", {}).get("object", {}).get("id") or ""
    payout = Payout.objects.filter(provider=event.provider, provider_id=transfer_id).exclude(provider_id="").first()
    if payout is not None:
        payouts.refresh(payout)
        return _judge(event, Verdict.APPLIED, f"payout {payout.pk}")
    if event.type.startswith("transfer.") and timezone.now() - event.created_at < ORPHANS_WAIT:
        raise work.NotNow(ORPHANS_ARE_TRIED_EVERY, "no such payout here yet")
    return _judge(event, Verdict.IGNORED, "not about a payout of ours")


def retry(event_id: int, *, actor: User) -> ProviderEvent:
    """Have an event processed once more, whatever came of it. Raises Forbidden, NotFound, or Conflict where it is due
    anyway.
    """
    from payments.tasks import process_event

    require_admin(actor)
    with transaction.atomic():
        event = ProviderEvent.objects.select_for_update().filter(pk=event_id).first()
        if event is None:
            raise NotFound("Event not found")
        if event.state == ProviderEvent.State.DUE and event.due_at <= timezone.now():
            raise Conflict("This event is being processed.")
        event.state, event.due_at, event.attempts = ProviderEvent.State.DUE, timezone.now(), 0
        event.save(update_fields=["state", "due_at", "attempts", "updated_at"])
        record("payment.event_retried", actor=actor, obj=event)
        work.after_commit(process_event, event.pk)
    return event


def _payment_of(event: ProviderEvent) -> Payment | None:
    if not event.object_id:
        return None  # a charge without an intent: nothing that we have asked for
    of_provider = Payment.objects.filter(provider=event.provider)
    known = of_provider.filter(provider_id=event.object_id).first()
    if known is None and event.payment_ref.isascii() and event.payment_ref.isdigit():
        known = of_provider.filter(pk=int(event.payment_ref)).first()
    return known


def _wait_for_its_payment(event: ProviderEvent) -> str:
    if timezone.now() - event.created_at < ORPHANS_WAIT:
        raise work.NotNow(ORPHANS_ARE_TRIED_EVERY, "no such payment here yet")
    log.error("payment_event_orphaned", extra={"event": event.event_id})
    return _judge(event, Verdict.ORPHAN, "no such payment here")


def _judge(event: ProviderEvent, verdict: Verdict, outcome: str) -> str:
    ProviderEvent.objects.filter(pk=event.pk).update(verdict=verdict)
    return outcome


def forget_payloads(*, now: datetime) -> int:
    """Empty what providers sent us long ago (R-GDPR-6); that they did, and what came of it, stays. Returns how many."""
    return ProviderEvent.objects.filter(pk__in=old_payloads(now)).update(payload={}, updated_at=now)


def old_payloads(now: datetime) -> QuerySet[ProviderEvent]:
    """Of events that are done with."""
    old = ProviderEvent.objects.filter(created_at__lte=now - PAYLOAD_KEPT_FOR).exclude(payload={})
    return old.exclude(state=ProviderEvent.State.DUE)
