"""Who is online: whoever has a socket open. A socket says so when it opens and again while it lives."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import User

# What one word of a socket is good for; and what may be left of it before the next word is written down.
LIFE = timedelta(minutes=1)
STILL_GOOD = timedelta(seconds=40)


def note_here(user_id: int, *, now: datetime) -> bool:
    """Somebody has a socket open. Cheap to repeat, from as many sockets as there are: most calls write nothing.

    True for the one call that makes somebody online who was not.
    """
    due = Q(online_until=None) | Q(online_until__lt=now + STILL_GOOD)
    before = _write(user_id, due, now + LIFE)
    return before is not None and not is_online(before.online_until, now=now)


def note_gone(user_id: int) -> None:
    """A socket of theirs was closed. What others may still be open say that they are here."""
    _write(user_id, ~Q(online_until=None), None)


def is_online(online_until: datetime | None, *, now: datetime) -> bool:
    return online_until is not None and online_until > now


def online_among(ids: Collection[int], *, now: datetime) -> set[int]:
    """Those of the users who are online."""
    return set(User.objects.active().filter(pk__in=ids, online_until__gt=now).order_by().values_list("pk", flat=True))


def _write(user_id: int, condition: Q, online_until: datetime | None) -> User | None:
    """The user as they were, if there was something to write.

    Presence waits for nobody: all sockets of a process share one thread, and the next word comes soon anyway.
    """
    with transaction.atomic():
        mine = User.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(condition, pk=user_id)
        before = mine.order_by().only("pk", "online_until").first()
        if before:
            User.objects.filter(pk=user_id).update(online_until=online_until)
    return before
