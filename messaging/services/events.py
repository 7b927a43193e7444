"""What open sockets and offline people hear of messages. Each of these is the one word of its transaction.

Every frame goes through the numbered stream of whom it is for (`notifications.services.stream`), is flat, has the keys
of the edustream client, and enough besides for the other dialects to be made of it: `conversation_id` in all, the other
person in `new_message`.
"""

from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.presenters.avatars import avatar_url
from messaging.models import Conversation, Message
from messaging.models.message import DELETED
from notifications.services import Notice, mark_read_about, notify, reword, stream

KIND = "new_message"
# What a notification shows of a message.
SHOWN_OF_TEXT = 200


def sent(message: Message, conversation: Conversation, *, is_first_unread: bool, is_first: bool) -> None:
    """`new_message` to the recipient, `message_sent` to the sender's sockets; a notification of the first unread."""
    frames = [
        (message.recipient_id, new_message_frame(message)),
        (message.sender_id, message_sent_frame(message)),
    ]
    if is_first:
        other = conversation_frame(conversation, message.sender)
        frames.insert(0, (message.recipient_id, other))
    notify([_notice(message)] if is_first_unread else [], frames=frames)


def held(message: Message) -> None:
    """To its sender a message that is held looks like any other."""
    notify([], frames=[(message.sender_id, message_sent_frame(message))])


def opened(conversation: Conversation, opener: User) -> None:
    """`conversation_new` to the opener's other sockets; the other person hears with the first message."""
    other = User.objects.get(pk=conversation.other_of(opener.pk))
    notify([], frames=[(opener.pk, conversation_frame(conversation, other))])


def read(message: Message, *, shown: bool) -> None:
    """`message_read` to the sender, where receipts are shown."""
    frame = {
        "type": "message_read",
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "reader_id": message.recipient_id,
        "read_at": message.read_at,
    }
    notify([], frames=[(message.sender_id, frame)] if shown else [])


def thread_read(conversation: Conversation, reader: User, *, count: int, at: datetime, shown: bool) -> None:
    """`thread_read` to the other person, where receipts are shown."""
    frame = {
        "type": "thread_read",
        "conversation_id": conversation.pk,
        "reader_id": reader.pk,
        "message_count": count,
        "read_at": at,
    }
    notify([], frames=[(conversation.other_of(reader.pk), frame)] if shown else [])


def delivered(message: Message) -> None:
    """`delivery_receipt` to the sender."""
    frame = {
        "type": "delivery_receipt",
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "recipient_id": message.recipient_id,
        "state": "delivered",
    }
    notify([], frames=[(message.sender_id, frame)])


def edited(message: Message) -> None:
    """`message_edited` to both; the notification, if there is one, says the new text."""
    frame = {
        "type": "message_edited",
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "sender_id": message.sender_id,
        "new_content": message.text,
        "edited_at": message.edited_at,
        "is_edited": True,
    }
    reword(_cause(message), _shown(message), user_id=message.recipient_id)
    _to_both(message, frame)


def deleted(message: Message, *, deleted_by: int) -> None:
    """`message_deleted` to both; the text is gone from the notification and from what sockets replay (R-MSG-3)."""
    reword(_cause(message), DELETED, user_id=message.recipient_id)
    people = (message.sender_id, message.recipient_id)
    stream.rewrite(people, having=f'"message_id":{message.pk},', since=message.created_at, change=_without_text)
    frame = {
        "type": "message_deleted",
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "deleted_by": deleted_by,
    }
    _to_both(message, frame)


def reacted(message: Message, *, user: User, emoji: str, added: bool) -> None:
    """`message_reaction` to both; `reactions` is all that the message has now."""
    frame = {
        "type": "message_reaction",
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "user_id": user.pk,
        "emoji": emoji,
        "added": added,
        "reactions": message.reactions,
    }
    _to_both(message, frame)


def settle_notifications(conversation_id: int, user_id: int) -> None:
    """Who has read a thread needs no notification of it any more (and no mail)."""
    mark_read_about(thread(conversation_id), user_id=user_id)


def new_message_frame(message: Message) -> dict[str, Any]:
    sender = message.sender
    return {
        "type": "new_message",
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "sender_id": sender.pk,
        "sender_email": sender.email,
        "sender_name": sender.display_name,
        "sender_avatar": avatar_url(sender.avatar.name or ""),
        "sender_role": sender.role,
        "recipient_id": message.recipient_id,
        "booking_id": message.booking_id,
        "message": message.text,
        "created_at": message.created_at,
        "is_read": False,
        "is_edited": False,
        "has_attachment": message.attachment_count > 0,
        "attachment_count": message.attachment_count,
    }


def message_sent_frame(message: Message) -> dict[str, Any]:
    return {
        "type": "message_sent",
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "sender_id": message.sender_id,
        "recipient_id": message.recipient_id,
        "booking_id": message.booking_id,
        "message": message.text,
        "created_at": message.created_at,
        "client_msg_id": message.client_msg_id,
        "has_attachment": message.attachment_count > 0,
        "attachment_count": message.attachment_count,
    }


def conversation_frame(conversation: Conversation, other: User) -> dict[str, Any]:
    """A conversation that is new to the one who talks with `other`."""
    return {
        "type": "conversation_new",
        "conversation_id": conversation.pk,
        "other_user": {
            "id": other.pk,
            "name": other.display_name,
            "role": other.role,
            "avatar": avatar_url(other.avatar.name or ""),
        },
        "created_at": conversation.created_at,
    }


def _to_both(message: Message, frame: dict[str, Any]) -> None:
    """What is held only its sender knows of."""
    people = {message.sender_id} if message.is_held else {message.sender_id, message.recipient_id}
    notify([], frames=[(person, frame) for person in people])


def _without_text(frame: dict[str, Any]) -> dict[str, Any]:
    """Of `new_message`, `message_sent`, `message_edited` and `notification`, each by its name of the text."""
    return frame | {name: DELETED for name in ("message", "new_content") if name in frame}


def _shown(message: Message) -> str:
    return message.text[:SHOWN_OF_TEXT] or f"{message.attachment_count} file(s)"


def _notice(message: Message) -> Notice:
    return Notice(
        recipient_id=message.recipient_id,
        kind=KIND,
        title=f"New message from {message.sender.display_name}",
        message=_shown(message),
        link=f"/messages/{message.sender_id}",
        data={
            "message_id": message.pk,
            "conversation_id": message.conversation_id,
            "sender_id": message.sender_id,
            "booking_id": message.booking_id,
        },
        about=thread(message.conversation_id),
        dedupe_key=_cause(message),
    )


def _cause(message: Message) -> str:
    return f"{thread(message.conversation_id)}:{message.pk}"


def thread(conversation_id: int) -> str:
    """What notifications of a conversation are about."""
    return f"thread:{conversation_id}"
