"""Notifications as data, in canonical form."""

from typing import Any

from django.db.models import QuerySet

from notifications.models import Notification

_COLUMNS = ("id", "type", "title", "message", "link", "data", "is_read", "created_at")


def notifications(page: QuerySet[Notification]) -> list[dict[str, Any]]:
    """Those of one page, in its order, as `NotificationSerializer` describes them."""
    return list(page.values(*_COLUMNS))


def for_learners(page: QuerySet[Notification]) -> list[dict[str, Any]]:
    """The same as `NotificationForLearnersSerializer` describes them."""
    return [row | {"read": row["is_read"]} for row in notifications(page)]
