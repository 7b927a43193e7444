"""Structured logs: one JSON line an event (plain lines on a developer's terminal), with a request id, without secrets.

A query string is never logged by us: sockets may carry their token in it. What libraries log of one is masked.
"""

import re
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

SECRET_WORDS = ("password", "token", "secret", "otp", "authorization", "cookie")
MASK = "[hidden]"


# A JSON web token, or a secret in a query string or in a path.
SECRET_TEXT = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=token=)[^&\s'\"]+|(?<=otp=)\d+"
    r"|(?<=calendar/feed/)[\w-]+|(?<=notifications/unsubscribe/)[\w:-]+"
)


def mask_secrets(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Neither what a log call was given under a name that sounds secret nor a token anywhere in it reaches the log."""
    for key, value in event.items():
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = MASK
        elif isinstance(value, HttpRequest):
            event[key] = SECRET_TEXT.sub(MASK, f"{value.method} {value.path}")
        elif isinstance(value, str):
            event[key] = SECRET_TEXT.sub(MASK, value)
    return event


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
    """Binds a request id, the user and the path to every log line of a request."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"
