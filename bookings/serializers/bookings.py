"""Bookings."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.models import BookingStatus, DisputeState, NoShowClaim, Party
from bookings.serializers.packages import IdField
from catalog.models import Subject
from sessions_app.models import SessionStatus
from sessions_app.serializers import LONGEST, SHORTEST, STEP, AwareDateTimeField, MinutesField, SubjectRefSerializer

LESSON_TYPES = ("online", "trial", "regular", "package")
# What the list may be narrowed to: the document's words, then the exact states.
WORDS = ("upcoming", "pending", "completed", "cancelled", "no_show", "rescheduled")
STATUS_WORDS = tuple(dict.fromkeys((*WORDS, *BookingStatus.values)))
ROLES = (Party.STUDENT.value, Party.TUTOR.value)
MOST_OPTIONS = 3


class WordField(serializers.ChoiceField):
    """One of the words, whatever the case of its letters."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.lower() if isinstance(data, str) else data)


@extend_schema_field({"type": "string", "enum": [*LESSON_TYPES, *(word.upper() for word in LESSON_TYPES)]})
class LessonTypeField(serializers.CharField):
    """The document's word or one of its client's; answered as it was sent."""

    def to_internal_value(self, data: Any) -> str:
        word = super().to_internal_value(data)
        if word.lower() not in LESSON_TYPES:
            raise serializers.ValidationError(f"Must be one of {', '.join(LESSON_TYPES)}.")
        return word


class BookingInputSerializer(serializers.Serializer):
    """What a student books."""

    tutor_profile_id = IdField()
    start_at = AwareDateTimeField(source="starts_at", help_text="One of the tutor's free slots.")
    duration_minutes = MinutesField(
        min_value=SHORTEST, max_value=LONGEST, required=False, default=60, help_text="One of the tutor's durations."
    )
    lesson_type = LessonTypeField(required=False)
    subject_id = serializers.PrimaryKeyRelatedField(
        source="subject", queryset=Subject.objects.all(), required=False, allow_null=True
    )
    notes_student = serializers.CharField(source="notes", max_length=2000, required=False, allow_blank=True)
    use_package_id = IdField(
        required=False, allow_null=True, help_text="Pay with a credit of this purchase, or of this offer."
    )
    allow_overlap = serializers.BooleanField(
        required=False, help_text="Book although another session of one's own is at that time."
    )

    def validate_duration_minutes(self, value: int) -> int:
        if value % STEP:
            raise serializers.ValidationError(f"Must be a multiple of {STEP}.")
        return value


class BookingQuerySerializer(serializers.Serializer):
    status = WordField(
        STATUS_WORDS,
        required=False,
        allow_blank=True,
        help_text="upcoming (not ended, soonest first), pending, completed, cancelled (declined and expired, too), "
        "no_show, rescheduled, or an exact state; in any case of letters.",
    )
    role = WordField(
        ROLES, required=False, allow_blank=True, help_text="As whom: a tutor sees the tutor's own by default."
    )


class BookingCancelSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    quote_id = serializers.UUIDField(required=False, allow_null=True, help_text="Of a quote that is still valid.")
    refund_percent = serializers.IntegerField(
        min_value=0, max_value=100, required=False, help_text="Admins only; 100 by default."
    )
    release_credit = serializers.BooleanField(required=False, help_text="Admins only; true by default.")


class RescheduleSerializer(serializers.Serializer):
    """One new start, or up to three to choose from."""

    new_start_time = AwareDateTimeField(required=False)
    new_start_at = AwareDateTimeField(required=False, help_text="The same, as the client calls it.")
    options = serializers.ListField(
        child=AwareDateTimeField(),
        required=False,
        min_length=1,
        max_length=MOST_OPTIONS,
        help_text="One to three starts.",
    )
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        single = attrs.get("new_start_time") or attrs.get("new_start_at")
        starts: list[datetime] = [single] if single else list(dict.fromkeys(attrs.get("options", [])))
        if not starts:
            raise serializers.ValidationError({"new_start_time": "This field is required."}, code="required")
        return {"starts": starts, "reason": attrs.get("reason", "")}


class AcceptSerializer(serializers.Serializer):
    """Which of the proposed times; not needed where there is one."""

    start_at = AwareDateTimeField(source="starts_at", required=False, allow_null=True)
    option = serializers.IntegerField(
        min_value=1, max_value=MOST_OPTIONS, required=False, allow_null=True, help_text="Its number, from 1."
    )


class ConfirmSerializer(serializers.Serializer):
    notes_tutor = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class StatementSerializer(serializers.Serializer):
    notes = serializers.CharField(
        source="statement", max_length=1000, required=False, allow_blank=True, help_text="What happened."
    )


class StudentAbsentSerializer(StatementSerializer):
    was_present = serializers.BooleanField(
        required=False, help_text="One's statement that one was there; notes say so as well."
    )


# --- answers ------------------------------------------------------------------------------------------------------


class BookingTutorSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="Of the tutor profile.")
    user_id = serializers.IntegerField()
    name = serializers.CharField()
    avatar_url = serializers.CharField()
    rating_avg = serializers.FloatField()
    title = serializers.CharField()


class BookingStudentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    avatar_url = serializers.CharField()
    level = serializers.CharField(allow_null=True)


class ProposedTimeSerializer(serializers.Serializer):
    option = serializers.IntegerField()
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()


class ProposalSerializer(serializers.Serializer):
    """Other times that one side proposes."""

    id = serializers.IntegerField()
    proposed_by = serializers.ChoiceField(ROLES)
    reason = serializers.CharField()
    lapses_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    options = ProposedTimeSerializer(many=True)


class DeadlineSerializer(serializers.Serializer):
    """A moment, and what the walls of both show then."""

    until = serializers.DateTimeField(allow_null=True)
    student_local = serializers.CharField(allow_null=True)
    tutor_local = serializers.CharField(allow_null=True)


class TierSerializer(DeadlineSerializer):
    refund_percent = serializers.IntegerField()


class CancellationSerializer(serializers.Serializer):
    """The terms that were agreed, as words and as deadlines."""

    policy = serializers.CharField()
    text = serializers.CharField()
    non_refundable = serializers.BooleanField(help_text="Moved by the student in the late window.")
    free_until = DeadlineSerializer(help_text="Until then the student loses nothing.")
    tiers = TierSerializer(many=True)


class NoShowClaimSerializer(serializers.Serializer):
    absent = serializers.ChoiceField(ROLES)
    state = serializers.ChoiceField(NoShowClaim.State.choices)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    contest_until = serializers.DateTimeField()


class BookingCardSerializer(serializers.Serializer):
    """A booking in a list."""

    id = serializers.IntegerField()
    session_id = serializers.IntegerField()
    student_id = serializers.IntegerField()
    tutor_profile_id = serializers.IntegerField()
    tutor_name = serializers.CharField()
    student_name = serializers.CharField()
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    start_at = serializers.DateTimeField()
    end_at = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    status = serializers.ChoiceField(BookingStatus.choices)
    session_status = serializers.ChoiceField(SessionStatus.choices)
    cancelled_by = serializers.ChoiceField(Party.choices, allow_null=True)
    cancel_reason = serializers.CharField(help_text="Of whoever cancelled or declined.")
    dispute_state = serializers.ChoiceField(DisputeState.choices)
    lesson_type = serializers.CharField()
    topic = serializers.CharField(allow_null=True)
    subject = SubjectRefSerializer(allow_null=True)
    subject_name = serializers.CharField(allow_null=True)
    notes_student = serializers.CharField()
    notes_tutor = serializers.CharField()
    student_tz = serializers.CharField()
    tutor_tz = serializers.CharField()
    tutor = BookingTutorSerializer()
    student = BookingStudentSerializer()
    purchase_id = serializers.IntegerField(allow_null=True, help_text="Of the package that pays with a credit.")
    reschedule_count = serializers.IntegerField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When a request lapses that nobody answers.")
    ended_at = serializers.DateTimeField(allow_null=True)
    uid = serializers.UUIDField(help_text="Of the calendar event.")
    sequence = serializers.IntegerField(help_text="Grows with each move.")
    version = serializers.IntegerField(help_text="For If-Match.")
    join_url = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    price = serializers.FloatField()
    price_student = serializers.FloatField()
    hourly_rate = serializers.FloatField()
    currency = serializers.CharField()
    rate_cents = serializers.IntegerField(help_text="The price in the currency's smallest unit.")
    platform_fee_pct = serializers.FloatField()
    platform_fee_cents = serializers.IntegerField()
    tutor_earnings_cents = serializers.IntegerField()
    refund_percent = serializers.IntegerField(allow_null=True)
    refund_amount = serializers.FloatField(allow_null=True)
    reschedule_request = ProposalSerializer(allow_null=True)


class BookingSerializer(BookingCardSerializer):
    student_start_local = serializers.CharField()
    tutor_start_local = serializers.CharField()
    cancellation = CancellationSerializer()
    no_show_claims = NoShowClaimSerializer(many=True)


class BookingEventSerializer(serializers.Serializer):
    """One line of a booking's history."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    party = serializers.ChoiceField(Party.choices)
    actor_id = serializers.IntegerField(allow_null=True)
    from_status = serializers.ChoiceField(["", *BookingStatus.values])
    to_status = serializers.ChoiceField(["", *BookingStatus.values])
    data = serializers.DictField()  # type: ignore[assignment] # not the serializer's own
    created_at = serializers.DateTimeField()


class CancellationQuoteSerializer(serializers.Serializer):
    quote_id = serializers.UUIDField()
    booking_id = serializers.IntegerField()
    policy = serializers.CharField()
    tier = serializers.ChoiceField(["full", "partial", "none"])
    refund_percent = serializers.IntegerField()
    refund_amount = serializers.FloatField()
    currency = serializers.CharField()
    credit = serializers.ChoiceField(["released", "consumed"], allow_null=True)
    valid_until = serializers.DateTimeField()
