"""Who may write to whom: any active user to any other, unless one of them blocks."""

from collections.abc import Collection

from accounts.models import User
from messaging.errors import RecipientNotFound, WritingToOneself
from messaging.models import Block, Conversation


def require_reachable(viewer: User, other_id: int) -> User:
    """The other person. Raises RecipientNotFound, the same for unknown, gone and blocked; or WritingToOneself."""
    if other_id == viewer.pk:
        raise WritingToOneself
    other = User.objects.active().filter(pk=other_id).first()
    if other is None or Block.objects.between(viewer.pk, other_id).exists():
        raise RecipientNotFound
    return other


def is_reachable(one: int, other: int) -> bool:
    """Whether signals such as typing may pass between two who talk to each other already."""
    if Block.objects.between(one, other).exists():
        return False
    return Conversation.objects.between(one, other).exists()


def in_touch_with(user_id: int, among: Collection[int] | None = None) -> set[int]:
    """The ids of those with whom the user has messages and no block, at most 1,000; of `among`, if given.

    These are who may hear of the user's presence, and of whose presence the user may hear.
    """
    written = Conversation.objects.filter(last_message__isnull=False)
    conversations = written.of(user_id).newest_first()
    if among is not None:
        low, high = written.sides_of(user_id)
        conversations = low.filter(high__in=among).order_by() | high.filter(low__in=among).order_by()
    pairs = conversations.values_list("low_id", "high_id")[:1000]
    known = {low if high == user_id else high for low, high in pairs}
    return known - blocked_with(user_id, known)


def blocked_with(user_id: int, others: Collection[int]) -> set[int]:
    """Those of the others whom the user blocks, or who block the user."""
    rows = Block.objects.filter(blocker=user_id, blocked__in=others) | Block.objects.filter(
        blocked=user_id, blocker__in=others
    )
    return {person for pair in rows.values_list("blocker_id", "blocked_id") for person in pair} - {user_id}
