"""Telling people: `notices` writes notifications, `stream` keeps and pushes each user's numbered events, `deliveries`
says what must go out of the house, and `sending` sends it.
"""

from notifications.services.notices import (
    Notice,
    delete,
    delete_all,
    mark_all_read,
    mark_read,
    mark_read_about,
    mark_read_of,
    notify,
    reword,
)

__all__ = [
    "Notice",
    "delete",
    "delete_all",
    "mark_all_read",
    "mark_read",
    "mark_read_about",
    "mark_read_of",
    "notify",
    "reword",
]
