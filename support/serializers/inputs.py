"""What is sent. Whether it may be, the services decide."""

from typing import Any

from rest_framework import serializers

from common.filters import LARGEST_ID
from support.models import Category, Priority, TicketStatus
from support.services.opening import LONGEST_SUBJECT

LONGEST_TEXT = 5000
LONGEST_REASON = 500


class IdField(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": LARGEST_ID} | kwargs))


class TicketInputSerializer(serializers.Serializer):
    subject = serializers.CharField(max_length=LONGEST_SUBJECT)
    description = serializers.CharField(max_length=LONGEST_TEXT)
    category = serializers.ChoiceField(
        Category.choices, required=False, help_text="Left out: guessed from what is written."
    )
    priority = serializers.ChoiceField(Priority.choices, required=False, help_text="`normal` by default.")
    booking_id = IdField(required=False, allow_null=True, help_text="A lesson of one's own that it is about.")


class TicketUpdateSerializer(serializers.Serializer):
    """A requester may send `message`, and `closed` as the `status`; the rest is for the staff."""

    message = serializers.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        help_text="With `resolved` what came of it, with `closed` why (500 characters then).",
    )
    priority = serializers.ChoiceField(Priority.choices, required=False)
    status = serializers.ChoiceField(
        TicketStatus.choices,
        required=False,
        help_text="`in_progress` takes an open ticket, or gives an escalated one back to the tier before.",
    )
    assignee_id = IdField(required=False, allow_null=True, help_text="Somebody of the staff, or null.")
    internal = serializers.BooleanField(required=False, help_text="The message is a note that only the staff sees.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("status") == TicketStatus.CLOSED and len(attrs.get("message", "")) > LONGEST_REASON:
            raise serializers.ValidationError(
                {"message": f"A reason has at most {LONGEST_REASON} characters."}, code="REASON_TOO_LONG"
            )
        return attrs


class TicketReasonSerializer(serializers.Serializer):
    ticket_id = IdField()
    reason = serializers.CharField(max_length=LONGEST_REASON)


class TicketChatInputSerializer(serializers.Serializer):
    ticket_id = IdField(required=False, allow_null=True, help_text="Left out: a new ticket.")
    message = serializers.CharField(max_length=LONGEST_TEXT)


class EmergencyInputSerializer(serializers.Serializer):
    session_id = IdField(required=False, allow_null=True, help_text="Where it happens, or happened.")
    message = serializers.CharField(max_length=LONGEST_TEXT)
    phone = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="Where to call back, in whatever form."
    )


class FeedbackInputSerializer(serializers.Serializer):
    rating = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True)
    category = serializers.CharField(max_length=50, required=False, allow_blank=True)
    ticket_id = IdField(
        required=False,
        allow_null=True,
        help_text="How one found what support did: once, within 14 days after it was resolved.",
    )
