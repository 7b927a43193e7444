"""Events as the sandbox sends them, signed in the same way as a real provider's: `settings.SANDBOX_WEBHOOK_SECRET`,
header `Sandbox-Signature: t=...,v1=...`, HMAC-SHA256 over `t.body`.
"""

import hmac
import json
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings

from payments.gateways.base import BadSignature, Event

TOLERANCE = timedelta(minutes=5)
HEADER = "Sandbox-Signature"


def body_of(kind: str, data: Mapping[str, Any], *, event_id: str = "", created: float | None = None) -> bytes:
    """An event as the sandbox sends it."""
    event = {
        "id": event_id or f"sandbox_evt_{secrets.token_hex(12)}",
        "type": kind,
        "created": created or time.time(),
        "sandbox": "No money moves here.",
        "data": {"object": dict(data)},
    }
    return json.dumps(event).encode()


def sign(body: bytes, *, at: float | None = None) -> str:
    """The header that goes with a body."""
    moment = int(at if at is not None else time.time())
    digest = hmac.new(settings.SANDBOX_WEBHOOK_SECRET.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={digest}"


def parse(body: bytes, signature: str) -> Event:
    """The event in a body, if the header proves that it is ours and fresh. Raises BadSignature."""
    _verify(body, signature)
    try:
        event = json.loads(body)
        return Event(
            id=event["id"],
            type=event["type"],
            happened_at=datetime.fromtimestamp(event["created"], UTC),
            object_id=event["data"]["object"].get("id", ""),
            payment_ref=event["data"]["object"].get("payment_ref", ""),
            payload=event,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSignature("The body is no event.") from error


def _verify(body: bytes, header: str) -> None:
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    moment = parts.get("t", "")
    if not moment.isascii() or not moment.isdigit() or len(moment) > 12:
        raise BadSignature("The signature is missing.")
    if not hmac.compare_digest(sign(body, at=int(moment)).encode(), f"t={moment},v1={parts.get('v1', '')}".encode()):
        raise BadSignature("The signature does not fit.")
    if abs(time.time() - int(moment)) > TOLERANCE.total_seconds():
        raise BadSignature("The event is too old.")
