"""What open sockets ask about people who talk to each other: whom typing may reach, and whose presence may be seen."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.services import presence
from common.errors import NotFound
from messaging.models import Conversation, Message
from messaging.services import access, conversations, people


@dataclass(frozen=True)
class Pair:
    conversation_id: int
    other_id: int


def pair_with(other_id: int, *, user: User) -> Pair | None:
    """The conversation with that person; None where signals do not pass: strangers, blocked and unknown people."""
    conversation = Conversation.objects.between(user.pk, other_id).filter(last_message__isnull=False).first()
    return _open_pair(conversation, user) if conversation else None


def pair_in(conversation_id: int, *, user: User) -> Pair | None:
    """The same by the conversation. Raises NotFound for what is not the user's own."""
    conversation = conversations.find(conversation_id, user=user)
    return _open_pair(conversation, user) if conversation.last_message_id else None


def online_among(ids: Collection[int], *, user: User, now: datetime) -> set[int]:
    """Those of the ids who are online, as far as the user may see it."""
    return presence.online_among(people.in_touch_with(user.pk, among=ids), now=now)


def contacts_online(user_id: int, *, now: datetime) -> set[int]:
    """Whom the user may see online."""
    return presence.online_among(people.in_touch_with(user_id), now=now)


def mark_of(mark: Callable[..., Message], message_id: int, *, sender_id: int | None, user: User) -> Message:
    """`mark_read` or `mark_delivered`, once the message is known to be from that sender, if one is named.

    Raises NotFound, the same for a message of other people and for one of another sender; or RecipientOnly.
    """
    if sender_id is not None and access.find(message_id, user).sender_id != sender_id:
        raise NotFound("Message not found")
    return mark(message_id, user=user)


def _open_pair(conversation: Conversation, user: User) -> Pair | None:
    other_id = conversation.other_of(user.pk)
    return Pair(conversation.pk, other_id) if people.is_reachable(user.pk, other_id) else None
