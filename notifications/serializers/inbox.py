"""What stands in somebody's inbox, and which of it to mark or delete."""

from typing import Any

from rest_framework import serializers

from notifications.errors import ExactlyOne
from notifications.models import Notification

# How many ids one request may name.
MOST_AT_ONCE = 1000


class NotificationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Notification
        fields: tuple[str, ...] = ("id", "type", "title", "message", "link", "data", "is_read", "created_at")
        read_only_fields = fields


class AllReadSerializer(serializers.Serializer):
    message = serializers.CharField()
    updated = serializers.IntegerField(help_text="How many were unread.")


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
