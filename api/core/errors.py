"""Every "no" as one body, in every dialect.

`{"status": "error", "code", "message", "detail", "error", "errors"?, "timestamp"}`: `message`, `detail` and `error` are
the same sentence, because each of the contracts' clients reads another of them.
"""

import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from psycopg_pool import PoolTimeout
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error

from api.core.dialect import Dialect
from api.core.renderers import to_json
from common import errors as domain

log = logging.getLogger("peerlearn.errors")

NON_FIELD = "non_field_errors"
_STABLE_CODE = re.compile(r"[A-Z][A-Z0-9_]+")
# PostgreSQL's words for "not now": deadlock, serialization failure, lock timeout, statement timeout.
_TRY_AGAIN = {"40P01", "40001", "55P03", "57014"}

DOMAIN_STATUS: dict[type[domain.DomainError], int] = {
    domain.Invalid: 400,
    domain.Unauthenticated: 401,
    domain.PaymentRequired: 402,
    domain.Forbidden: 403,
    domain.NotFound: 404,
    domain.Conflict: 409,  # unless the dialect documents another
    domain.Gone: 410,
    domain.StaleVersion: 412,
    domain.TooManyRequests: 429,
    domain.NotOffered: 501,
    domain.Busy: 503,
}
HTTP_CODES = {
    400: ("MALFORMED_REQUEST", "The request is malformed."),
    401: ("NO_TOKEN", "Authentication is required."),
    403: ("FORBIDDEN", "You do not have permission to do that."),
    404: ("NOT_FOUND", "Not found."),
    405: ("METHOD_NOT_ALLOWED", "This method is not allowed here."),
    413: ("BODY_TOO_LARGE", "The request body is too large."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "This media type is not supported."),
    500: ("INTERNAL_ERROR", "Something went wrong on our side. It was logged."),
    503: ("UNAVAILABLE", "The service is not available at the moment."),
}


@dataclass
class Refusal:
    """One "no", ready to be sent."""

    status: int
    code: str
    message: str
    # The field that the message is about: it stands before it, in the contract's spelling.
    field_name: str = ""
    errors: Mapping[str, list[str]] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, dialect: Dialect | None = None) -> dict[str, Any]:
        sentence = self._sentence(dialect)
        body: dict[str, Any] = {"status": "error", "code": self.code}
        body |= dict.fromkeys(("message", "detail", "error"), sentence)
        if self.errors:
            body["errors"] = {dialect.field_name(k): v for k, v in self.errors.items()} if dialect else self.errors
        facts = {k: v for k, v in self.extra.items() if k not in body}
        return body | (dialect.names(facts) if dialect else facts) | {"timestamp": timezone.now()}

    def _sentence(self, dialect: Dialect | None) -> str:
        if not self.field_name:
            return self.message
        return f"{dialect.field_name(self.field_name) if dialect else self.field_name}: {self.message}"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """REST framework's hook: whatever a view raises becomes the one body."""
    view, request = context["view"], context["request"]
    dialect = getattr(view, "dialect", None)
    refusal = refusal_of(error, dialect, conflict_status=getattr(view, "conflict_status", None))
    if refusal.status >= 500 and not isinstance(error, domain.NotOffered):
        log.error("request_failed", exc_info=error, extra={"method": request.method, "path": request.path})
    response = Response(refusal.body(dialect), status=refusal.status, headers=refusal.headers)
    response.exception = True
    return response


def refusal_of(error: Exception, dialect: Dialect | None = None, *, conflict_status: int | None = None) -> Refusal:
    """What to answer when `error` was raised. Never raises, and knows every kind: the rest is a bug, and a 500."""
    if isinstance(error, domain.DomainError):
        return _domain(error, conflict_status or (dialect.conflict_status if dialect else 409))
    if isinstance(error, exceptions.APIException):
        return _rest(error)
    if isinstance(error, DatabaseError | InterfaceError | PoolTimeout):
        return _database(error)
    return _django(error)


def response_for(code: int, *, message: str = "") -> HttpResponse:
    """The one body as a plain Django response, for what never reaches a view."""
    refusal = _http(code, message=message)
    response = HttpResponse(to_json(refusal.body()), status=code, content_type="application/json")
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return response_for(403, message="The CSRF token is missing or wrong.")


