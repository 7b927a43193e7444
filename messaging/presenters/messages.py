"""Messages as data: for the edustream contract's names, and as the chat of learner_v1 reads them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from accounts.presenters.avatars import avatar_url
from messaging.models import Attachment, Message
from messaging.models.message import DELETED
from messaging.presenters.people import name_of
from messaging.services import receipts

_OWN = (
    *("id", "conversation_id", "sender_id", "recipient_id", "booking_id", "client_msg_id", "text", "attachment_count"),
    *("is_masked", "delivered_at", "read_at", "edited_at", "deleted_at", "created_at", "reactions"),
)
_SENDER = tuple(f"sender__{name}" for name in ("id", "first_name", "last_name", "avatar", "deleted_at"))


def messages(page: QuerySet, viewer: User) -> list[dict[str, Any]]:
    """The messages of one page (a sliced queryset), in its order: one query more for receipts, one for files if any."""
    rows = list(page.values(*_OWN, *_SENDER))
    silent = receipts.silent_with(viewer.pk, {_other(row, viewer) for row in rows})
    files = _files([row["id"] for row in rows if row["attachment_count"] and row["deleted_at"] is None])
    return [_message(row, viewer, silent=silent, files=files.get(row["id"], [])) for row in rows]


def message(written: Message, viewer: User) -> dict[str, Any]:
    return messages(Message.objects.filter(pk=written.pk), viewer)[0]


def for_chat(shown: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same messages as the chat of learner_v1 reads them."""
    return [
        {
            "id": row["id"],
            "conversation_id": row["conversation_id"],
            "sender": row["sender"],
            "text": row["message"],
            "read": row["is_read"],
            "edited": row["is_edited"],
            "deleted": row["is_deleted"],
            "client_msg_id": row["client_msg_id"],
            "attachments": row["attachments"],
            "reactions": row["reactions"],
            "created_at": row["created_at"],
        }
        for row in shown
    ]


def attachment(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "media_type": row["media_type"],
        "size": row["size"],
        "scan_state": row["scan_state"],
        "download_url": f"{settings.PUBLIC_URL}/api/messages/attachments/{row['id']}/download",
    }


def _message(row: dict[str, Any], viewer: User, *, silent: set[int], files: list[dict[str, Any]]) -> dict[str, Any]:
    is_mine = row["sender_id"] == viewer.pk
    hides_receipts = is_mine and row["recipient_id"] in silent
    read_at = None if hides_receipts else row["read_at"]
    is_deleted = row["deleted_at"] is not None
    return {
        "id": row["id"],
        "conversation_id": row["conversation_id"],
        "sender_id": row["sender_id"],
        "recipient_id": row["recipient_id"],
        "sender": _sender(row),
        "booking_id": row["booking_id"],
        "client_msg_id": row["client_msg_id"] if is_mine else None,
        "message": DELETED if is_deleted else row["text"],
        "is_read": read_at is not None,
        "read_at": read_at,
        "delivered_at": None if hides_receipts else row["delivered_at"],
        "is_edited": row["edited_at"] is not None,
        "edited_at": row["edited_at"],
        "is_deleted": is_deleted,
        "deleted_at": row["deleted_at"],
        "contact_hidden": row["is_masked"],
        "has_attachment": bool(files),
        "attachment_count": len(files),
        "attachments": files,
        "reactions": [] if is_deleted else row["reactions"],
        "created_at": row["created_at"],
    }


def _sender(row: dict[str, Any]) -> dict[str, Any]:
    key = row["sender__avatar"] if row["sender__deleted_at"] is None else ""
    return {"id": row["sender_id"], "name": name_of(row, "sender__"), "avatar": avatar_url(key)}


def _other(row: dict[str, Any], viewer: User) -> int:
    return row["recipient_id"] if row["sender_id"] == viewer.pk else row["sender_id"]


def _files(message_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    if not message_ids:
        return {}
    files: dict[int, list[dict[str, Any]]] = {}
    rows = Attachment.objects.filter(message__in=message_ids).order_by("id")
    for row in rows.values("id", "message_id", "name", "media_type", "size", "scan_state"):
        files.setdefault(row["message_id"], []).append(attachment(row))
    return files
