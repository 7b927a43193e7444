"""What speaks against a chargeback: for an admin who answers the payer's bank (R-PAY-10).

Stored is what the thing's app knows, and which messages there were. Words and addresses stay where they are, and are
read when somebody looks: what is deleted or erased meanwhile is in no evidence either.
"""

from typing import Any

from audit.models import AuditEntry
from audit.services import came_from
from messaging.services import excerpts
from payments.models import Dispute, DisputeKind, Payment
from payments.payables import payable_of


def gather(payment: Payment) -> dict[str, Any]:
    """As it is now, to be stored with a chargeback of the payment."""
    payable = payable_of(payment.payable_kind)
    since = payable.began_at(payment.payable_id)
    messages = excerpts.latest(payment.payer_id, payment.tutor.user_id, since=since)
    return payable.evidence(payment.payable_id) | {"messages": messages}


def legible(dispute: Dispute) -> dict[str, Any]:
    """What is stored, with the messages' words; of a chargeback also from where the payment was begun, if known."""
    found = dict(dispute.evidence)
    if "messages" in found:
        found["messages"] = _words(dispute.payment, found["messages"])
    address = _begun_from(dispute.payment) if dispute.kind == DisputeKind.CHARGEBACK else ""
    return found | ({"payment_begun_from": address} if address else {})


def _words(payment: Payment, ids: list[int]) -> list[dict[str, str]]:
    messages = excerpts.read(ids, payment.payer_id, payment.tutor.user_id)
    return [
        {
            "who": "student" if message.sender_id == payment.payer_id else "tutor",
            "at": message.created_at.isoformat(),
            "text": message.text,
        }
        for message in messages
    ]


def _begun_from(payment: Payment) -> str:
    """The payer's own address, from the log. Who confirms is the provider, whose word may come by its own request."""
    about = AuditEntry.objects.filter(object_type=payment._meta.label_lower, object_id=str(payment.pk))
    begun = about.filter(action="payment.created", actor_id=payment.payer_id).first()
    return came_from(begun).ip if begun else ""
