"""By which ways somebody wants to be reached, and when not."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import ProfileSerializer, UserSerializer
from accounts.serializers.clock import MINUTES_OF_A_DAY, ClockField, DayField
from notifications.kinds import CATEGORIES, CHANNELS, KINDS
from notifications.models import NotificationPreferences
from notifications.services import choices


class PreferencesSerializer(ProfileSerializer):
    """Any subset: the channels, and what else people may change about themselves."""

    email_notifications = serializers.BooleanField(source="email", required=False)
    push_notifications = serializers.BooleanField(source="push", required=False)
    sms_notifications = serializers.BooleanField(source="sms", required=False)


class ChannelsSerializer(serializers.ModelSerializer):
    email_notifications = serializers.BooleanField(source="email")
    push_notifications = serializers.BooleanField(source="push")
    sms_notifications = serializers.BooleanField(source="sms")

    class Meta:
        model = NotificationPreferences
        fields = ("email_notifications", "push_notifications", "sms_notifications")
        read_only_fields = fields


class UserWithPreferencesSerializer(UserSerializer, ChannelsSerializer):
    """The answer: the account and its channels."""

    class Meta(UserSerializer.Meta):
        fields = UserSerializer.Meta.fields + ChannelsSerializer.Meta.fields


class MatrixField(serializers.DictField):
    """`{name: {channel: true, false or null}}` of the names that there are. null takes a choice back."""

    def __init__(self, names: Any, **kwargs: Any) -> None:
        self.names = frozenset(names)
        channels = serializers.DictField(child=serializers.BooleanField(allow_null=True))
        super().__init__(child=channels, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, dict[str, bool | None]]:
        chosen = super().to_internal_value(data)
        for name, cells in chosen.items():
            if name not in self.names:
                raise serializers.ValidationError(f"There is no {name!r}.")
            if unknown := [channel for channel in cells if channel not in CHANNELS]:
                raise serializers.ValidationError(f"There is no channel {unknown[0]!r}.")
        return chosen


class QuietHoursSerializer(serializers.Serializer):
    """On the user's own wall. They may last over midnight; the day on which they begin counts."""

    start = ClockField()
    end = ClockField()
    days = serializers.ListField(child=DayField(), required=False, max_length=7, help_text="Left out: every day.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = (attrs[name] % MINUTES_OF_A_DAY for name in ("start", "end"))
        if start == end:
            raise serializers.ValidationError({"end": "Must be another time than start."})
        return {"start": start, "end": end, "days": sorted(set(attrs.get("days", range(7))))}


class ReachSerializer(serializers.Serializer):
    """How somebody wants to be reached; what is left out stays as it is."""

    email = serializers.BooleanField(required=False)
    push = serializers.BooleanField(required=False)
    sms = serializers.BooleanField(required=False, help_text="Kept for later: no site sends any yet.")
    types = MatrixField(KINDS, help_text="Choices for single types.")
    categories = MatrixField(CATEGORIES, help_text="Choices for whole categories.")
    quiet_hours = QuietHoursSerializer(required=False, allow_null=True)
    digests = serializers.DictField(
        child=serializers.ChoiceField(choices.DIGESTS), required=False, help_text="How often mails come, by category."
    )
    digest_hour = serializers.IntegerField(
        min_value=0, max_value=23, required=False, help_text="When daily and weekly ones come."
    )

    def validate_digests(self, digests: dict[str, str]) -> dict[str, str]:
        if unknown := [category for category in digests if category not in CATEGORIES]:
            raise serializers.ValidationError(f"There is no {unknown[0]!r}.")
        return digests


class ReachedSerializer(serializers.ModelSerializer):
    """What was chosen, and what follows from it for every type."""

    quiet_hours = serializers.SerializerMethodField()
    effective = serializers.SerializerMethodField()

    class Meta:
        model = NotificationPreferences
        fields = (
            *("email", "push", "sms", "types", "categories", "quiet_hours", "digests", "digest_hour", "effective"),
        )
        read_only_fields = fields

    @extend_schema_field(
        {
            "type": ["object", "null"],
            "properties": {
                "start": {"type": "string"},
                "end": {"type": "string"},
                "days": {"type": "array", "items": {"type": "string"}},
            },
        }
    )
    def get_quiet_hours(self, preferences: NotificationPreferences) -> dict[str, Any] | None:
        if preferences.quiet_start is None or preferences.quiet_end is None:
            return None
        clock, day = ClockField(), DayField()
        return {
            "start": clock.to_representation(preferences.quiet_start),
            "end": clock.to_representation(preferences.quiet_end),
            "days": [day.to_representation(number) for number in preferences.quiet_days],
        }

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "object"}})
    def get_effective(self, preferences: NotificationPreferences) -> dict[str, Any]:
        return {
            kind.name: {
                "category": kind.category,
                "label": kind.label,
                "mandatory": kind.mandatory,
                "channels": {channel: choices.wants(preferences, kind, channel) for channel in CHANNELS},
            }
            for kind in KINDS.values()
        }
