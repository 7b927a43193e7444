"""What a moderator needs to see of a conversation, kept as it was."""

from typing import Any

from messaging.models import Message

AROUND = 5


def around(message: Message) -> list[dict[str, Any]]:
    """The message with five before it and four after it, oldest first: ten in all (R-MSG-6)."""
    thread = Message.objects.filter(conversation=message.conversation_id)
    before = list(thread.filter(pk__lte=message.pk).order_by("-pk")[: AROUND + 1])
    after = list(thread.filter(pk__gt=message.pk).order_by("pk")[: AROUND - 1])
    return [_kept(row) for row in [*reversed(before), *after]]


def _kept(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "sender_id": message.sender_id,
        "text": message.text or message.removed_text,
        "created_at": message.created_at,
        "edited": message.edited_at is not None,
        "deleted": message.is_deleted,
        "attachments": message.attachment_count,
    }
