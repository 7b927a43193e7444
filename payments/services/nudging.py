"""Reminding people of what they began to pay (R-REM-6)."""

import logging
from datetime import datetime, timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError

from common.errors import DomainError, NotFound
from notifications.services import notify
from payments.errors import NothingToPay
from payments.models import Payment
from payments.models.payment import PAYERS_TURN
from payments.payables import payable_of
from payments.services import news
from payments.services.locks import lock

log = logging.getLogger(__name__)

AFTER = timedelta(minutes=5)


def nudge_due(*, now: datetime, limit: int = 500) -> int:
    """Tell payers who began and have not finished; returns how many.

    Each payment is looked at once and never again, whatever comes of it. Safe to repeat; several may run at once.
    """
    due = Payment.objects.filter(nudge_at__lte=now).order_by("nudge_at")
    return sum(_nudge(payment, now) for payment in due[:limit])


def _nudge(seen: Payment, now: datetime) -> bool:
    """One that fails does not hold up the others; it is due again the next time."""
    try:
        with payable_of(seen.payable_kind).locked(seen.payable_id):
            payment = lock(seen.pk)
            if payment.nudge_at is None or payment.nudge_at > now:
                return False  # another run was here first
            payment.nudge_at = None
            payment.save(update_fields=["nudge_at", "updated_at"])
            is_told = payment.status in PAYERS_TURN and _is_to_be_paid(payment)
            notify([news.still_unpaid(payment)] if is_told else [])
            return is_told
    except (DomainError, DatabaseError, ObjectDoesNotExist):
        log.warning("payment_not_nudged", extra={"payment": seen.pk}, exc_info=True)
        return False


def _is_to_be_paid(payment: Payment) -> bool:
    """Whether what it is for, which is locked, is still on."""
    try:
        payable_of(payment.payable_kind).bill(payment.payable_id, payer=payment.payer)
    except (NotFound, NothingToPay):
        return False
    return True
