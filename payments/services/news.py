"""Who is told what of money. All of it but reminders is mandatory (R-NOTIF-2)."""

from decimal import Decimal

from accounts.models import Role, User
from common.money import round_money
from notifications.services import Notice
from payments.models import Dispute, DisputeStatus, Payment, PaymentStatus, Payout, Refund, Reversal
from payments.payables import News

NOTHING = News([], [])


def status_changed(payment: Payment, before: str) -> News:
    """Tell the payer of what is paid, set aside or failed, and the tutor of what is paid."""
    sum_of_it = amount_in_words(payment.amount, payment.currency)
    if payment.status == PaymentStatus.FAILED:
        text = f"The payment of {sum_of_it} for {payment.description} failed. {payment.failure_message}".strip()
        key = f"payment_failed:{payment.updated_at:%Y%m%d%H%M%S%f}"  # it may be tried again, and fail again
        return News([_notice(payment.payer_id, payment, "payment_failed", "Payment failed", text, key)], [])
    if payment.status == PaymentStatus.AUTHORIZED:
        text = f"{sum_of_it} for {payment.description} are set aside. They are taken when the tutor confirms."
        return News([_notice(payment.payer_id, payment, "payment_authorized", "Payment set aside", text)], [])
    if payment.status == PaymentStatus.SUCCEEDED and before not in (
        PaymentStatus.PARTIALLY_REFUNDED,
        PaymentStatus.REFUNDED,
    ):
        taken = amount_in_words(payment.captured_amount, payment.currency)
        to_payer = f"You paid {taken} for {payment.description}."
        to_tutor = f"{payment.payer.display_name} paid {taken} for {payment.description}."
        return News(
            [
                _notice(payment.payer_id, payment, "payment_succeeded", "Payment received", to_payer),
                _notice(payment.tutor.user_id, payment, "payment_received", "A student has paid", to_tutor),
            ],
            [],
        )
    return NOTHING


def still_unpaid(payment: Payment) -> Notice:
    """Tell the payer that they have not finished, and where to go on."""
    sum_of_it = amount_in_words(payment.amount, payment.currency)
    text = f"You began to pay {sum_of_it} for {payment.description} and have not finished. You can go on with it."
    return _notice(payment.payer_id, payment, "payment_reminder", "Your payment is not finished", text)


def refunded(payment: Payment, refund: Refund) -> News:
    """Tell the payer."""
    text = f"{amount_in_words(refund.amount, payment.currency)} for {payment.description} are on their way back to you."
    return News([_notice(payment.payer_id, payment, "payment_refunded", "Refund", text, f"refund:{refund.pk}")], [])


def refund_failed(payment: Payment, refund: Refund) -> News:
    """Tell the admins: somebody has to give it again, or find another way."""
    sum_of_it = amount_in_words(refund.amount, payment.currency)
    text = f"The refund of {sum_of_it} of payment {payment.pk} failed, and is not tried again by itself."
    return _to_admins(payment, "payment_refund_failed", "A refund failed", text, f"refund_failed:{refund.pk}")


def dispute_opened(payment: Payment, dispute: Dispute) -> News:
    """Tell the tutor, whose money is frozen, and the admins, who decide."""
    text = f"{amount_in_words(dispute.amount, payment.currency)} for {payment.description} are disputed."
    key = f"dispute:{dispute.pk}"
    to_tutor = _notice(payment.tutor.user_id, payment, "payment_disputed", "A payment is disputed", text, key)
    return News([to_tutor, *_to_admins(payment, "payment_disputed", "A payment is disputed", text, key).notices], [])


def dispute_closed(payment: Payment, dispute: Dispute) -> News:
    """Tell both sides how it ended."""
    to_payer = dispute.status == DisputeStatus.LOST
    text = (
        f"The dispute about {payment.description} is decided: the money goes {'back' if to_payer else 'to the tutor'}."
    )
    key = f"dispute_closed:{dispute.pk}:{dispute.status}"
    return News(
        [
            _notice(user_id, payment, "payment_dispute_closed", "Dispute decided", text, key)
            for user_id in {payment.payer_id, payment.tutor.user_id}
        ],
        [],
    )


def payout_paid(payout: Payout) -> Notice:
    """Tell the tutor."""
    text = f"{amount_in_words(payout.amount, payout.currency)} are on their way to your account."
    return _of_payout(payout, "payout_paid", "You are paid", text)


def payout_reversed(reversal: Reversal) -> Notice:
    """Tell the tutor what was taken back of it, and for what."""
    payout, line = reversal.payout, reversal.earning
    sum_of_it = amount_in_words(reversal.amount, payout.currency)
    paid = amount_in_words(payout.amount, payout.currency)
    what = line.description.removeprefix("Correction: ")
    text = f"A student got money back ({what}), so {sum_of_it} of your payout of {paid} were taken back."
    return _of_payout(payout, "payout_reversed", "A part of a payout was taken back", text, f":{reversal.pk}")


def payout_failed(payout: Payout) -> Notice:
    """Tell the tutor that it is not lost."""
    sum_of_it = amount_in_words(payout.amount, payout.currency)
    text = f"The payout of {sum_of_it} did not arrive. It is with us until the next one."
    return _of_payout(payout, "payout_failed", "A payout failed", text)


def amount_in_words(amount: Decimal, currency: str) -> str:
    """Such as `45.00 USD`."""
    return f"{round_money(amount, currency)} {currency}"


def _to_admins(payment: Payment, kind: str, title: str, text: str, key: str) -> News:
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").values_list("pk", flat=True)
    return News([_notice(pk, payment, kind, title, text, key) for pk in admins], [])


def _notice(recipient_id: int, payment: Payment, kind: str, title: str, text: str, key: str = "") -> Notice:
    return Notice(
        recipient_id=recipient_id,
        kind=kind,
        title=title,
        message=text,
        link=f"/payments/{payment.pk}",
        data={
            "payment_id": payment.pk,
            "status": payment.status,
            "payable_kind": payment.payable_kind,
            "payable_id": payment.payable_id,
        },
        about=f"payment:{payment.pk}",
        dedupe_key=f"payment:{payment.pk}:{key or kind}",
    )


def _of_payout(payout: Payout, kind: str, title: str, text: str, key: str = "") -> Notice:
    return Notice(
        recipient_id=payout.tutor.user_id,
        kind=kind,
        title=title,
        message=text,
        link=f"/payouts/{payout.pk}",
        data={"payout_id": payout.pk, "status": payout.status},
        about=f"payout:{payout.pk}",
        dedupe_key=f"payout:{payout.pk}:{kind}{key}",
    )
