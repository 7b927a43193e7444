"""What is sent. Whether it may be, the services decide."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.serializers.moments import AwareDateTimeField
from accounts.serializers.money import SMALLEST_AMOUNT, AmountField
from accounts.serializers.verification import OfMentorSerializer
from common.filters import LARGEST_ID
from notifications.errors import ExactlyOne

# More than anybody pays at once, in the smallest currency, and less than what can be kept.
LARGEST_SUM = Decimal(10_000_000_000)
LONGEST_TEXT = 5000
LONGEST_REASON = 500


class IdField(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": LARGEST_ID} | kwargs))


class IntentInputSerializer(serializers.Serializer):
    """What is to be paid: exactly one of the three ids. The amount follows from it."""

    booking_id = IdField(required=False, allow_null=True, help_text="A lesson of one's own.")
    purchase_id = IdField(required=False, allow_null=True, help_text="A package that one is buying.")
    session_id = IdField(required=False, allow_null=True, help_text="The private session of a lesson.")
    amount = AmountField(
        min_value=0,
        max_value=LARGEST_SUM,
        required=False,
        allow_null=True,
        help_text="What the client believes to pay: another amount than ours is refused.",
    )
    currency = serializers.CharField(
        min_length=3, max_length=3, required=False, allow_null=True, help_text="ISO 4217; likewise."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [(kind, attrs.pop(f"{kind}_id", None)) for kind in ("booking", "purchase", "session")]
        given = [(kind, pk) for kind, pk in named if pk is not None]
        if len(given) != 1:
            raise ExactlyOne("Send exactly one of bookingId, purchaseId and sessionId.")
        return attrs | {"what": given[0]}


class ConfirmInputSerializer(serializers.Serializer):
    payment_id = IdField()
    payment_method = serializers.CharField(
        max_length=100,
        required=False,
        allow_blank=True,
        help_text="A name that the provider gave, never a card's number. Left out: the browser has paid already.",
    )


class RefundInputSerializer(serializers.Serializer):
    payment_id = IdField()
    amount = AmountField(
        min_value=SMALLEST_AMOUNT,
        max_value=LARGEST_SUM,
        required=False,
        allow_null=True,
        help_text="For admins; all that is left by default. Who paid gets what the terms give.",
    )
    reason = serializers.CharField(max_length=LONGEST_REASON)


class DisputeInputSerializer(serializers.Serializer):
    payment_id = IdField()
    reason = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=LONGEST_TEXT)


class PayoutRunSerializer(serializers.Serializer):
    mentor_id = IdField(required=False, allow_null=True, help_text="Only to this mentor.")
    period_end = AwareDateTimeField(
        required=False, allow_null=True, help_text="Only what was available before it, less all debts; now by default."
    )


class PayoutQuerySerializer(OfMentorSerializer):
    page = serializers.IntegerField(required=False, help_text="The page, from 1. One beyond the last is empty.")
    page_size = serializers.IntegerField(
        required=False, help_text="Items on a page: 20 by default, at most 100 (clamped)."
    )
