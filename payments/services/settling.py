"""Money follows what becomes of a thing that was paid for: taken, given back, or earned by the tutor.

The app above says how things stand in the end, whenever they change, in its own transaction; here that is compared with
what the payment holds. Nothing happens twice, and what comes late is settled when it comes.
"""

from decimal import Decimal

from payments.models import Payment, PaymentStatus, RefundStatus
from payments.models.payment import UNPAID
from payments.services import calls, earning, refunding, refunds
from payments.services.earning import Earned
from payments.services.locks import lock

BASIS = "policy"  # of the refunds that are made here: the terms give them


def newest_of(kind: str, pk: int) -> Payment | None:
    """The payment that holds the thing's money, if there is one."""
    return Payment.objects.of(kind, pk).exclude(status=PaymentStatus.CANCELED).first()


def settle(
    kind: str, pk: int, *, keep: Decimal | None, take: bool = False, earned: Earned | None = None
) -> Payment | None:
    """Make the payment of the locked thing fit: returns it, or None where nothing was paid.

    `keep` is what the payer is to have paid in the end, None while that is open: what is beyond it goes back, and a
    payment of nothing is given up. `take`: take now what was set aside. `earned` is what the tutor has earned by it.
    """
    newest = newest_of(kind, pk)
    if newest is None:
        return None
    payment = lock(newest.pk)
    if payment.status in UNPAID:
        if keep == 0:
            calls.plan_void(payment)
    elif payment.status == PaymentStatus.AUTHORIZED:
        _take_or_leave(payment, keep, take=take)
    elif keep is not None:
        _give_back_beyond(payment, keep)
    if earned is not None and payment.captured_amount:
        earning.write(payment, earned)
    return payment


def _take_or_leave(payment: Payment, keep: Decimal | None, *, take: bool) -> None:
    if keep == 0:
        calls.plan_void(payment)
    elif keep is not None:
        calls.plan_capture(payment, min(keep, payment.amount))
    elif take:
        calls.plan_capture(payment, payment.amount)


def _give_back_beyond(payment: Payment, keep: Decimal) -> None:
    beyond = min(payment.refundable_amount - keep - _waiting_for_an_admin(payment), refunding.left_of(payment))
    if beyond > 0:
        refunds.make(payment, beyond, basis=BASIS, actor=None)


def _waiting_for_an_admin(payment: Payment) -> Decimal:
    """What the terms have given back, has failed, and nobody has given again: it would only fail once more, so it is
    not tried again by itself.
    """
    waiting = Decimal(0)
    for refund in payment.refunds.order_by("pk"):
        has_failed = refund.status == RefundStatus.FAILED
        if refund.basis == BASIS and has_failed:
            waiting += refund.amount
        elif refund.basis != BASIS and not has_failed:
            waiting = max(waiting - refund.amount, Decimal(0))
    return waiting
