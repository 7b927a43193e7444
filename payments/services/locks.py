"""Locking a payment. What is paid for is locked before it (`Payable.locked`), earnings and the ledger after it."""

from payments.models import Payment


def lock(payment_id: int) -> Payment:
    """The payment as it is now, locked until the transaction ends."""
    return Payment.objects.select_for_update(of=("self",), no_key=True).select_related("tutor").get(pk=payment_id)
