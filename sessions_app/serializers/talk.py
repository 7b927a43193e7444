"""The talk in a session."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from messaging.serializers.answers import SenderSerializer
from messaging.services import sending


class TalkInputSerializer(serializers.Serializer):
    message = serializers.CharField(max_length=sending.LONGEST)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping) and "message" not in data and "text" in data:
            data = {"message": data["text"]}
        return super().to_internal_value(data)


class SessionMessageSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    session_id = serializers.IntegerField()
    sender = SenderSerializer()
    message = serializers.CharField()
    text = serializers.CharField(help_text="The same.")
    created_at = serializers.DateTimeField()


class PaginationSerializer(serializers.Serializer):
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    total = serializers.IntegerField()


class TalkSerializer(serializers.Serializer):
    """Page 1 has the newest messages, each page is oldest first."""

    messages = SessionMessageSerializer(many=True)
    pagination = PaginationSerializer()


class TalkQuerySerializer(serializers.Serializer):
    page = serializers.IntegerField(required=False, help_text="The page, from 1: the newest messages.")
    limit = serializers.IntegerField(required=False, help_text="50 by default, at most 100 (clamped).")
