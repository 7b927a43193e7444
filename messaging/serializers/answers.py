"""What is answered. For the description of the API: answers are built by `messaging.presenters`."""

from rest_framework import serializers

from accounts.models import Role
from messaging.models import ScanState


class AttachmentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    scan_state = serializers.ChoiceField(ScanState.choices)
    download_url = serializers.URLField()


class ReactionSerializer(serializers.Serializer):
    emoji = serializers.CharField()
    user_ids = serializers.ListField(child=serializers.IntegerField())


class SenderSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    avatar = serializers.URLField()


class DirectMessageSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    conversation_id = serializers.IntegerField()
    sender_id = serializers.IntegerField()
    recipient_id = serializers.IntegerField()
    sender = SenderSerializer()
    booking_id = serializers.IntegerField(allow_null=True)
    client_msg_id = serializers.CharField(allow_null=True, help_text="Its sender's own only.")
    message = serializers.CharField(help_text="`Message deleted` where it was.")
    is_read = serializers.BooleanField(help_text="To its sender always false where one of the two hides receipts.")
    read_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    is_edited = serializers.BooleanField()
    edited_at = serializers.DateTimeField(allow_null=True)
    is_deleted = serializers.BooleanField()
    deleted_at = serializers.DateTimeField(allow_null=True)
    contact_hidden = serializers.BooleanField(help_text="Contact data were hidden until the first lesson.")
    has_attachment = serializers.BooleanField()
    attachment_count = serializers.IntegerField()
    attachments = AttachmentSerializer(many=True)
    reactions = ReactionSerializer(many=True)
    created_at = serializers.DateTimeField()


class ReceivedMessageSerializer(DirectMessageSerializer):
    """With the recipient under the name that the learner_v1 document has."""

    receiver_id = serializers.IntegerField()


class ThreadSerializer(serializers.Serializer):
    """One line of the list of threads."""

    conversation_id = serializers.IntegerField()
    other_user_id = serializers.IntegerField()
    other_user_name = serializers.CharField()
    other_user_first_name = serializers.CharField()
    other_user_last_name = serializers.CharField()
    other_user_email = serializers.EmailField(allow_null=True, help_text="Null: nobody else's business.")
    other_user_role = serializers.ChoiceField(Role.choices)
    other_user_avatar = serializers.URLField()
    last_message = serializers.CharField()
    last_message_at = serializers.DateTimeField()
    last_message_time = serializers.DateTimeField()
    last_message_has_attachment = serializers.BooleanField()
    last_sender_id = serializers.IntegerField()
    unread_count = serializers.IntegerField()


class _PageOfThread(serializers.Serializer):
    total = serializers.IntegerField(help_text="Of all pages.")
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    has_more = serializers.BooleanField(help_text="Whether older ones follow.")
    next_before = serializers.IntegerField(allow_null=True, help_text="What to send as `before` for the older ones.")


class ConversationPageSerializer(_PageOfThread):
    """A page of a thread: page 1 has the newest messages, each page is oldest first."""

    messages = DirectMessageSerializer(many=True)


class ThreadReadSerializer(serializers.Serializer):
    message = serializers.CharField()
    updated = serializers.IntegerField(help_text="How many were unread.")


class UnreadSerializer(serializers.Serializer):
    unread_count = serializers.IntegerField()
    total = serializers.IntegerField()
    by_sender = serializers.DictField(child=serializers.IntegerField(), help_text="By the sender's id.")


class PersonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    name = serializers.CharField()
    email = serializers.EmailField(allow_null=True, help_text="Null: nobody else's business.")
    role = serializers.ChoiceField(Role.choices)
    avatar = serializers.URLField()
    avatar_url = serializers.URLField()


class BlockedPersonSerializer(PersonSerializer):
    blocked_at = serializers.DateTimeField()


class BlockSerializer(serializers.Serializer):
    message = serializers.CharField()
    user_id = serializers.IntegerField()
    is_blocked = serializers.BooleanField()


class MessageReportSerializer(serializers.Serializer):
    message = serializers.CharField()
    id = serializers.IntegerField()
    message_id = serializers.IntegerField()
    state = serializers.CharField()


# --- The chat of learner_v1 ---------------------------------------------------------------------------------------


class ChatMessageSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    conversation_id = serializers.IntegerField()
    sender = SenderSerializer()
    text = serializers.CharField()
    read = serializers.BooleanField()
    edited = serializers.BooleanField()
    deleted = serializers.BooleanField()
    client_msg_id = serializers.CharField(allow_null=True)
    attachments = AttachmentSerializer(many=True)
    reactions = ReactionSerializer(many=True)
    created_at = serializers.DateTimeField()


class ChatPageSerializer(_PageOfThread):
    """A page of a conversation: page 1 has the newest messages, each page is oldest first."""

    messages = ChatMessageSerializer(many=True)


class ParticipantSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField(allow_null=True, help_text="One's own only.")
    role = serializers.ChoiceField(Role.choices)
    avatar = serializers.URLField()


class ChatConversationSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    participants = ParticipantSerializer(many=True)
    last_message = serializers.CharField(allow_null=True)
    last_message_at = serializers.DateTimeField(allow_null=True)
    unread = serializers.IntegerField()
    created_at = serializers.DateTimeField()