def _domain(error: domain.DomainError, conflict_status: int) -> Refusal:
    kind = next(kind for kind in DOMAIN_STATUS if isinstance(error, kind))
    refusal = Refusal(DOMAIN_STATUS[kind], error.code, error.message, extra=error.extra)
    if isinstance(error, domain.Conflict):
        refusal.status = conflict_status
    if isinstance(error, domain.Invalid):
        refusal.errors = error.errors
    if isinstance(error, domain.TooManyRequests | domain.Busy):
        refusal.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after.total_seconds())))
    if isinstance(error, domain.Unauthenticated):
        refusal.headers["WWW-Authenticate"] = _challenge(error.code)
    return refusal


def _rest(error: exceptions.APIException) -> Refusal:
    if isinstance(error, exceptions.ValidationError):
        return _validation(error)
    if isinstance(error, exceptions.Throttled):
        return _throttled(getattr(error, "wait", None))
    return _http(error.status_code, _plain_code(error), str(error.detail))


def _django(error: Exception) -> Refusal:
    match error:
        case DjangoValidationError():
            return _validation(exceptions.ValidationError(as_serializer_error(error)))
        case Http404():
            return _http(404)
        case PermissionDenied():
            return _http(403)
        case RequestDataTooBig():
            return _http(413)
        case SuspiciousOperation() | UnicodeError() | OverflowError():
            return _http(400)
    return _http(500)


def _validation(error: exceptions.ValidationError) -> Refusal:
    errors = _flatten(error.detail)
    codes = _flatten(error.get_codes())
    first = next(iter(errors), NON_FIELD)
    code = next((c for c in codes.get(first, []) if _STABLE_CODE.fullmatch(c)), "VALIDATION_ERROR")
    sentence = next(iter(errors.get(first, [])), "The request is not valid.")
    return Refusal(400, code, sentence, field_name="" if first == NON_FIELD else first, errors=errors)


def _flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Field errors of any depth as `{"a.b": [...]}`."""
    if isinstance(detail, Mapping):
        flat: dict[str, list[str]] = {}
        for key, value in detail.items():
            flat |= _flatten(value, f"{path}.{key}" if path else str(key))
        return flat
    if isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        flat = {}
        for index, item in enumerate(detail):
            flat |= _flatten(item, f"{path}.{index}" if path else str(index)) if item else {}
        return flat
    items = detail if isinstance(detail, list) else [detail]
    return {path or NON_FIELD: [str(item) for item in items]}


def _plain_code(error: exceptions.APIException) -> str:
    """A permission class may name its own stable code; DRF's own words get ours."""
    code = getattr(error.detail, "code", "")
    return code if _STABLE_CODE.fullmatch(code) else ""


def _throttled(wait: float | None) -> Refusal:
    seconds = str(max(1, math.ceil(wait or 1)))
    return Refusal(429, "RATE_LIMITED", domain.TooManyRequests.message, headers={"Retry-After": seconds})


def _database(error: Exception) -> Refusal:
    state = getattr(error.__cause__, "sqlstate", None)
    if state in _TRY_AGAIN or "database is locked" in str(error):
        return _domain(domain.Busy(), 409)
    if isinstance(error, DataError):
        return _http(400)
    if isinstance(error, IntegrityError):
        # Whatever the polite checks missed, the constraint caught: two did the same at once.
        log.warning("integrity_refusal", exc_info=error)
        return _domain(domain.Conflict(), 409)
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return Refusal(503, "DATABASE_UNAVAILABLE", HTTP_CODES[503][1], headers={"Retry-After": "5"})
    return _http(500)


def _http(code: int, stable_code: str = "", message: str = "") -> Refusal:
    known_code, known_message = HTTP_CODES.get(code, HTTP_CODES[500 if code >= 500 else 400])
    waits = code == status.HTTP_503_SERVICE_UNAVAILABLE or stable_code == "IDEMPOTENCY_KEY_IN_USE"
    headers = {"Retry-After": "5"} if waits else {}
    if code == status.HTTP_401_UNAUTHORIZED:
        headers["WWW-Authenticate"] = _challenge(stable_code)
    return Refusal(code, stable_code or known_code, message or known_message, headers=headers)


def _challenge(code: str) -> str:
    """RFC 6750: a missing token is told nothing more."""
    return 'Bearer error="invalid_token"' if code.startswith("TOKEN") else "Bearer"
