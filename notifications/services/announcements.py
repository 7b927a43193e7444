"""What admins tell many people at once: asked for in the request, told by a worker."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.services import record
from common import work
from common.errors import Forbidden
from notifications.models import Announcement
from notifications.services.notices import Notice, notify

AT_ONCE = 200


@transaction.atomic
def request(
    *, actor: User, title: str, message: str, link: str = "", user_ids: Sequence[int] = (), role: str = ""
) -> int:
    """Ask for an announcement to these people, to all of a role, or, with neither, to everybody; returns to how many
    active accounts. Raises Forbidden.
    """
    if not actor.is_admin:
        raise Forbidden("Only admins may do that.", code="ADMINS_ONLY")
    from notifications.tasks import announce

    row = Announcement.objects.create(
        created_by=actor,
        user_ids=list(user_ids),
        role=role,
        title=title,
        message=message,
        link=link,
        due_at=timezone.now(),
    )
    count = _audience(row).count()
    record("announcement.sent", actor=actor, obj=row, after={"title": title, "role": role, "recipients": count})
    work.after_commit(announce, row.pk)
    return count


def tell(row: Announcement) -> int:
    """Write the notifications, some people at a time; returns how many were new."""
    told = 0
    for user_ids in _batches(list(_audience(row).order_by("pk").values_list("pk", flat=True))):
        with transaction.atomic():
            told += len(notify([_notice(row, user_id) for user_id in user_ids]))
    return told


def _batches(user_ids: list[int]) -> list[list[int]]:
    return [user_ids[start : start + AT_ONCE] for start in range(0, len(user_ids), AT_ONCE)]


def _audience(row: Announcement) -> QuerySet[User]:
    people = User.objects.active()
    if row.user_ids:
        return people.filter(pk__in=row.user_ids)
    return people.filter(role=row.role) if row.role else people


def _notice(row: Announcement, user_id: int) -> Notice:
    return Notice(
        recipient_id=user_id,
        kind="announcement",
        title=row.title,
        message=row.message,
        link=row.link,
        data={"announcement_id": row.pk},
        about=f"announcement:{row.pk}",
        dedupe_key=f"announcement:{row.pk}",
    )
