"""Sending what is due: each of these is the body of a task, and answers what came of it (`common.work.perform`).

Everything is asked again at the last moment: preferences, quiet hours, whether it was read, whether it still holds.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from common import mailing, work
from common.errors import InvalidTransition
from notifications.kinds import CATEGORIES, KINDS, Kind
from notifications.models import Announcement, Delivery, Digest, Notification, NotificationPreferences
from notifications.services import announcements, choices, mails, overtaking, push
from notifications.services.preferences import preferences_of

LOG_KEPT_FOR = timedelta(days=180)


def deliver(row: Delivery) -> str:
    """Send one notification through one channel. Raises `work.NotNow` where it has to wait."""
    now = timezone.now()
    notification, user = row.notification, row.recipient
    if notification is None:
        return "suppressed: its reader has deleted it"
    kind = KINDS[row.type]
    preferences = preferences_of(user)
    if reason := _pointless(row, notification, user, kind, preferences):
        return f"suppressed: {reason}"
    if not (row.is_mandatory or kind.any_hour):
        _require_waking_hour(user, preferences, now)
    if overtaking.is_overtaken(row, preferences):
        return "suppressed: superseded"
    if row.channel == Delivery.Channel.PUSH:
        return push.send(row, notification)
    if kind.email_pause:
        _take_turn(row, kind.email_pause, now)
    mailing.send(mails.mail_of(notification, user, key=f"delivery-{row.pk}", is_mandatory=row.is_mandatory))
    return "sent"


def send_digest(digest: Digest) -> str:
    """Send one mail with all that was collected; a single thing looks like its own mail (R-NOTIF-5).

    Raises `work.NotNow` in quiet hours.
    """
    user = digest.user
    _require_waking_hour(user, preferences_of(user), timezone.now())
    waiting = [row for row in _collected(digest) if not _settled(row, user)]
    if waiting:
        _mail_together(digest, user, waiting)
    count = len(waiting)
    Delivery.objects.filter(pk__in=[row.pk for row in waiting]).update(
        state=Delivery.State.DONE, outcome=f"sent: in digest {digest.pk}", updated_at=timezone.now()
    )
    return f"sent: {count} together" if count else "suppressed: nothing is left to tell"


def announce(row: Announcement) -> str:
    """Make everybody's notification. Safe to repeat: nobody is told twice."""
    return f"sent: to {announcements.tell(row)}"


def release_from_digests() -> int:
    """What came to a digest too late, because it had just gone out, goes by itself; returns how many."""
    late = (
        Delivery.objects.filter(state=Delivery.State.DUE).exclude(digest=None).exclude(digest__state=Digest.State.DUE)
    )
    return late.update(digest=None, due_at=timezone.now())


def purge_log(*, now: datetime) -> int:
    """Delete what the log and the digests are too old for (R-GDPR-6); returns how many deliveries."""
    Digest.objects.filter(created_at__lt=now - LOG_KEPT_FOR).exclude(state=Digest.State.DUE).delete()
    old = Delivery.objects.filter(created_at__lt=now - LOG_KEPT_FOR).exclude(state=Delivery.State.DUE)
    return old.delete()[0]


@transaction.atomic
def send_again(delivery_id: int, *, actor: User) -> None:
    """Give what was given up another five tries. Raises InvalidTransition for anything else."""
    row = Delivery.objects.select_for_update().get(pk=delivery_id)
    if row.state != Delivery.State.DEAD:
        raise InvalidTransition(f"It is {row.status}", current=row.state, allowed=[])
    row.state, row.attempts, row.due_at = Delivery.State.DUE, 0, timezone.now()
    row.save(update_fields=["state", "attempts", "due_at", "updated_at"])
    record("delivery.sent_again", actor=actor, obj=row)


def _pointless(
    row: Delivery, notification: Notification, user: User, kind: Kind, preferences: NotificationPreferences
) -> str:
    """Why it should not be sent any more; empty where it should."""
    if not user.is_active or user.deleted_at:
        return "no such account"
    if not choices.wants(preferences, kind, row.channel, mandatory=row.is_mandatory):
        return "switched off"
    if kind.email_after and (notification.is_read or _is_there(row, user)):
        return "seen already"
    return ""


def _is_there(row: Delivery, user: User) -> bool:
    """Who has a socket open sees a message there; nothing needs to be pushed (R-NOTIF-6)."""
    online = user.online_until is not None and user.online_until > timezone.now()
    return row.channel == Delivery.Channel.PUSH and online


def _require_waking_hour(user: User, preferences: NotificationPreferences, now: datetime) -> None:
    if until := choices.quiet_until(preferences, ZoneInfo(user.timezone), now):
        raise work.NotNow(until - now, "deferred: quiet hours")


def _take_turn(row: Delivery, pause: timedelta, now: datetime) -> None:
    """One mail about the same thing in a while; the user's row lock makes those that come at once queue."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=row.recipient_id)
        others = Delivery.objects.filter(recipient=row.recipient_id, about=row.about, announced_at__gt=now - pause)
        latest = others.exclude(pk=row.pk).order_by("-announced_at").values_list("announced_at", flat=True).first()
        if latest is None:
            row.announced_at = now
            row.save(update_fields=["announced_at"])
    if latest is not None:
        raise work.NotNow(latest + pause - now, "deferred: a mail about this has just been sent")


def _collected(digest: Digest) -> list[Delivery]:
    rows = digest.deliveries.filter(state=Delivery.State.DUE).select_related("notification", "recipient")
    return list(rows.order_by("pk"))


def _settled(row: Delivery, user: User) -> bool:
    """Whether it need not be in the digest; then its row says why."""
    kind, preferences = KINDS[row.type], preferences_of(user)
    if row.notification is None:
        reason = "its reader has deleted it"
    elif row.notification.is_read:
        reason = "seen already"
    else:
        reason = _pointless(row, row.notification, user, kind, preferences)
    if not reason and overtaking.is_overtaken(row, preferences):
        reason = "superseded"
    if reason:
        row.state, row.outcome = Delivery.State.DONE, f"suppressed: {reason}"
        row.save(update_fields=["state", "outcome", "updated_at"])
    return bool(reason)


def _mail_together(digest: Digest, user: User, rows: list[Delivery]) -> None:
    told = [row.notification for row in rows if row.notification is not None]
    key = f"digest-{digest.pk}"
    if len(told) == 1:
        mailing.send(mails.mail_of(told[0], user, key=key, is_mandatory=False))
        return
    subject = f"{len(told)} news: {CATEGORIES[digest.category]}"
    items = [mails.item_of(notification) for notification in told]
    kinds = sorted({notification.type for notification in told})
    mailing.send(mails.compose(user, subject=subject, items=items, key=key, unsubscribe=kinds))
