"""One's own erasure and export, as they are answered."""

from datetime import datetime
from typing import Any

from privacy.models import DataExport, Erasure

DOWNLOAD = "/api/users/me/export/download"


def erasure(row: Erasure) -> dict[str, Any]:
    shown = ("id", "state", "requested_at", "begins_at", "due_at", "finished_at", "blockers")
    return {name: getattr(row, name) for name in shown}


def export(row: DataExport, *, now: datetime) -> dict[str, Any]:
    state = _state(row, now)
    return {
        "id": row.pk,
        "state": state,
        "requested_at": row.created_at,
        "ready_at": row.ready_at,
        "expires_at": row.expires_at,
        "size": row.size,
        "sha256": row.sha256,
        "download_url": DOWNLOAD if state == "ready" else None,
    }


def _state(row: DataExport, now: datetime) -> str:
    if row.expires_at is not None:
        return "ready" if row.expires_at > now and row.file else "expired"
    return "failed" if row.state == DataExport.State.DEAD else "preparing"
