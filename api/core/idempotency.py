"""`Idempotency-Key`: the same POST twice has one effect and one answer (R-GEN-6)."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from api.core.models import CompletedRequest
from api.core.renderers import to_json
from common.errors import Invalid

KEPT_FOR = timedelta(hours=48)
LONGEST_KEY = 255
REPLAY_HEADER = "Idempotent-Replay"


class KeyReused(APIException):
    status_code = 422
    default_detail = "This idempotency key was used for another request."
    default_code = "IDEMPOTENCY_KEY_REUSED"


class StillRunning(APIException):
    status_code = 409
    default_detail = "The first request with this idempotency key is still running."
    default_code = "IDEMPOTENCY_KEY_IN_USE"


def run_once(
    key: str, handler: Callable[..., Response], request: SignedInRequest, *args: Any, **kwargs: Any
) -> Response:
    """Run the handler and keep its answer, or give the answer that the same request got before.

    All in one transaction: the effect and the memory of it come to be together. A different request with the same
    key is a 422; one that is still running is a 409 that says when to ask again.
    """
    _require_key(key)
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        if not _claim(request.user.pk, key):
            raise StillRunning
        earlier = _earlier(request, key)
        if earlier:
            return _replay(earlier, fingerprint)
        response = handler(request, *args, **kwargs)
        if response.status_code < 300:
            _remember(request, key, fingerprint, response)
        return response


def answer_once(
    key: str, handler: Callable[..., Response], request: SignedInRequest, *args: Any, **kwargs: Any
) -> Response:
    """As `run_once`, for a handler that has one effect however often it runs, and waits for somebody outside.

    It commits what it does itself: no transaction is open while it waits. Of two requests at once the answer that is
    kept first is that of both.
    """
    _require_key(key)
    fingerprint = _fingerprint(request)
    earlier = _earlier(request, key)
    if earlier:
        return _replay(earlier, fingerprint)
    response = handler(request, *args, **kwargs)
    if response.status_code >= 300:
        return response
    try:
        with transaction.atomic():
            _remember(request, key, fingerprint, response)
    except IntegrityError:
        return _replay(CompletedRequest.objects.get(user=request.user, key=key), fingerprint)
    return response


def purge(*, now: datetime) -> int:
    """Forget answers after two days; returns how many."""
    return CompletedRequest.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def _require_key(key: str) -> None:
    if len(key) > LONGEST_KEY:
        raise Invalid(f"An idempotency key has at most {LONGEST_KEY} characters.", code="IDEMPOTENCY_KEY_TOO_LONG")
    if not key.isprintable():
        raise Invalid("An idempotency key has printable characters only.")


def _earlier(request: SignedInRequest, key: str) -> CompletedRequest | None:
    return CompletedRequest.objects.filter(user=request.user, key=key).first()


def _fingerprint(request: SignedInRequest) -> str:
    """The same for the same request, whatever the order of its fields. Of files their content counts."""
    data = dict(request.data.lists()) if isinstance(request.data, QueryDict) else request.data
    body = orjson.dumps(data, option=orjson.OPT_SORT_KEYS, default=_facts)
    return hashlib.sha256(f"{request.method} {request._request.path_info} ".encode() + body).hexdigest()


def _facts(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return str(value)
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)  # for the handler
    return [value.name, content.hexdigest()]


def _claim(user_id: int, key: str) -> bool:
    """Whether no other request with this key is running. SQLite runs one writing transaction at a time anyway."""
    if connection.vendor != "postgresql":
        return True
    number = int.from_bytes(hashlib.sha256(f"{user_id}:{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _replay(earlier: CompletedRequest, fingerprint: str) -> Response:
    if earlier.fingerprint != fingerprint:
        raise KeyReused
    return Response(orjson.loads(earlier.body), status=earlier.status, headers={REPLAY_HEADER: "true"})


def _remember(request: SignedInRequest, key: str, fingerprint: str, response: Response) -> None:
    CompletedRequest.objects.create(
        user=request.user,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        body=to_json(response.data).decode(),
        created_at=timezone.now(),
    )
