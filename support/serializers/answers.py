"""What is answered. Fields that are not required are the staff's only."""

from rest_framework import serializers

from bookings.models import BookingStatus, DisputeState
from payments.models import PaymentStatus
from support.clock import Metric
from support.models import Category, Party, Priority, Resolution, TicketStatus, Tier


class TicketPersonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class TicketClockSerializer(serializers.Serializer):
    metric = serializers.ChoiceField([metric.value for metric in Metric])
    state = serializers.ChoiceField(["running", "paused", "stopped"])
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null while nothing runs.")
    stopped_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True)


class TicketCardSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    subject = serializers.CharField()
    category = serializers.ChoiceField(Category.choices)
    priority = serializers.ChoiceField(Priority.choices)
    status = serializers.ChoiceField(TicketStatus.choices)
    is_emergency = serializers.BooleanField()
    requester = TicketPersonSerializer()
    assignee = TicketPersonSerializer(allow_null=True)
    booking_id = serializers.IntegerField(allow_null=True)
    session_id = serializers.IntegerField(allow_null=True)
    previous_ticket_id = serializers.IntegerField(allow_null=True, help_text="The closed one that it follows.")
    merged_into_ticket_id = serializers.IntegerField(allow_null=True)
    can_escalate = serializers.BooleanField(help_text="While it is our turn; a requester may once.")
    reopened_count = serializers.IntegerField()
    resolution = serializers.ChoiceField(Resolution.choices, allow_blank=True)
    close_reason = serializers.CharField(allow_blank=True)
    last_message_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    tier = serializers.ChoiceField(Tier.choices, required=False)
    phone = serializers.CharField(required=False, allow_blank=True)
    requester_email = serializers.CharField(required=False)
    requester_role = serializers.CharField(required=False)
    sla = TicketClockSerializer(many=True, required=False)


class TicketMessageSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    author = TicketPersonSerializer()
    is_staff = serializers.BooleanField()
    is_internal = serializers.BooleanField(help_text="A note; only the staff is ever shown one.")
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class SatisfactionSerializer(serializers.Serializer):
    rating = serializers.IntegerField()
    comment = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class TicketPaymentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    status = serializers.ChoiceField(PaymentStatus.choices)
    amount = serializers.FloatField()
    currency = serializers.CharField()
    captured_amount = serializers.FloatField()
    refunded_amount = serializers.FloatField()
    is_disputed = serializers.BooleanField(help_text="By the payer or the payer's bank, and not decided yet.")


class TicketBookingSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    status = serializers.ChoiceField(BookingStatus.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    price = serializers.FloatField()
    currency = serializers.CharField()
    refund_percent = serializers.IntegerField(allow_null=True)
    refund_amount = serializers.FloatField(allow_null=True)
    dispute_state = serializers.ChoiceField(DisputeState.choices)
    student = TicketPersonSerializer()
    tutor = TicketPersonSerializer()
    subject = serializers.CharField(allow_null=True)
    payments = TicketPaymentSerializer(many=True, help_text="Newest first; of a lesson with a package, the package's.")


class TicketHistorySerializer(serializers.Serializer):
    kind = serializers.CharField()
    party = serializers.ChoiceField(Party.choices)
    actor_id = serializers.IntegerField(allow_null=True)
    from_status = serializers.CharField(allow_blank=True)
    to_status = serializers.CharField(allow_blank=True)
    data = serializers.DictField()  # type: ignore[assignment] # its name on the wire
    created_at = serializers.DateTimeField()


class TicketSerializer(TicketCardSerializer):
    description = serializers.CharField(help_text="What the requester wrote first.")
    messages = TicketMessageSerializer(many=True, help_text="The latest 200, oldest first.")
    message_count = serializers.IntegerField()
    satisfaction = SatisfactionSerializer(allow_null=True)
    booking = TicketBookingSerializer(required=False, allow_null=True)
    history = TicketHistorySerializer(many=True, required=False, help_text="Oldest first.")


class TicketSaidSerializer(serializers.Serializer):
    ticket_id = serializers.IntegerField(help_text="Where it is: a closed ticket goes on in another one.")
    message = TicketMessageSerializer()


class EmergencySerializer(serializers.Serializer):
    ticket_id = serializers.IntegerField()
    message = serializers.CharField()
    guidance = serializers.CharField(help_text="What to do first, for people.")


class FeedbackGivenSerializer(serializers.Serializer):
    message = serializers.CharField()
    id = serializers.IntegerField()
