"""The feed that calendar programs fetch: its secret address, and what it answers (R-ICS-6)."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from accounts.hashing import hash_secret
from accounts.models import User
from audit.services import record
from bookings.calendar import entries, files
from bookings.models import CalendarFeed
from common import counters
from common.errors import NotFound, TooManyRequests

_SALT = "calendar_feed"
HOUR = timedelta(hours=1)
FETCHES_AN_HOUR = 60


class Feed(NamedTuple):
    """One state of the feed. `etag` changes with what is in it, not with the moment."""

    content: bytes
    etag: str
    changed_at: datetime


@transaction.atomic
def open_feed(user: User, *, now: datetime) -> tuple[CalendarFeed, str]:
    """A new secret address, which is answered once and never again; the old one ends at once."""
    token = secrets.token_urlsafe(32)
    fresh = {"token_hash": hash_secret(token, salt=_SALT), "created_at": now, "last_used_at": None}
    feed, _ = CalendarFeed.objects.update_or_create(user=user, defaults=fresh)
    record("calendar_feed.opened", actor=user, obj=feed)
    return feed, f"{settings.PUBLIC_URL}/calendar/feed/{token}.ics"


@transaction.atomic
def close_feed(user: User) -> None:
    """Nobody can fetch it any more. Safe to repeat."""
    feed = CalendarFeed.objects.filter(user=user).first()
    if feed is not None:
        record("calendar_feed.closed", actor=user, obj=feed)
        feed.delete()


def read(token: str, *, now: datetime, busy_only: bool) -> Feed:
    """What the address answers now. Raises NotFound or TooManyRequests."""
    token_hash = hash_secret(token, salt=_SALT)
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=token_hash).first()
    if feed is None or not feed.user.is_active or feed.user.deleted_at:
        raise NotFound("Calendar not found")
    count = counters.hit_window(f"calendar:{token_hash[:32]}", window=HOUR, durable=True)
    if count.hits > FETCHES_AN_HOUR:
        raise TooManyRequests(retry_after=timedelta(seconds=count.seconds_left))
    CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=now)
    shown = entries.of_user(feed.user, now=now)
    etag = hashlib.sha256(repr((busy_only, shown)).encode()).hexdigest()[:32]
    # What drops out of the window at midnight is a change too.
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    changed_at = max([midnight, feed.created_at, *(entry.changed_at for entry in shown)])
    return Feed(files.feed(shown, now=now, busy_only=busy_only), etag, min(changed_at, now))
