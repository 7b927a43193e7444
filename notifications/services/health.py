"""Whether what leaves the house arrives: read from the rows, so that every process gives the same answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db.models import Q, QuerySet

from common.fuse import SILENT
from common.models import DueWork
from notifications.models import Delivery
from notifications.services import push

RECENT = timedelta(minutes=15)
# Longer than any pause between two sweeps.
OVERDUE = timedelta(minutes=2)
# The server answered, and it is the address that it does not want.
_ITS_OWN_FAULT = "SMTPRecipientsRefused"


def states(*, now: datetime) -> dict[str, str]:
    """`mail`, `push` and `work`, each up, down or not_configured."""
    return {
        "mail": _state(Delivery.Channel.EMAIL, _rows_of(settings.MAIL_QUEUES), now),
        "push": _state(Delivery.Channel.PUSH, [], now) if push.is_available() else "not_configured",
        "work": "down" if _is_behind(now) else "up",
    }


def _state(channel: str, others: list[QuerySet], now: datetime) -> str:
    """Down when the last that was tried through the channel failed; what waits for another try says when that was."""
    deliveries = Delivery.objects.filter(channel=channel)
    failures = [_last_failure(rows, now) for rows in (deliveries, *others)]
    failed_at = max([failure for failure in failures if failure], default=None)
    if failed_at is None:
        return "up"
    sent = deliveries.filter(state=DueWork.State.DONE, outcome__startswith="sent", updated_at__gt=failed_at)
    return "up" if sent.exists() else "down"


def _last_failure(rows: QuerySet, now: datetime) -> datetime | None:
    tried = Q(attempts__gt=0) | Q(outcome__endswith=SILENT)
    waiting = Q(tried, state=DueWork.State.DUE, leased_until=None)
    failed = rows.filter(waiting | Q(state=DueWork.State.DEAD), updated_at__gt=now - RECENT)
    failed = failed.exclude(outcome__startswith=_ITS_OWN_FAULT)
    return failed.order_by("-updated_at").values_list("updated_at", flat=True).first()


def _is_behind(now: datetime) -> bool:
    """Nobody works: something has been due for a while and nobody holds it."""
    since = now - OVERDUE
    queues = [Delivery.objects.filter(digest=None), *_rows_of(settings.WORK_QUEUES)]
    overdue = (queue.filter(state=DueWork.State.DUE, due_at__lte=since) for queue in queues)
    return any(queue.exclude(leased_until__gt=now).exists() for queue in overdue)


def _rows_of(labels: Iterable[str]) -> list[QuerySet]:
    """Of queues of other apps, too, which are named in the settings."""
    return [apps.get_model(label)._default_manager.all() for label in labels]
