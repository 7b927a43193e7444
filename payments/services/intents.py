"""A payment begins: the amount comes from what is paid for, the provider prepares it, the payer's browser pays."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError

from accounts.models import User
from accounts.services.proven import require_verified
from audit.services import record
from common.errors import NotFound
from common.money import round_money
from payments.errors import AlreadyPaid, AmountMismatch, PaymentRefused, ProviderUnavailable
from payments.gateways import gateway_of
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.models import LIVE, RANK, Payment, PaymentStatus
from payments.models.payment import UNPAID
from payments.payables import Bill, payable_of
from payments.services import truth


def create_intent(
    kind: str, pk: int, *, payer: User, amount: Decimal | None = None, currency: str | None = None
) -> Payment:
    """The payment for one's own booking or purchase: a new one, or the one that is open already.

    `amount` and `currency` are what the client believes to pay. Raises EmailNotVerified, NotFound, NothingToPay,
    AlreadyPaid, AmountMismatch, PaymentRefused or ProviderUnavailable.
    """
    require_verified(payer)
    bill = payable_of(kind).bill(pk, payer=payer)
    if currency is not None and currency.upper() != bill.currency:
        raise AmountMismatch(errors={"currency": [f"The currency is {bill.currency}."]})
    if amount is not None and amount != bill.amount:
        raise AmountMismatch(errors={"amount": [f"The amount is {round_money(bill.amount, bill.currency)}."]})
    payment = _live(kind, pk) or _begin(kind, pk, bill, payer)
    if payment.status not in UNPAID:
        raise AlreadyPaid
    try:
        return ensure_intent(payment)
    except GatewayUnavailable as error:
        raise ProviderUnavailable from error
    except GatewayRefused as refusal:
        raise PaymentRefused(str(refusal), provider_code=refusal.code) from refusal


def ensure_intent(payment: Payment) -> Payment:
    """With its object at the provider: made if it is not known yet, always by the same key."""
    if payment.provider_id:
        return payment
    state = gateway_of(payment.provider).create_intent(
        amount=payment.amount,
        currency=payment.currency,
        is_manual=payment.is_manual,
        payment_ref=str(payment.pk),
        description=payment.description,
        key=f"intent:{payment.pk}:{payment.created_at:%Y%m%d%H%M%S%f}",  # as those of `calls`
    )
    return truth.apply(payment.pk, state)


def confirm(payment_id: int, *, payer: User, payment_method: str = "") -> Payment:
    """The payer says that they have paid, or pays with `payment_method`, a name that the provider gave.

    Only the provider decides what came of it (R-PAY-2): a card that was refused is a payment that failed. Raises
    EmailNotVerified, NotFound, PaymentRefused or ProviderUnavailable.
    """
    require_verified(payer)
    payment = Payment.objects.filter(pk=payment_id, payer=payer).first()
    if payment is None:
        raise NotFound("Payment not found")
    if RANK[payment.status] >= RANK[PaymentStatus.AUTHORIZED]:
        return payment
    try:
        payment = ensure_intent(payment)
        if not payment_method:
            return truth.refresh(payment, is_new_attempt=True)
        return _pay(payment, payment_method)
    except GatewayUnavailable as error:
        raise ProviderUnavailable from error


def _pay(payment: Payment, payment_method: str) -> Payment:
    try:
        # The intent itself can be paid only once: each attempt is a new request.
        state = gateway_of(payment.provider).confirm(
            payment.provider_id, payment_method=payment_method, key=f"confirm:{uuid.uuid4().hex}"
        )
    except GatewayRefused as refusal:
        payment = truth.refresh(payment)
        if RANK[payment.status] >= RANK[PaymentStatus.AUTHORIZED]:
            return payment
        raise PaymentRefused(str(refusal), provider_code=refusal.code) from refusal
    return truth.apply(payment.pk, state, is_new_attempt=True)


def _live(kind: str, pk: int) -> Payment | None:
    return Payment.objects.of(kind, pk).filter(status__in=LIVE).first()


def _begin(kind: str, pk: int, bill: Bill, payer: User) -> Payment:
    """Of two who begin at once one makes the row, and both get it: the thing is locked, and the database allows one
    that is still to come (`payment_one_to_come`).
    """
    try:
        with payable_of(kind).locked(pk):
            begun = _live(kind, pk)
            if begun is not None:
                return begun
            payment = Payment.objects.create(
                payer=payer,
                tutor=bill.tutor,
                payable_kind=kind,
                payable_id=pk,
                description=bill.description[:200],
                amount=bill.amount,
                currency=bill.currency,
                commission_percent=bill.commission_percent,
                is_manual=bill.is_manual,
                provider=settings.PAYMENT_PROVIDER,
            )
            record("payment.created", actor=payer, obj=payment, after={"amount": bill.amount, "for": f"{kind}:{pk}"})
            return payment
    except IntegrityError:
        begun = _live(kind, pk)
        if begun is None:
            raise
        return begun
