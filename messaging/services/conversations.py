"""Finding, opening and locking the one row that a pair has."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.errors import NotFound
from messaging.errors import TooManyNewConversations
from messaging.models import Conversation
from messaging.services import events, people

MOST_NEW_A_DAY = 20
DAY = timedelta(days=1)


def open_with(other_id: int, *, user: User) -> tuple[Conversation, bool]:
    """The conversation with that person, and whether it is new; it may have no message yet.

    Raises RecipientNotFound, WritingToOneself or TooManyNewConversations.
    """
    other = people.require_reachable(user, other_id)
    with transaction.atomic():
        is_new = not Conversation.objects.between(user.pk, other.pk).exists()
        conversation = lock_or_open(user, other)
        is_new = is_new and conversation.opened_by_id == user.pk
        if is_new:
            events.opened(conversation, user)
    return conversation, is_new


def find(conversation_id: int, *, user: User) -> Conversation:
    """One of the user's own conversations. Raises NotFound; also for what somebody else opened and never wrote in."""
    conversation = Conversation.objects.of(user.pk).filter(pk=conversation_id).first()
    if conversation is None or (conversation.last_message_id is None and conversation.opened_by_id != user.pk):
        raise NotFound("Conversation not found")
    return conversation


def lock_or_open(user: User, other: User) -> Conversation:
    """The pair's row, locked until the transaction ends. Two who open it at once get the same one.

    Whoever writes to a stranger queues on the own row first, so that what is counted of it is right (R-MSG-9).
    Raises TooManyNewConversations.
    """
    pair = Conversation.objects.between(user.pk, other.pk)
    known = pair.first()
    if known is None or not known.is_mutual:
        User.objects.take_turn(user.pk)
    if known is None and not pair.exists():
        _require_few_new(user)
        low, high = sorted((user.pk, other.pk))
        row = Conversation(low_id=low, high_id=high, opened_by=user)
        Conversation.objects.bulk_create([row], ignore_conflicts=True)
    return lock(pair.values_list("pk", flat=True).get())


def lock(conversation_id: int) -> Conversation:
    """The row as it is now, locked until the transaction ends."""
    return Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation_id)


def _require_few_new(user: User) -> None:
    now = timezone.now()
    recent = Conversation.objects.filter(opened_by=user, created_at__gt=now - DAY).order_by("created_at")
    times = list(recent.values_list("created_at", flat=True)[:MOST_NEW_A_DAY])
    if len(times) >= MOST_NEW_A_DAY:
        raise TooManyNewConversations(retry_after=times[0] + DAY - now)
