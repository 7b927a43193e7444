"""A server that speaks Stripe's interface: localstripe, and what our gateway needs beyond it.

    python -m tests.payments.stripe_server PORT

Added as Stripe documents it: idempotency keys, payment methods named when confirming, refunds never above what was
taken, what is left of a capture released without a refund (since version 2025-03-31), fees, disputes, transfers,
filters of lists. `pm_card_createDispute` opens a dispute, and evidence decides it, as in Stripe's own test mode.
"""

import json
import sys

from aiohttp import web
from localstripe import resources, server
from localstripe.errors import UserError
from localstripe.resources import (
    BalanceTransaction,
    Charge,
    Event,
    List,
    PaymentIntent,
    PaymentMethod,
    Refund,
    StripeObject,
)
from localstripe.webhooks import schedule_webhook

resources.Store.dump_to_disk = lambda self: None

CARDS = {
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_chargeDeclined": "4000000000000341",
    "pm_card_createDispute": "4000000000000259",
}
DISPUTE_FEE = 1500
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}
_answers = {}


@web.middleware
async def idempotency(request, handler):
    """The answer of the first request with a key, for all; another request with the same key is refused."""
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None:
        return await handler(request)
    asked = (request.path, await request.read())
    if key not in _answers:
        answer = await handler(request)
        _answers[key] = (asked, answer.status, answer.body)
        return answer
    first, status, body = _answers[key]
    if first != asked:
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        error = {"type": "idempotency_error", "message": message}
        return web.Response(status=400, text=json.dumps({"error": error}), content_type="application/json")
    return web.Response(
        status=status, body=body, content_type="application/json", headers={"Idempotent-Replayed": "true"}
    )


class Intents:
    """What is added to intents."""

    make, find_card = PaymentIntent.__init__, PaymentMethod._try_get_canonical_test_article

    def __init__(self, description=None, automatic_payment_methods=None, **others):
        Intents.make(self, **others)
        self.description = description
        self.automatic_payment_methods = automatic_payment_methods

    @property
    def amount_received(self):
        taken = self.latest_charge is not None and self.latest_charge.status == "succeeded"
        return getattr(self.latest_charge, "_taken", 0) if taken and self.latest_charge.captured else 0

    @classmethod
    def confirm(cls, id, payment_method=None, **others):  # noqa: A002 - the interface's name
        intent = PaymentIntent._api_retrieve(id)
        if intent.status not in ("requires_payment_method", "requires_confirmation"):
            raise UserError(400, "This intent cannot be confirmed.", {"code": "payment_intent_unexpected_state"})
        if payment_method is not None:
            intent.payment_method, intent.latest_charge = PaymentMethod._api_retrieve(payment_method).id, None
        intent._confirm(on_failure_now=intent._report_failure)
        card = PaymentMethod._api_retrieve(intent.payment_method)._card_number
        if card == CARDS["pm_card_createDispute"] and intent.status == "succeeded":
            Dispute(intent)
        return intent

    @classmethod
    def listed(cls, url, created=None, **others):
        found = super(PaymentIntent, PaymentIntent)._api_list_all(url, **others)
        since = int((created or {}).get("gte", 0))
        found._list = [intent for intent in reversed(found._list) if intent.created >= since]
        return found

    @classmethod
    def card(cls, id):  # noqa: A002 - the interface's name
        if id not in CARDS:
            return Intents.find_card(id)
        card = {"number": CARDS[id], "exp_month": "12", "exp_year": "2030", "cvc": "123"}
        return PaymentMethod(type="card", card=card)


def take(charge, amount=None, on_success=None):
    amount = charge.amount if amount is None else int(amount)
    if charge.captured or charge.status != "succeeded" or amount > charge.amount:
        raise UserError(400, "This cannot be captured.", {"code": "charge_already_captured"})
    charge.captured, charge._taken = True, amount
    charge.balance_transaction = movement(amount, charge, "charge").id
    if on_success:
        on_success()


def start_charge(charge, *arguments, **named):
    charge._taken = charge.amount if charge.captured else 0
    Refunds.start_charge(charge, *arguments, **named)
    if charge.balance_transaction:
        resources.store[f"balance_transaction:{charge.balance_transaction}"].fee = fee_of(charge.amount)


def fee_of(amount):
    """2.9 % and 30 of the smallest unit, as Stripe's first price list had it."""
    return round(amount * 0.029) + 30


def movement(amount, charge, kind, fee=None):
    """Of the platform's balance."""
    made = BalanceTransaction(
        amount=amount, currency=charge.currency, exchange_rate=1.0, reporting_category=kind, source=charge.id, type=kind
    )
    made.fee = fee_of(amount) if fee is None else fee
    return made


class Refunds:
    """What is added to refunds."""

    make, start_charge = Refund.__init__, Charge._initialize_charge

    def __init__(self, payment_intent=None, amount=None, **others):
        intent = PaymentIntent._api_retrieve(payment_intent)
        left = intent.amount_received - sum(refund.amount for refund in Refunds.of(payment_intent))
        if not left:
            raise UserError(400, "This charge has been refunded.", {"code": "charge_already_refunded"})
        if int(amount) > left:
            raise UserError(400, f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).")
        Refunds.make(self, payment_intent=payment_intent, amount=amount, **others)
        self.failure_reason = None
        schedule_webhook(Event("refund.created", self))

    @staticmethod
    def of(intent_id):
        refunds = [thing for thing in resources.store.values() if isinstance(thing, Refund)]
        return [refund for refund in refunds if refund.payment_intent == intent_id]

    @classmethod
    def listed(cls, url, payment_intent=None, charge=None, **others):
        found = super(Refund, Refund)._api_list_all(url, **others)
        of = {payment_intent, charge} - {None}
        found._list = [refund for refund in reversed(found._list) if of & {refund.payment_intent, refund.charge}]
        return found


