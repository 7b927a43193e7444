"""The kinds of "no" that the domain can say. None of them knows HTTP; `api.core.errors` gives each its status.

A refusal carries a stable `code` (listed in docs/errors.md), one sentence for people, and, where a caller can use
them, further facts in `extra`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any


class DomainError(Exception):
    """Something that was asked for is refused. Raise one of the kinds below, never this class itself."""

    code = "REFUSED"
    message = "This is not possible."

    def __init__(self, message: str | None = None, *, code: str | None = None, **extra: Any) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.extra = extra
        super().__init__(self.message)


class Invalid(DomainError):
    """What was sent breaks a rule that the sender could have known. `errors` names the fields."""

    code = "VALIDATION_ERROR"
    message = "The request is not valid."

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        errors: Mapping[str, list[str]] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message, code=code, **extra)
        self.errors = dict(errors or {})


class Unauthenticated(DomainError):
    """Nobody is signed in, or the proof of it is no good."""

    code = "NO_TOKEN"
    message = "Authentication is required."


class PaymentRequired(DomainError):
    """Something has to be paid, or a credit to be had, first."""

    code = "PAYMENT_REQUIRED"
    message = "This has to be paid first."


class Forbidden(DomainError):
    """The caller may see this but not do that."""

    code = "FORBIDDEN"
    message = "You do not have permission to do that."


class NotFound(DomainError):
    """It does not exist, or not for this caller: the two are never told apart."""

    code = "NOT_FOUND"
    message = "Not found."


class Conflict(DomainError):
    """Allowed in principle, but not in the state things are in now."""

    code = "CONFLICT"
    message = "This is not possible at the moment."


class Gone(DomainError):
    """It was there, and will not come back."""

    code = "GONE"
    message = "This is not there any more."


class StaleVersion(DomainError):
    """The caller's `If-Match` names a version that is no longer the current one."""

    code = "STALE_VERSION"
    message = "This was changed by somebody else in the meantime. Load it again."


class NotOffered(DomainError):
    """Nobody has set up here what this needs."""

    code = "NOT_OFFERED"
    message = "This is not offered here."


class TooManyRequests(DomainError):
    """A limit is reached; `retry_after` says how long it lasts."""

    code = "RATE_LIMITED"
    message = "Too many requests. Try again later."

    def __init__(self, message: str | None = None, *, retry_after: timedelta, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class Busy(DomainError):
    """The system cannot answer just now; the same request may succeed in `retry_after`."""

    code = "BUSY_RETRY"
    message = "The service is busy. Try again in a moment."

    def __init__(
        self, message: str | None = None, *, code: str | None = None, retry_after: timedelta = timedelta(seconds=1)
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class InvalidTransition(Conflict):
    """A state machine has no such move from the state it is in (R-GEN-5)."""

    code = "INVALID_TRANSITION"

    def __init__(self, message: str, *, current: str, allowed: list[str]) -> None:
        super().__init__(message, current_state=current, allowed=allowed)
