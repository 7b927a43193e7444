"""Structured logs: one JSON line an event (plain lines on a developer's terminal), with a request id, without secrets.

A query string is never logged by us: sockets may carry their token in it. What libraries log of one is masked, and so
are people's addresses, which an error of a mail server repeats.
"""

import re
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from common.client_address import client_address
from common.masking import MASK, mask_text

SECRET_WORDS = ("password", "token", "secret", "otp", "authorization", "cookie", "card", "email", "phone")

# What the proxy may call a request. Anything else would be somebody's own words in our logs.
REQUEST_ID = re.compile(r"[\w-]{8,64}", re.ASCII)


def mask_secrets(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Hides what has a name that sounds secret or personal, and each token, e-mail address and card's number."""
    return {key: _masked(key, value) for key, value in event.items()}


def _masked(key: str, value: Any) -> Any:
    if any(word in key.lower() for word in SECRET_WORDS):
        return MASK
    if isinstance(value, HttpRequest):
        return mask_text(f"{value.method} {value.path}")
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {name: _masked(str(name), each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked("", each) for each in value]
    return value


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    mask_secrets,
]

structlog.configure(
    # Two events of every request are below the level: they are dropped before any work is put into them.
    processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def logging_config(*, human: bool) -> dict[str, Any]:
    """The LOGGING setting: everything goes to standard error through one formatter."""
    renderer = structlog.dev.ConsoleRenderer() if human else structlog.processors.JSONRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "peerlearn": {"level": "INFO"},
            # Django's own handler would print everything a second time.
            "django": {"handlers": [], "level": "WARNING"},
            "django.server": {"handlers": [], "propagate": True},
            # Refusals are answers, not events; bugs are logged by api.core.errors.
            "django_structlog": {"level": "ERROR"},
            "django.request": {"level": "CRITICAL"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "daphne": {"level": "WARNING"},
        },
    }


class RequestLog(RequestMiddleware):
    """Binds a request id, the user and the path to every log line of a request.

    The id is the one that our proxy gave (`X-Request-ID`), so that its log and ours can be laid side by side.
    """

    def prepare(self, request: HttpRequest) -> None:
        super().prepare(request)
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        if settings.TRUSTED_PROXIES and REQUEST_ID.fullmatch(given):
            structlog.contextvars.bind_contextvars(request_id=given)

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """The address that limits go by, instead of what a client writes into a header."""
        structlog.contextvars.bind_contextvars(ip=client_address(request))

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"
