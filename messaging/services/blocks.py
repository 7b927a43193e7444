"""Blocking: set by one, in effect both ways, and never told to the other (R-MSG-6)."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from common.compiled import compiled
from common.errors import NotFound
from messaging.errors import RecipientNotFound, WritingToOneself
from messaging.models import Block


def block(other_id: int, *, user: User) -> None:
    """Have no more messages of that person. Safe to repeat. Raises RecipientNotFound or WritingToOneself.

    Whom one is blocked by one can block too: the answer does not give away who did.
    """
    if other_id == user.pk:
        raise WritingToOneself("You cannot block yourself.")
    if not User.objects.active().filter(pk=other_id).exists():
        raise RecipientNotFound
    row = Block(blocker=user, blocked_id=other_id, created_at=timezone.now())
    Block.objects.bulk_create([row], ignore_conflicts=True)  # two at once: one row


def unblock(other_id: int, *, user: User) -> bool:
    """Take one's own block back; whether there was one. Safe to repeat, whoever that person is. Raises NotFound where
    there is nobody of that id.
    """
    is_taken_back = Block.objects.filter(blocker=user, blocked=other_id).delete()[0] > 0
    if not is_taken_back and not User.objects.filter(pk=other_id).exists():
        raise NotFound
    return is_taken_back


def is_blocked(one: int, other: int) -> bool:
    """Whether either of the two blocks the other."""
    return bool(_between(one=one, other=other))


@compiled
def _between(*, one: Any, other: Any) -> Any:
    return Block.objects.between(one, other).order_by().values_list("pk", flat=True)[:1]
