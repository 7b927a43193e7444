"""A provider without money, for machines without a provider's keys. It says so in everything that it answers.

It has the states and events of a real one. A payment method decides what comes of a payment, as with real providers'
test cards; see `sandbox_intents`. Whatever changes is delivered to our webhook as a signed event (`sandbox_events`).
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from payments.gateways import sandbox_events, sandbox_intents
from payments.gateways.base import Event, Gateway, GatewayRefused, IntentState, RefundState, TransferState
from payments.gateways.sandbox_intents import DEFAULT_METHOD, EVENT_OF, METHODS, NO
from payments.gateways.sandbox_states import intent_state, transfer_state
from payments.models import PaymentStatus, PayoutStatus, RefundStatus, SandboxObject


class SandboxGateway(Gateway):
    name = "sandbox"

    def create_intent(
        self, *, amount: Decimal, currency: str, is_manual: bool, payment_ref: str, description: str, key: str
    ) -> IntentState:
        def create() -> dict[str, Any]:
            intent = sandbox_intents.new(
                amount=amount, currency=currency, is_manual=is_manual, payment_ref=payment_ref, description=description
            )
            SandboxObject.objects.create(id=intent["id"], kind="intent", data=intent)
            return intent

        return intent_state(_once(key, create))

    def fetch_intent(self, intent_id: str) -> IntentState:
        return intent_state(_find(intent_id, "intent").data)

    def confirm(self, intent_id: str, *, payment_method: str, key: str) -> IntentState:
        method = METHODS.get(payment_method or DEFAULT_METHOD)
        if method is None:
            raise GatewayRefused(
                "payment_method_unknown", f"The sandbox knows no such method; {DEFAULT_METHOD} is one."
            )

        def pay(intent: dict[str, Any]) -> str:
            if intent["status"] in (PaymentStatus.AUTHORIZED, PaymentStatus.SUCCEEDED):
                return ""
            if intent["status"] == PaymentStatus.CANCELED:
                raise GatewayRefused("payment_intent_unexpected_state", "This payment was given up.")
            passed_the_bank = intent["status"] in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING)
            intent["method"] = payment_method or DEFAULT_METHOD
            intent["failure"] = list(method.failure)
            if method.status != PaymentStatus.SUCCEEDED and not (passed_the_bank and method.status != NO):
                intent["status"] = method.status
                return EVENT_OF[method.status]
            return sandbox_intents.succeed(intent, disputed=method.disputed)

        return self._change(intent_id, pay, key)

    def capture(self, intent_id: str, *, amount: Decimal, currency: str, key: str) -> IntentState:
        def take(intent: dict[str, Any]) -> str:
            if intent["status"] == PaymentStatus.SUCCEEDED:
                return ""
            if intent["status"] != PaymentStatus.AUTHORIZED:
                raise GatewayRefused("payment_intent_unexpected_state", "Nothing is set aside for this payment.")
            if amount > Decimal(intent["amount"]):
                raise GatewayRefused("amount_too_large", "That is more than was set aside.")
            return sandbox_intents.take(intent, amount)

        return self._change(intent_id, take, key)

    def void(self, intent_id: str, *, key: str) -> IntentState:
        def give_up(intent: dict[str, Any]) -> str:
            if intent["status"] == PaymentStatus.SUCCEEDED:
                raise GatewayRefused("payment_intent_unexpected_state", "This was paid: refund it instead.")
            if intent["status"] == PaymentStatus.PROCESSING:
                raise GatewayRefused("payment_intent_unexpected_state", "The bank has not answered yet.")
            intent["status"] = PaymentStatus.CANCELED
            return EVENT_OF[PaymentStatus.CANCELED]

        return self._change(intent_id, give_up, key)

    def refund(self, intent_id: str, *, amount: Decimal, currency: str, our_id: int, key: str) -> RefundState:
        def send_back(intent: dict[str, Any]) -> str:
            already = sum(
                Decimal(each["amount"]) for each in intent["refunds"] if each["status"] != RefundStatus.FAILED
            )
            if already + amount > Decimal(intent["captured"]):
                raise GatewayRefused("amount_too_large", "That is more than is left of this payment.")
            status = METHODS[intent["method"]].refunds
            refund = {
                "id": f"sandbox_re_{secrets.token_hex(12)}",
                "status": status,
                "amount": str(amount),
                "our_id": our_id,
                "failure": "lost_or_stolen_card" if status == RefundStatus.FAILED else "",
            }
            intent["refunds"].append(refund)
            return "charge.refunded" if status == RefundStatus.SUCCEEDED else "charge.refund.updated"

        state = self._change(intent_id, send_back, key)
        return next(refund for refund in state.refunds if refund.our_id == our_id)

    def transfer(self, account_id: str, *, amount: Decimal, currency: str, our_id: int, key: str) -> TransferState:
        def send() -> dict[str, Any]:
            fails = account_id.endswith("_fails")
            made = {
                "id": f"sandbox_tr_{secrets.token_hex(12)}",
                "status": PayoutStatus.FAILED if fails else PayoutStatus.PAID,
                "failure": "account_closed" if fails else "",
                "amount": str(amount),
                "currency": currency,
                "account": account_id,
                "our_id": our_id,
            }
            SandboxObject.objects.create(id=made["id"], kind="transfer", data=made)
            return made

        return transfer_state(_once(key, send))

    def fetch_transfer(self, transfer_id: str) -> TransferState:
        return transfer_state(_find(transfer_id, "transfer").data)

    def reverse_transfer(
        self, transfer_id: str, *, amount: Decimal, currency: str, our_id: int, key: str
    ) -> TransferState:
        def take_back() -> dict[str, Any]:
            row = _find(transfer_id, "transfer", lock=True)
            made = row.data.setdefault("reversals", [])
            left = Decimal(row.data["amount"]) - sum(Decimal(each["amount"]) for each in made)
            if row.data["status"] != PayoutStatus.PAID or amount > left:
                raise GatewayRefused("amount_too_large", "That is more than is left of this transfer.")
            if row.data["account"].endswith("_short"):
                raise GatewayRefused("balance_insufficient", "The account does not hold so much.")
            made.append({"id": f"sandbox_trr_{secrets.token_hex(12)}", "amount": str(amount), "our_id": our_id})
            row.save(update_fields=["data"])
            _deliver(sandbox_events.body_of("transfer.reversed", row.data))
            return row.data

        return transfer_state(_once(f"{transfer_id}:{key}", take_back))

    def parse_event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        return sandbox_events.parse(body, headers.get(sandbox_events.HEADER, ""))

    def intents_since(self, moment: datetime) -> Iterator[IntentState]:
        for row in SandboxObject.objects.filter(kind="intent", created_at__gte=moment).iterator():
            yield intent_state(row.data)

    # What happens at a provider without anybody calling it.

    def finish_processing(self, intent_id: str, *, succeeds: bool) -> IntentState:
        """The bank has answered for a payment that was processing."""

        def finish(intent: dict[str, Any]) -> str:
            if intent["status"] != PaymentStatus.PROCESSING:
                raise GatewayRefused("payment_intent_unexpected_state", "This payment is not processing.")
            if succeeds:
                return sandbox_intents.succeed(intent, disputed=False)
            intent["status"], intent["failure"] = PaymentStatus.FAILED, ["processing_error", "The bank declined."]
            return EVENT_OF[PaymentStatus.FAILED]

        return self._change(intent_id, finish, f"finish:{intent_id}")

    def finish_refund(self, intent_id: str, refund_id: str, *, succeeds: bool) -> IntentState:
        """A refund that was pending has arrived, or one has bounced."""

        def finish(intent: dict[str, Any]) -> str:
            refund = next(each for each in intent["refunds"] if each["id"] == refund_id)
            refund["status"] = RefundStatus.SUCCEEDED if succeeds else RefundStatus.FAILED
            refund["failure"] = "" if succeeds else "expired_or_canceled_card"
            return "charge.refunded" if succeeds else "charge.refund.updated"

        return self._change(intent_id, finish, f"finish:{refund_id}:{succeeds}")

    def open_dispute(self, intent_id: str, *, amount: Decimal | None = None, reason: str = "fraudulent") -> IntentState:
        """The payer's bank asks for money back."""

        def open_it(intent: dict[str, Any]) -> str:
            return sandbox_intents.open_dispute(intent, amount=amount or Decimal(intent["captured"]), reason=reason)

        return self._change(intent_id, open_it, f"dispute:{secrets.token_hex(6)}")

    def close_dispute(self, intent_id: str, dispute_id: str, *, is_won: bool) -> IntentState:
        """The bank has decided."""

        close = partial(sandbox_intents.close_dispute, dispute_id=dispute_id, is_won=is_won)
        return self._change(intent_id, close, f"close:{dispute_id}")

    def return_transfer(self, transfer_id: str) -> TransferState:
        """The tutor's bank has sent the money back."""
        with transaction.atomic():
            row = _find(transfer_id, "transfer", lock=True)
            row.data |= {"status": PayoutStatus.RETURNED, "failure": "account_closed"}
            row.save(update_fields=["data"])
        _deliver(sandbox_events.body_of("transfer.reversed", row.data))
        return transfer_state(row.data)

    def _change(self, intent_id: str, change: Callable[[dict[str, Any]], str], key: str) -> IntentState:
        """Change an intent once for each key, and deliver the event of it: both or, in a crash, neither."""

        def apply() -> dict[str, Any]:
            row = _find(intent_id, "intent", lock=True)
            kind = change(row.data)
            row.save(update_fields=["data"])
            if kind:
                _deliver(sandbox_events.body_of(kind, row.data))
            return row.data

        return intent_state(_once(f"{intent_id}:{key}", apply))


def _deliver(body: bytes) -> None:
    """To our own webhook; a provider would come by HTTP."""
    from payments.services import webhooks

    webhooks.take_in("sandbox", body, {sandbox_events.HEADER: sandbox_events.sign(body)})


def _once(key: str, change: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer to an idempotency key: of the first call, for all calls. Of two at once one waits for the other."""
    for _ in range(2):
        known = SandboxObject.objects.filter(pk=f"key:{key}"[:100]).first()
        if known is not None:
            return known.data
        try:
            with transaction.atomic():
                row = SandboxObject.objects.create(id=f"key:{key}"[:100], kind="key", data={})
                row.data = change()
                row.save(update_fields=["data"])
                return row.data
        except IntegrityError:
            continue  # somebody else was faster: the answer is there now
    raise GatewayRefused("idempotency_key_in_use", "That key is being used for another request.")


def _find(object_id: str, kind: str, *, lock: bool = False) -> SandboxObject:
    rows = SandboxObject.objects.select_for_update() if lock else SandboxObject.objects
    found = rows.filter(pk=object_id, kind=kind).first()
    if found is None:
        raise GatewayRefused("resource_missing", f"The sandbox knows no {kind} {object_id!r}.")
    return found
