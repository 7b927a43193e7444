"""Whom somebody may want to write to."""

from accounts.models import User
from messaging.services import people
from messaging.services.pairs import pairs


def of(user: User) -> set[int]:
    """The ids of those with whom the user has, or had, a booking, a session or a conversation, without the blocked."""
    known = pairs().partners_of(user.pk) | people.in_touch_with(user.pk)
    return known - people.blocked_with(user.pk, known)
