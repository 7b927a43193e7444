"""Notifications: rows first, pushed after the commit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from common.errors import NotFound
from notifications import live
from notifications.kinds import KINDS
from notifications.models import Notification
from notifications.services import deliveries, read_news, stream

_INSERT_NEW = """
    INSERT INTO notifications_notification
        (recipient_id, type, title, message, link, data, about, dedupe_key, is_read, created_at, updated_at)
    VALUES {rows}
    ON CONFLICT (recipient_id, dedupe_key) DO NOTHING
    RETURNING id, recipient_id, dedupe_key
"""


@dataclass(frozen=True)
class Notice:
    """What one person is to be told. `dedupe_key` names the cause: the same cause tells a person once.

    `kind` is one of `notifications.kinds`. `about` names the thing, such as `booking:12`. What is `urgent`, such as the
    cancellation of something within a day, is mandatory and waits for no waking hour (R-NOTIF-2).
    """

    recipient_id: int
    kind: str
    title: str
    message: str
    dedupe_key: str
    link: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    about: str = ""
    urgent: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no type of notification: add it to notifications.kinds.")


def notify(notices: Iterable[Notice], *, frames: Iterable[tuple[int, dict[str, Any]]] = ()) -> list[Notification]:
    """Write the notifications in the running transaction and push them after the commit.

    `frames` are further events of `(user id, frame)`, such as `booking_update`; they come first in each stream. Hand
    over all that a transaction has to tell in one call: streams are locked in the order of user ids, so that two
    transactions that tell the same people never wait for each other in a circle.
    """
    once = {(notice.recipient_id, notice.dedupe_key): notice for notice in notices}
    ordered = sorted(once.values(), key=lambda notice: notice.recipient_id)
    rows = _write([_row(notice) for notice in ordered])
    told: list[tuple[int, dict[str, Any]]] = []
    if rows:
        audience = deliveries.audience_of(row.recipient_id for row in rows)
        urgent = [once[row.recipient_id, row.dedupe_key].urgent for row in rows]
        deliveries.plan(rows, urgent, audience)
        told = [
            (row.recipient_id, frame_of(row))
            for row, is_urgent in zip(rows, urgent, strict=True)
            if audience.hears_live(row, is_urgent=is_urgent)
        ]
    stream.append(sorted([*frames, *told], key=lambda event: event[0]))
    return rows


def mark_read(notification_id: int, *, user: User) -> Notification:
    """Safe to repeat. Raises NotFound for what is not the user's own."""
    mine = Notification.objects.of(user.pk).filter(pk=notification_id)
    with transaction.atomic():
        if mine.unread().update(is_read=True, read_at=timezone.now(), updated_at=timezone.now()):
            read_news.tell(user.pk, [notification_id])
    notification = mine.first()
    if notification is None:
        raise NotFound("Notification not found")
    return notification


def mark_all_read(*, user: User) -> int:
    """Returns how many were unread."""
    now = timezone.now()
    with transaction.atomic():
        count = Notification.objects.of(user.pk).unread().update(is_read=True, read_at=now, updated_at=now)
        if count:
            read_news.tell(user.pk, is_all=True)
    return count


def mark_read_of(ids: Iterable[int], *, user: User) -> int:
    """The same for several; ids of others are passed over. Returns how many were unread."""
    now = timezone.now()
    with transaction.atomic():
        # In the order of their ids: two devices may send the same ones at once.
        mine = Notification.objects.of(user.pk).filter(pk__in=list(ids)).unread()
        unread = list(mine.select_for_update().order_by("pk").values_list("pk", flat=True))
        if unread:
            Notification.objects.filter(pk__in=unread).update(is_read=True, read_at=now, updated_at=now)
            read_news.tell(user.pk, unread)
    return len(unread)


def mark_read_about(about: str, *, user_id: int) -> int:
    """All that the user was told about one thing, which they have looked at elsewhere; returns how many were unread."""
    now = timezone.now()
    told = Notification.objects.of(user_id).filter(about=about).unread()
    return told.update(is_read=True, read_at=now, updated_at=now)


def reword(dedupe_key: str, message: str, *, user_id: int) -> None:
    """Let what the user was told of this cause, if anything, say something else from now on: in the list, and in mails
    and pushes that have not gone out yet.
    """
    told = Notification.objects.of(user_id).filter(dedupe_key=dedupe_key)
    told.update(message=message, updated_at=timezone.now())


def delete_all(*, user: User) -> int:
    """Returns how many there were."""
    return Notification.objects.of(user.pk).delete()[1].get("notifications.Notification", 0)


def delete(notification_id: int, *, user: User) -> None:
    """Raises NotFound for what is not the user's own."""
    deleted, _ = Notification.objects.of(user.pk).filter(pk=notification_id).delete()
    if not deleted:
        raise NotFound("Notification not found")


def frame_of(row: Notification) -> dict[str, Any]:
    """The socket's form of a notification: flat, as the document's frames are."""
    return {
        "type": "notification",
        "notification_id": row.pk,
        "notification_type": row.type,
        "title": row.title,
        "message": row.message,
        "link": row.link,
        "data": row.data,
        "is_read": row.is_read,
        "created_at": row.created_at,
    }


def _row(notice: Notice) -> Notification:
    return Notification(
        recipient_id=notice.recipient_id,
        type=notice.kind,
        title=notice.title,
        message=notice.message,
        link=notice.link,
        data=orjson.loads(live.encode(notice.data)),  # as it will be read back: what is pushed equals what is stored
        about=notice.about,
        dedupe_key=notice.dedupe_key,
    )


def _write(rows: list[Notification]) -> list[Notification]:
    """Insert what is new, in one statement; returns those rows. A cause that was told already is left alone."""
    if not rows:
        return []
    now = timezone.now()
    moment = connection.ops.adapt_datetimefield_value(now)
    json_of = Notification._meta.get_field("data").get_db_prep_value
    values = [
        (
            *(row.recipient_id, row.type, row.title, row.message, row.link),
            *(json_of(row.data, connection), row.about, row.dedupe_key),
        )
        for row in rows
    ]
    with connection.cursor() as cursor:
        statement = _INSERT_NEW.format(rows=", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(rows)))
        cursor.execute(statement, [value for row in values for value in (*row, False, moment, moment)])
        written = {(recipient, key): pk for pk, recipient, key in cursor.fetchall()}
    new = [row for row in rows if (row.recipient_id, row.dedupe_key) in written]
    for row in new:
        row.pk = written[row.recipient_id, row.dedupe_key]
        row.created_at = row.updated_at = now
    return new
