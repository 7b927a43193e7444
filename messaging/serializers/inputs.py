"""What is sent. Whether it may be, the services decide."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from rest_framework import serializers

from common.filters import LARGEST_ID
from messaging.models.message import LONGEST_CLIENT_ID
from messaging.services.sending import LONGEST

SHORTEST_SEARCH = 2


class IdField(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": LARGEST_ID} | kwargs))


class TextField(serializers.CharField):
    """Counted after trimming; empty ones and long ones are refused by the service, in words of their own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": LONGEST} | kwargs))


class _Renamed(serializers.Serializer):
    """Understands other names of its fields: `{other: ours}`."""

    names: Mapping[str, str] = {}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            data = copy(data)  # a form stays a form, in which an empty field counts as left out
            for other, ours in self.names.items():
                if other in data:
                    data.setdefault(ours, data[other])
        return super().to_internal_value(data)


class ClientIdField(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        about = "The same id of the same sender is the same message: safe to repeat."
        usual: dict[str, Any] = {"required": False, "allow_null": True, "max_length": LONGEST_CLIENT_ID}
        super().__init__(**(usual | {"help_text": about} | kwargs))


class MessageInputSerializer(_Renamed):
    names = {"receiver_id": "recipient_id", "text": "message", "temp_id": "client_msg_id"}

    recipient_id = IdField()
    message = TextField()
    booking_id = IdField(required=False, allow_null=True, help_text="A booking of the two that it is about.")
    client_msg_id = ClientIdField()


class ReceiverInputSerializer(_Renamed):
    """The same in the words of the learner_v1 document."""

    names = {"recipient_id": "receiver_id", "text": "message", "temp_id": "client_msg_id"}

    receiver_id = IdField()
    message = TextField()
    client_msg_id = ClientIdField()


class FilesInputSerializer(_Renamed):
    """A message with up to five files; the text may be empty."""

    names = {"receiver_id": "recipient_id", "text": "message"}

    recipient_id = IdField()
    message = TextField(required=False, allow_blank=True)
    # A form cannot carry null.
    booking_id = IdField(required=False)
    client_msg_id = ClientIdField(allow_null=False)
    # What is in the files, `messaging.files` judges.
    file = serializers.FileField(
        allow_empty_file=True,
        help_text="PDF, PNG, JPG, GIF, WebP, TXT, MD, CSV, DOCX, XLSX, PPTX or ZIP of up to 10 MB. May be sent up to "
        "five times.",
    )


class TextInputSerializer(_Renamed):
    names = {"text": "message", "content": "message"}

    message = TextField()


class ChatInputSerializer(_Renamed):
    """A message of the learner_v1 chat."""

    names = {"message": "text", "temp_id": "client_msg_id"}

    text = TextField()
    client_msg_id = ClientIdField()


class ChatChangeSerializer(_Renamed):
    names = {"message": "text"}

    text = TextField()


class OpenInputSerializer(_Renamed):
    names = {"receiver_id": "recipient_id", "user_id": "recipient_id"}

    recipient_id = IdField()


class EmojiInputSerializer(serializers.Serializer):
    emoji = serializers.CharField(max_length=32)


class MessageReportInputSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=1000)


class SettingsSerializer(serializers.Serializer):
    read_receipts = serializers.BooleanField(
        help_text="Whether others see when you have read something, and you see when they have."
    )


# --- Queries ------------------------------------------------------------------------------------------------------


class ThreadQuerySerializer(serializers.Serializer):
    """A page by its number, or by keyset: what was written before the message `before`."""

    page = serializers.IntegerField(required=False, help_text="The page, from 1: the newest messages.")
    page_size = serializers.IntegerField(required=False, help_text="50 by default, at most 100 (clamped).")
    before = IdField(required=False, help_text="Only what came before this message: pages that nothing new shifts.")
    booking_id = IdField(required=False, help_text="Only what is about this booking.")


class ChatQuerySerializer(serializers.Serializer):
    """The same in the words of learner_v1."""

    page = serializers.IntegerField(required=False, help_text="The page, from 1: the newest messages.")
    limit = serializers.IntegerField(required=False, help_text="50 by default, at most 100 (clamped).")
    before = IdField(required=False, help_text="Only what came before this message: pages that nothing new shifts.")


class SearchQuerySerializer(serializers.Serializer):
    query = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Words, of two characters at least."
    )
    q = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="The same under its other name."
    )
    user_id = IdField(required=False, help_text="Only messages with this person.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        text = attrs.get("query") or attrs.get("q") or ""
        if len(text.strip()) < SHORTEST_SEARCH:
            message = f"Search for {SHORTEST_SEARCH} characters at least."
            raise serializers.ValidationError({"query": message}, code="QUERY_TOO_SHORT")
        return attrs | {"text": text}