class Dispute(StripeObject):
    object, _id_prefix = "dispute", "du_"

    def __init__(self, intent):
        super().__init__()
        self.payment_intent, self.amount, self.currency = intent.id, intent.amount_received, intent.currency
        self.status, self.reason, self.metadata = "needs_response", "fraudulent", {}
        self.evidence_details = {"due_by": self.created + 9 * 24 * 3600}
        self._charge = intent.latest_charge
        self.balance_transactions = [movement(-self.amount, self._charge, "charge", fee=DISPUTE_FEE)]

    @classmethod
    def _api_update(cls, id, evidence=None):  # noqa: A002 - the interface's name
        dispute = cls._api_retrieve(id)
        dispute.status = VERDICTS[evidence["uncategorized_text"]]
        if dispute.status == "won":
            dispute.balance_transactions.append(movement(dispute.amount, dispute._charge, "charge", fee=-DISPUTE_FEE))
        return dispute

    @classmethod
    def _api_list_all(cls, url, payment_intent=None, **others):
        found = super()._api_list_all(url, **others)
        found._list = [dispute for dispute in found._list if dispute.payment_intent == payment_intent]
        return found


class Transfer(StripeObject):
    object, _id_prefix = "transfer", "tr_"

    def __init__(self, amount=None, currency=None, destination=None, transfer_group=None, metadata=None):
        if not destination.startswith("acct_"):
            raise UserError(400, f"No such destination: '{destination}'", {"code": "resource_missing"})
        super().__init__()
        self.amount, self.currency, self.destination = int(amount), currency, destination
        self.transfer_group, self.metadata, self.reversed, self._reversals = transfer_group, metadata or {}, False, []

    @property
    def amount_reversed(self):
        return sum(reversal.amount for reversal in self._reversals)

    @classmethod
    def _reverse(cls, id, amount=None, metadata=None):  # noqa: A002 - the interface's name
        transfer = cls._api_retrieve(id)
        left = transfer.amount - transfer.amount_reversed
        amount = left if amount is None else int(amount)
        if not 0 < amount <= left:
            raise UserError(400, f"The transfer has {left} left to reverse.", {"code": "amount_too_large"})
        if transfer.destination.endswith("short"):
            raise UserError(400, "The account has insufficient funds.", {"code": "balance_insufficient"})
        reversal = Reversal(transfer, amount, metadata)
        transfer._reversals.insert(0, reversal)
        transfer.reversed = transfer.amount_reversed == transfer.amount
        return reversal

    @classmethod
    def _list_reversals(cls, id, **others):  # noqa: A002 - the interface's name
        found = List(f"/v1/transfers/{id}/reversals", limit=100)
        found._list = cls._api_retrieve(id)._reversals
        return found

    @classmethod
    def _api_list_all(cls, url, transfer_group=None, **others):
        found = super()._api_list_all(url, **others)
        found._list = [transfer for transfer in found._list if transfer.transfer_group == transfer_group]
        return found


class Reversal(StripeObject):
    object, _id_prefix = "transfer_reversal", "trr_"

    def __init__(self, transfer, amount, metadata):
        super().__init__()
        self.transfer, self.currency = transfer.id, transfer.currency
        self.amount, self.metadata = amount, metadata or {}


PaymentIntent.__init__, PaymentIntent.amount_received = Intents.__init__, Intents.amount_received
PaymentIntent._api_list_all = Intents.listed
PaymentMethod._try_get_canonical_test_article = Intents.card
Refund.__init__, Refund._api_list_all = Refunds.__init__, Refunds.listed
Charge._capture, Charge._initialize_charge = take, start_charge


async def forget(request):
    resources.store.clear()
    _answers.clear()
    return web.Response()


def application():
    # Refusals become answers twice: of who asks, and of what is asked, which the idempotency key keeps.
    refusals = server.error_middleware
    app = web.Application(middlewares=[refusals, server.auth_middleware, idempotency, refusals])
    app.router.add_delete("/_config/data", forget)
    app.router.add_post("/v1/payment_intents/{id}/confirm", server.api_extra(Intents.confirm, ""))
    app.router.add_post("/v1/transfers/{id}/reversals", server.api_extra(Transfer._reverse, ""))
    app.router.add_get("/v1/transfers/{id}/reversals", server.api_extra(Transfer._list_reversals, ""))
    for cls in (Dispute, Transfer):
        url = f"/v1/{cls.object}s"
        app.router.add_post(url, server.api_create(cls, url))
        app.router.add_get(url, server.api_list_all(cls, url))
        app.router.add_get(url + "/{id}", server.api_retrieve(cls, url))
        app.router.add_post(url + "/{id}", server.api_update(cls, url))
    # Of two routes to the same address the first counts.
    app.router.add_routes(
        web.RouteDef(route.method, route.resource.canonical, route.handler, {})
        for route in server.app.router.routes()
        if route.method != "HEAD"
    )
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), print=None)
