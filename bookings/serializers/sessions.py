"""Sessions as far as they are bookings: what the mentor contract sends and reads."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from bookings.serializers.bookings import BookingInputSerializer, ProposalSerializer, RescheduleSerializer
from bookings.serializers.packages import IdField
from sessions_app.serializers import AwareDateTimeField, SessionDetailSerializer, SessionInputSerializer

# What the contract calls a booking's fields, where it has another word.
_ALIASES = {
    "tutor_profile_id": "mentor_id",
    "start_at": "scheduled_at",
    "duration_minutes": "duration",
    "notes_student": "notes",
}
NAMES_A_TUTOR = ("mentor_id", "tutor_profile_id")
NOBODY = (None, "")


class LessonInputSerializer(BookingInputSerializer):
    """A lesson that a student books of a mentor, in the contract's words or in those of bookings."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            sent = {name: data[name] for name in data}  # of a form: the last of each
            for name, alias in _ALIASES.items():
                if alias in sent and sent.get(name) in NOBODY:
                    sent[name] = sent[alias]
            data = sent
        return super().to_internal_value(data)


class SessionOrLessonInputSerializer(SessionInputSerializer):
    """A new session of the host's own; or with `mentor_id` (or `tutor_profile_id`) a student's lesson with that mentor:
    then only `start_at` (or `scheduled_at`) is needed besides, and the fields of a session are not.
    """

    mentor_id = IdField(required=False, help_text="Books a lesson with this tutor profile; students only.")
    tutor_profile_id = IdField(required=False, help_text="The same.")
    start_at = AwareDateTimeField(required=False, help_text="When the lesson begins: one of the mentor's free slots.")
    scheduled_at = AwareDateTimeField(required=False, help_text="The same.")
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="For the mentor.")


class SessionMadeSerializer(SessionDetailSerializer):
    booking_id = serializers.IntegerField(required=False, help_text="Of a lesson that was booked.")
    bookingId = serializers.IntegerField(required=False, help_text="The same.")  # noqa: N815 - its name on the wire


class SessionMoveSerializer(RescheduleSerializer):
    """Another start; or, of a lesson, up to three to choose from."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not {"new_start_time", "new_start_at", "options"} & attrs.keys():
            raise serializers.ValidationError({"new_start_at": "This field is required."}, code="required")
        return super().validate(attrs)


class SessionRescheduledSerializer(SessionDetailSerializer):
    booking_id = serializers.IntegerField(allow_null=True, help_text="Of a lesson; null of other sessions.")
    reschedule_request = ProposalSerializer(
        allow_null=True, help_text="What was proposed, where the other side has to agree: the session has not moved."
    )
