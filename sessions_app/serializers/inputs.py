"""What may be said of sessions."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers.moments import AwareDateTimeField
from catalog.models import Subject
from sessions_app.models import SessionLevel

SHORTEST, LONGEST, STEP = 15, 240, 5
LONGEST_DESCRIPTION = 5000


@extend_schema_field({"type": "integer", "multipleOf": STEP})
class MinutesField(serializers.IntegerField):
    pass


class LevelField(serializers.ChoiceField):
    """In any case of letters; empty for any level."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(SessionLevel.choices, **(kwargs | {"allow_blank": True}))

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.strip().lower() if isinstance(data, str) else data)


class SessionInputSerializer(serializers.Serializer):
    """What a host says of a session. With `partial=True` each field may be left out."""

    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, allow_blank=True, required=False)
    date = AwareDateTimeField(source="starts_at", help_text="When it begins; in the future.")
    max_participants = serializers.IntegerField(min_value=2, max_value=20)
    duration_minutes = MinutesField(
        min_value=SHORTEST, max_value=LONGEST, required=False, help_text="In steps of 5; 60 by default."
    )
    subject_id = serializers.PrimaryKeyRelatedField(
        source="subject", queryset=Subject.objects.all(), required=False, allow_null=True
    )
    level = LevelField(required=False)
    needs_approval = serializers.BooleanField(
        required=False, help_text="The host decides about each who wants to join."
    )
    min_participants = serializers.IntegerField(
        min_value=1,
        max_value=20,
        required=False,
        help_text="With fewer, half a day before, it is cancelled; 1 by default.",
    )
    runs_anyway = serializers.BooleanField(
        required=False, help_text="With fewer than that it takes place all the same."
    )

    def validate_duration_minutes(self, value: int) -> int:
        if value % STEP:
            raise serializers.ValidationError(f"Must be a multiple of {STEP}.")
        return value


class SessionChangesSerializer(SessionInputSerializer):
    """What is left out stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))


class CancelSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class LearnerOfThePathSerializer(serializers.Serializer):
    learner_id = serializers.IntegerField(required=False, help_text="The learner of the path, if it is sent at all.")

    def validate_learner_id(self, value: int) -> int:
        if value != self.context["view"].learner.pk:
            raise serializers.ValidationError("Must be the learner of the path.")
        return value


class ZoneQuerySerializer(serializers.Serializer):
    tz = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="An IANA time zone: adds `start_local` and `utc_offset`, the time on a wall there.",
    )
