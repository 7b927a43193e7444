"""Shapes of notifications."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Role
from accounts.serializers import ProfileSerializer, UserSerializer, no_control_characters
from accounts.serializers.account import ROLE_SYNONYMS
from accounts.serializers.clock import MINUTES_OF_A_DAY, ClockField, DayField
from notifications import vapid
from notifications.errors import ExactlyOne
from notifications.kinds import CATEGORIES, CHANNELS, KINDS
from notifications.models import Notification, NotificationPreferences, PushSubscription
from notifications.public_https import NotPublic, refuse_other_than_public
from notifications.services import choices

MOST_AT_ONCE = 1000


# As any contract writes them.
ROLE_WORDS = [spelling for word in (*ROLE_SYNONYMS, Role.ADMIN.value) for spelling in (word, word.upper())]


@extend_schema_field({"type": "string", "maxLength": 200, "pattern": r"^[^\u0000-\u001f\u007f]+$"})
class LineField(serializers.CharField):
    """One line of text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[no_control_characters], **kwargs)


class NotificationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Notification
        fields: tuple[str, ...] = ("id", "type", "title", "message", "link", "data", "is_read", "created_at")
        read_only_fields = fields


class AllReadSerializer(serializers.Serializer):
    message = serializers.CharField()
    updated = serializers.IntegerField(help_text="How many were unread.")


class PreferencesSerializer(ProfileSerializer):
    """Any subset: the channels, and what else people may change about themselves."""

    email_notifications = serializers.BooleanField(source="email", required=False)
    push_notifications = serializers.BooleanField(source="push", required=False)
    sms_notifications = serializers.BooleanField(source="sms", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Partial: in a form that leaves a box out, the box is left as it is.
        super().__init__(*args, **(kwargs | {"partial": True}))


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


class NotificationForLearnersSerializer(NotificationSerializer):
    """With the name that the learner_v1 client reads."""

    read = serializers.BooleanField(source="is_read", read_only=True)

    class Meta(NotificationSerializer.Meta):
        fields = (*NotificationSerializer.Meta.fields, "read")
        read_only_fields = fields


class NotificationReadSerializer(NotificationForLearnersSerializer):
    """What came of it, the notification (all but its own `message`), and all of it."""

    success = serializers.BooleanField(read_only=True)
    message = serializers.CharField(read_only=True)
    notification = NotificationForLearnersSerializer(read_only=True)

    class Meta(NotificationForLearnersSerializer.Meta):
        fields = ("success", *NotificationForLearnersSerializer.Meta.fields, "notification")
        read_only_fields = fields


class UnreadCountSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    unread_count = serializers.IntegerField()


class DeletedSerializer(serializers.Serializer):
    message = serializers.CharField()
    deleted = serializers.IntegerField(help_text="How many there were.")


class UpdatedSerializer(serializers.Serializer):
    updated = serializers.IntegerField(help_text="How many were unread.")


class WhichSerializer(serializers.Serializer):
    """One, several, or all: exactly one of the three."""

    id = serializers.IntegerField(min_value=1, max_value=10**18 - 1, required=False)
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=10**18 - 1), max_length=MOST_AT_ONCE, required=False
    )
    all = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1 or attrs.get("all") is False:
            raise ExactlyOne("Send exactly one of id, ids and all: true.")
        return attrs


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
        if missing := [name for name in ("start", "end") if name not in attrs]:  # the whole around it is partial
            raise serializers.ValidationError({missing[0]: "This field is required."})
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Partial: in a form that leaves a box out, the box is left as it is.
        super().__init__(*args, **(kwargs | {"partial": True}))

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


class AnnouncementSerializer(serializers.Serializer):
    """To exactly one of `user_ids`, `role` and `all`."""

    user_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=10**18 - 1),
        min_length=1,
        max_length=MOST_AT_ONCE,
        required=False,
    )
    role = serializers.ChoiceField(ROLE_WORDS, required=False, help_text="In any contract's word.")
    all = serializers.BooleanField(required=False)
    title = LineField(max_length=200)
    message = serializers.CharField(max_length=2000)
    link = serializers.CharField(max_length=300, required=False, allow_blank=True, help_text="A path of the front end.")

    def validate_role(self, word: str) -> str:
        return ROLE_SYNONYMS.get(word.lower(), word.lower())

    def validate_link(self, link: str) -> str:
        if link and (not link.startswith("/") or link.startswith("//") or "\\" in link):
            raise serializers.ValidationError("Must be a path of the front end, such as /packages.")
        no_control_characters(link)
        return link

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("user_ids", "role", "all") if attrs.get(name)]
        if len(named) != 1:
            raise ExactlyOne("Send exactly one of user_ids, role and all: true.")
        attrs.pop("all", None)
        return attrs


class QueuedSerializer(serializers.Serializer):
    queued = serializers.IntegerField(help_text="To how many people.")


class PushKeySerializer(serializers.Serializer):
    public_key = serializers.CharField(allow_null=True, help_text="`applicationServerKey`; null where nobody can push.")


class BrowserKeysSerializer(serializers.Serializer):
    p256dh = serializers.RegexField(
        r"^[A-Za-z0-9_-]{87}=?$", help_text="A public key of P-256: 65 bytes, in base64url."
    )
    auth = serializers.RegexField(r"^[A-Za-z0-9_-]{22}(==)?$", help_text="Of 16 bytes, in base64url.")

    def validate_p256dh(self, key: str) -> str:
        try:
            vapid.require_point(key)
        except ValueError as error:
            raise serializers.ValidationError("Must be a public key of P-256.") from error
        return key


class SubscribeSerializer(serializers.Serializer):
    """A browser's `PushSubscription`, as its `toJSON()` gives it."""

    endpoint = serializers.CharField(max_length=600, help_text="https, at a public host.")
    keys = BrowserKeysSerializer()

    def validate_endpoint(self, endpoint: str) -> str:
        try:
            refuse_other_than_public(endpoint)
        except (NotPublic, ValueError) as error:
            raise serializers.ValidationError(str(error)) from error
        return endpoint


class BrowserSerializer(serializers.ModelSerializer):
    class Meta:
        model = PushSubscription
        fields = ("id", "endpoint", "user_agent", "created_at", "last_used_at")
        read_only_fields = fields
