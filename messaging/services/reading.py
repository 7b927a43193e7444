"""What was delivered and read, and how much is not (R-MSG-4)."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from messaging.errors import RecipientNotFound, RecipientOnly
from messaging.models import Conversation, Message
from messaging.querysets import MessageQuerySet
from messaging.services import access, conversations, events, people, receipts


def mark_read(message_id: int, *, user: User) -> Message:
    """Mark one message as read by its recipient. Safe to repeat: it was read when it was read first.

    Raises NotFound, or RecipientOnly for one's own message.
    """
    with transaction.atomic():
        message, conversation = access.lock(message_id, user)
        _require_recipient(message, user)
        if message.read_at is None:
            now = timezone.now()
            message.read_at = now
            message.delivered_at = message.delivered_at or now
            message.save(update_fields=["read_at", "delivered_at", "updated_at"])
            if not message.is_deleted:
                _lower(conversation, user, by=1)
                events.read(message, shown=receipts.are_shown(message.sender_id, user.pk))
            events.settle_notifications(conversation.pk, user.pk)
    return message


def mark_delivered(message_id: int, *, user: User) -> Message:
    """Note that the recipient's device has it. Safe to repeat. Raises NotFound or RecipientOnly."""
    with transaction.atomic():
        message, _ = access.lock(message_id, user)
        _require_recipient(message, user)
        if message.delivered_at is None:
            message.delivered_at = timezone.now()
            message.save(update_fields=["delivered_at", "updated_at"])
            if receipts.are_shown(message.sender_id, user.pk):
                events.delivered(message)
    return message


def mark_thread_read(other_id: int, *, user: User) -> int:
    """Mark all that the other person wrote as read; returns how many were unread. Safe to repeat.

    Raises RecipientNotFound where there is no conversation and nobody to have one with.
    """
    conversation = Conversation.objects.between(user.pk, other_id).first()
    if conversation is not None and conversation.last_message_id:
        return mark_conversation_read(conversation.pk, user=user)
    if other_id == user.pk:
        raise RecipientNotFound
    people.require_reachable(user, other_id)
    return 0


def mark_conversation_read(conversation_id: int, *, user: User) -> int:
    """The same by the conversation's id. Raises NotFound for what is not the user's own."""
    conversations.find(conversation_id, user=user)
    now = timezone.now()
    with transaction.atomic():
        conversation = conversations.lock(conversation_id)
        unread = Message.objects.filter(conversation=conversation).unread_by(user.pk)
        count = unread.update(read_at=now, updated_at=now)
        if count:
            _lower(conversation, user, by=count)
            shown = receipts.are_shown(conversation.low_id, conversation.high_id)
            events.thread_read(conversation, user, count=count, at=now, shown=shown)
            events.settle_notifications(conversation.pk, user.pk)
    return count


def thread_with(other_id: int, *, viewer: User) -> MessageQuerySet:
    """What the two have written to each other, as far as the viewer may see it; nothing yet where they have not.

    Raises RecipientNotFound where there is no conversation and nobody to have one with.
    """
    conversation = Conversation.objects.between(viewer.pk, other_id).first()
    if conversation is not None:
        return Message.objects.in_thread(conversation.pk, viewer.pk)
    if other_id == viewer.pk:
        raise RecipientNotFound
    people.require_reachable(viewer, other_id)
    return Message.objects.none()


def unread_of(user: User) -> dict[int, int]:
    """How many messages of whom the user has not read, by the sender's id; only those with some."""
    low, high = Conversation.objects.sides_of(user.pk)
    counts = dict(low.filter(low_unread__gt=0).order_by().values_list("high_id", "low_unread"))
    return counts | dict(high.filter(high_unread__gt=0).order_by().values_list("low_id", "high_unread"))


def _require_recipient(message: Message, user: User) -> None:
    if message.recipient_id != user.pk:
        raise RecipientOnly


def _lower(conversation: Conversation, user: User, *, by: int) -> None:
    column = f"{conversation.side_of(user.pk)}_unread"
    Conversation.objects.filter(pk=conversation.pk).update(**{column: F(column) - by})
