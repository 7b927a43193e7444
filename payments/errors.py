"""The refusals of payments."""

from common.errors import Busy, Conflict, Invalid, PaymentRequired


class NothingToPay(Conflict):
    code = "NOTHING_TO_PAY"
    message = "There is nothing to pay for this."


class AlreadyPaid(Conflict):
    code = "ALREADY_PAID"
    message = "This is paid already."


class AmountMismatch(Invalid):
    """The amount is worked out here; a client that believes another is mistaken (R-PAY-12)."""

    code = "AMOUNT_MISMATCH"
    message = "This is not what has to be paid."


class PaymentRefused(PaymentRequired):
    """The provider says no; `provider_code` is its word for why."""

    code = "PAYMENT_REFUSED"
    message = "The payment was refused."


class ProviderUnavailable(Busy):
    code = "PAYMENT_PROVIDER_UNAVAILABLE"
    message = "The payment provider does not answer. Nothing is lost: try again in a moment."


class BadWebhook(Invalid):
    code = "BAD_SIGNATURE"
    message = "This event is not signed by the provider, or too old."


class NotRefundable(Conflict):
    code = "NOT_REFUNDABLE"
    message = "Nothing of this payment can be given back."


class RefundTooLarge(Conflict):
    """`refundable` is what could still be given back."""

    code = "REFUND_TOO_LARGE"
    message = "That is more than is left of this payment."


class StillOn(Conflict):
    code = "LESSON_STILL_ON"
    message = "Cancel the lesson first: what its terms give back then comes by itself."


class DisputeRefused(Conflict):
    """`reason` says why: not paid, too late, or given back already."""

    code = "DISPUTE_REFUSED"
    message = "This payment cannot be disputed."


class DisputeOpen(Conflict):
    code = "DISPUTE_OPEN"
    message = "There is a dispute about this payment already."


class DisputeClosed(Conflict):
    code = "DISPUTE_CLOSED"
    message = "This dispute is decided already."
