"""The audit log as a file, sent while it is read: however long it is, little of it is in memory at once."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from adminpanel.audit_log import presenters
from audit.models import AuditEntry
from audit.querysets import AuditEntryQuerySet
from common.spreadsheets import csv_lines

BATCH = 1000
COLUMNS = (
    *("id", "created_at", "user_id", "actor_role", "action", "object_type", "object_id", "details", "reason"),
    *("ip_address", "user_agent", "request_id", "seq"),
)
MEDIA_TYPES = {"csv": "text/csv", "json": "application/x-ndjson"}


def lines(found: AuditEntryQuerySet, kind: str) -> Iterator[str]:
    """The entries, the newest first, as CSV with a heading or as one JSON object a line; in pieces of many lines.

    Read along the ids, so that no query is long and what is recorded meanwhile shifts nothing.
    """
    if kind == "csv":
        yield csv_lines([COLUMNS])
    below: int | None = None
    while batch := _batch(found, below):
        below = batch[-1]["id"]
        yield _as_csv(batch) if kind == "csv" else "".join(f"{_json(entry)}\n" for entry in batch)


def _batch(found: AuditEntryQuerySet, below: int | None) -> list[dict[str, Any]]:
    rest = found if below is None else found.filter(pk__lt=below)
    newest: Any = rest.order_by("-id")[:BATCH]
    return presenters.entries(newest)


def _as_csv(batch: list[dict[str, Any]]) -> str:
    return csv_lines([entry[name] if name != "details" else _json(entry[name]) for name in COLUMNS] for entry in batch)


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def newest_id() -> int:
    """The id up to which an export reads: its own entry in the log is not part of it."""
    newest = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0
