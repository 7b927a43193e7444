"""Which refusals an operation can answer with, derived from what the view declares and from how it is bound."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.permissions import SAFE_METHODS, AllowAny, IsAuthenticated

from accounts.errors import TokenExpired, TokenInvalid, TokenRevoked
from api.core.authentication import BrowserSessionAuthentication
from api.core.errors import DOMAIN_STATUS, HTTP_CODES
from api.core.idempotency import KeyReused, StillRunning
from common import errors as domain

WHEN = "2026-01-31T14:00:00Z"
MEANING = {
    400: "Malformed, or refused by a rule.",
    401: "Nobody is signed in, or the proof of it is no good.",
    402: "Something has to be paid first.",
    403: "Not for this caller.",
    404: "It does not exist, or not for this caller.",
    409: "Not possible in the state things are in.",
    410: "It was there, and will not come back.",
    412: "It was changed since the version that `If-Match` names.",
    413: "The body is too large.",
    415: "The body is of a kind that is not understood.",
    422: "The idempotency key was used for another request.",
    429: "Too many requests.",
    501: "Nobody has set up here what this needs.",
    503: "Not now; the same request may succeed a little later.",
}
_SENTENCE = {"type": "string"}
ERROR = {
    "type": "object",
    "description": "Every refusal, in every contract. `message`, `detail` and `error` are the same sentence.",
    "required": ["status", "code", "message", "detail", "error", "timestamp"],
    "properties": {
        "status": {"type": "string", "const": "error"},
        "code": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]+$", "description": "Stable: for programs."},
        "message": _SENTENCE | {"description": "For people."},
        "detail": _SENTENCE,
        "error": _SENTENCE,
        "errors": {
            "type": "object",
            "description": "What is wrong with each field.",
            "additionalProperties": {"type": "array", "items": _SENTENCE},
        },
        "timestamp": {"type": "string", "format": "date-time"},
    },
    "additionalProperties": True,
}


def _header(description: str, kind: str = "integer") -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}


_WAIT = {"Retry-After": _header("Seconds to wait.")}
HEADERS = {
    401: {"WWW-Authenticate": _header("`Bearer`, with the kind of error where a token was sent.", "string")},
    409: _WAIT,
    429: _WAIT
    | {
        "X-RateLimit-Limit": _header("Requests in a window: a minute, or five."),
        "X-RateLimit-Remaining": _header("How many are left."),
        "X-RateLimit-Reset": _header("Seconds until the count starts anew."),
    },
    503: _WAIT,
}


@dataclass(frozen=True)
class Reason:
    """One way to say no."""

    status: int
    code: str
    message: str
    field: str = ""

    def body(self) -> dict[str, Any]:
        sentence = f"{self.field}: {self.message}" if self.field else self.message
        body = {"status": "error", "code": self.code} | dict.fromkeys(("message", "detail", "error"), sentence)
        return body | ({"errors": {self.field: [self.message]}} if self.field else {}) | {"timestamp": WHEN}


def responses(schema: AutoSchema, has_body: bool, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """The refusals of the operation that `schema` is about, by status."""
    reasons = list(dict.fromkeys(_reasons(schema, has_body=has_body, parameters=parameters)))
    statuses = sorted({reason.status for reason in reasons})
    return {str(status): _response(schema, status, [r for r in reasons if r.status == status]) for status in statuses}


def _response(schema: AutoSchema, status: int, reasons: list[Reason]) -> dict[str, Any]:
    """A reference: operations that refuse alike share the description."""
    error = ResolvedComponent("Error", ResolvedComponent.SCHEMA, ERROR, "Error")
    schema.registry.register_on_missing(error)
    body = {
        "schema": error.ref,
        "examples": {reason.code: {"summary": reason.message, "value": reason.body()} for reason in reasons},
    }
    response = {"description": MEANING[status], "content": {"application/json": body}}
    if status in HEADERS:
        response["headers"] = HEADERS[status]
    name = ".".join([str(status), *(reason.code for reason in reasons)])
    shared = ResolvedComponent(name, ResolvedComponent.RESPONSE, response, name)
    schema.registry.register_on_missing(shared)
    return shared.ref


def _reasons(schema: AutoSchema, *, has_body: bool, parameters: list[dict[str, Any]]) -> Iterator[Reason]:
    yield from _of_input({parameter["in"] for parameter in parameters}, has_body=has_body)
    yield from _of_permission(schema)
    yield from _of_action(schema)
    yield from _of_everything(schema.view)


def _of_input(places: set[str], *, has_body: bool) -> Iterator[Reason]:
    if has_body or places & {"query", "header"}:
        yield Reason(400, "VALIDATION_ERROR", "This value is not valid.", field="field")
    if has_body:
        yield from map(_http, (400, 413, 415))
    if "path" in places:
        yield _http(404)


def _of_action(schema: AutoSchema) -> Iterator[Reason]:
    view = schema.view
    action = getattr(view, "action", None) or schema.method.lower()
    yield from (_domain(error, view) for error in getattr(view, "refusals", {}).get(action, ()))
    if action in getattr(view, "idempotent_actions", ()):
        yield from (Reason(e.status_code, e.default_code, e.default_detail) for e in (StillRunning, KeyReused))
    if action in getattr(view, "versioned_actions", ()):
        yield _domain(domain.StaleVersion, view)


def _of_everything(view: Any) -> Iterator[Reason]:
    if getattr(view, "throttle_scope", "default") is not None:
        yield _domain(domain.TooManyRequests, view)
    if hasattr(view, "dialect"):
        yield _domain(domain.Busy, view)
        yield Reason(503, "DATABASE_UNAVAILABLE", HTTP_CODES[503][1])


def _of_permission(schema: AutoSchema) -> Iterator[Reason]:
    view = schema.view
    permissions = [permission for permission in view.get_permissions() if not isinstance(permission, AllowAny)]
    if permissions:
        yield _http(401)
    if view.get_authenticators():  # where nobody has to be signed in, too: a token that is no good is told
        yield from (_domain(error, view) for error in (TokenInvalid, TokenExpired, TokenRevoked))
    for permission in permissions:
        if not isinstance(permission, IsAuthenticated):
            message = getattr(permission, "message", HTTP_CODES[403][1])
            yield Reason(403, getattr(permission, "code", HTTP_CODES[403][0]), message)
    by_cookie = any(isinstance(a, BrowserSessionAuthentication) for a in view.get_authenticators())
    if by_cookie and schema.method not in SAFE_METHODS:
        yield Reason(403, "FORBIDDEN", "CSRF Failed: CSRF token missing.")


def _http(status: int) -> Reason:
    return Reason(status, *HTTP_CODES[status])


def _domain(error: type[domain.DomainError], view: Any) -> Reason:
    status = next(status for kind, status in DOMAIN_STATUS.items() if issubclass(error, kind))
    if issubclass(error, domain.Conflict):
        dialect = getattr(view, "dialect", None)
        status = getattr(view, "conflict_status", None) or (dialect.conflict_status if dialect else status)
    return Reason(status, error.code, error.message)
