"""Finding a message that somebody may see, and locking it with its conversation."""

from accounts.models import User
from common.errors import NotFound
from messaging.errors import MessageDeleted
from messaging.models import Conversation, Message
from messaging.services import conversations


def find(message_id: int, viewer: User) -> Message:
    """A message of the viewer's conversations. Raises NotFound, the same for unknown and for other people's."""
    message = _with_people().shown_to(viewer.pk).filter(pk=message_id).first()
    if message is None:
        raise NotFound("Message not found")
    return message


def lock(message_id: int, viewer: User) -> tuple[Message, Conversation]:
    """The same as it is now, once its conversation is locked until the transaction ends.

    Whoever changes a message locks its conversation first: all changes of a conversation queue on that row.
    """
    conversation = conversations.lock(find(message_id, viewer).conversation_id)
    return find(message_id, viewer), conversation


def lock_any(message_id: int) -> tuple[Message, Conversation]:
    """The same for moderators. Raises NotFound."""
    known = Message.objects.filter(pk=message_id).only("conversation_id").first()
    if known is None:
        raise NotFound("Message not found")
    conversation = conversations.lock(known.conversation_id)
    return _with_people().get(pk=message_id), conversation


def require_not_deleted(message: Message) -> None:
    """Raises MessageDeleted."""
    if message.is_deleted:
        raise MessageDeleted


def _with_people():  # type: ignore[no-untyped-def] # a MessageQuerySet
    return Message.objects.select_related("sender", "recipient")
