"""What the sandbox keeps, in the words of `payments.gateways.base`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from payments.gateways.base import DisputeState, FeeState, IntentState, RefundState, ReversalState, TransferState
from payments.models import DisputeStatus, PaymentStatus, PayoutStatus, RefundStatus


def intent_state(data: Mapping[str, Any]) -> IntentState:
    return IntentState(
        id=data["id"],
        status=PaymentStatus(data["status"]),
        amount=Decimal(data["amount"]),
        currency=data["currency"],
        captured=Decimal(data["captured"]),
        client_secret=data["client_secret"],
        payment_ref=data["payment_ref"],
        failure_code=data["failure"][0],
        failure_message=data["failure"][1],
        refunds=tuple(
            RefundState(
                each["id"], RefundStatus(each["status"]), Decimal(each["amount"]), each["our_id"], each["failure"]
            )
            for each in data["refunds"]
        ),
        disputes=tuple(
            DisputeState(
                each["id"],
                DisputeStatus(each["status"]),
                Decimal(each["amount"]),
                each["reason"],
                datetime.fromtimestamp(each["evidence_due_by"], UTC),
            )
            for each in data["disputes"]
        ),
        # What was made before the sandbox had fees has none.
        fees=tuple(FeeState(each["id"], Decimal(each["amount"]), data["currency"]) for each in data.get("fees", ())),
    )


def transfer_state(data: Mapping[str, Any]) -> TransferState:
    reversals = tuple(
        ReversalState(each["id"], Decimal(each["amount"]), each["our_id"]) for each in data.get("reversals", ())
    )
    return TransferState(data["id"], PayoutStatus(data["status"]), data["failure"], reversals)
