"""Lists of threads: one query along two indexes, whatever the length of the history.

A pair's row is either on the lower or on the higher side of a user. Each side is read newest first along its own index
and no further than the page needs; the database merges the two.
"""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.presenters.avatars import avatar_url
from common.merged import Merged
from messaging.models import Conversation
from messaging.models.message import DELETED
from messaging.presenters.people import name_of

_PERSON = ("id", "first_name", "last_name", "role", "avatar", "deleted_at")
_COLUMNS = (
    *("id", "low_id", "low_unread", "high_unread", "created_at"),
    *(f"last_message__{name}" for name in ("text", "created_at", "deleted_at", "sender_id", "attachment_count")),
    *(f"{side}__{name}" for side in ("low", "high") for name in _PERSON),
)


def threads_of(viewer: User, *, with_empty: bool = False) -> Merged:
    """Somebody's conversations, newest first. `with_empty` shows those too that the viewer has opened and nobody has
    written in yet.
    """
    shown = Q(last_message__isnull=False)
    if with_empty:
        shown |= Q(opened_by=viewer)
    sides = [side.filter(shown) for side in Conversation.objects.sides_of(viewer.pk)]
    return Merged(sides, "-active_at", "-id")


def threads(page: QuerySet, viewer: User) -> list[dict[str, Any]]:
    """The union of what the document and its client read."""
    return [_thread(row, _sides(row, viewer)) for row in page.values(*_COLUMNS)]


def conversations(page: QuerySet, viewer: User) -> list[dict[str, Any]]:
    """The same as the chat of learner_v1 reads it: both people, the viewer first."""
    return [_conversation(row, _sides(row, viewer), viewer) for row in page.values(*_COLUMNS)]


def conversation(opened: Conversation, viewer: User) -> dict[str, Any]:
    return conversations(Conversation.objects.filter(pk=opened.pk), viewer)[0]


def _sides(row: dict[str, Any], viewer: User) -> tuple[str, str]:
    """The viewer's side of the row and the other's."""
    return ("low", "high") if row["low_id"] == viewer.pk else ("high", "low")


def _thread(row: dict[str, Any], sides: tuple[str, str]) -> dict[str, Any]:
    mine, other = sides
    is_gone = row[f"{other}__deleted_at"] is not None
    last_at = row["last_message__created_at"]
    return {
        "conversation_id": row["id"],
        "other_user_id": row[f"{other}__id"],
        "other_user_name": name_of(row, f"{other}__"),
        "other_user_first_name": "" if is_gone else row[f"{other}__first_name"],
        "other_user_last_name": "" if is_gone else row[f"{other}__last_name"],
        "other_user_email": None,
        "other_user_role": row[f"{other}__role"],
        "other_user_avatar": avatar_url("" if is_gone else row[f"{other}__avatar"]),
        "last_message": _last_text(row),
        "last_message_at": last_at,
        "last_message_time": last_at,
        "last_message_has_attachment": bool(row["last_message__attachment_count"] and not _last_is_gone(row)),
        "last_sender_id": row["last_message__sender_id"],
        "unread_count": row[f"{mine}_unread"],
    }


def _conversation(row: dict[str, Any], sides: tuple[str, str], viewer: User) -> dict[str, Any]:
    mine, other = sides
    return {
        "id": row["id"],
        "participants": [_participant(row, mine) | {"email": viewer.email}, _participant(row, other)],
        "last_message": _last_text(row),
        "last_message_at": row["last_message__created_at"],
        "unread": row[f"{mine}_unread"],
        "created_at": row["created_at"],
    }


def _participant(row: dict[str, Any], side: str) -> dict[str, Any]:
    is_gone = row[f"{side}__deleted_at"] is not None
    return {
        "id": row[f"{side}__id"],
        "name": name_of(row, f"{side}__"),
        "email": None,
        "role": row[f"{side}__role"],
        "avatar": avatar_url("" if is_gone else row[f"{side}__avatar"]),
    }


def _last_text(row: dict[str, Any]) -> str | None:
    return DELETED if _last_is_gone(row) else row["last_message__text"]


def _last_is_gone(row: dict[str, Any]) -> bool:
    return row["last_message__deleted_at"] is not None
