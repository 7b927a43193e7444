"""The arithmetic of the hash chain: no database, no clock."""

import hashlib
import json
from datetime import UTC

from audit.models import AuditEntry

# What stands before the first link.
GENESIS = "0" * 64


def link_hash(prev_hash: str, entry: AuditEntry) -> str:
    """SHA-256 over the previous link's hash and the entry, in hexadecimal."""
    return hashlib.sha256((prev_hash + canonical(entry)).encode()).hexdigest()


def canonical(entry: AuditEntry) -> str:
    """The entry as JSON that comes out the same whenever the same row is read.

    A field added to the model later must stay out of this while it is empty, or no older hash fits any more.
    """
    facts = {
        "id": entry.pk,
        "created_at": entry.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": entry.actor_id,
        "actor_role": entry.actor_role,
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "ip": entry.ip,
        "user_agent": entry.user_agent,
        "request_id": entry.request_id,
    }
    if entry.origin_token:
        facts["origin_token"] = entry.origin_token
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
