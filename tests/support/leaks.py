"""Goal S20 over the whole suite: no test may see a secret in the log, in an error's body, or in the audit log.

What tests use as secrets is planted everywhere anyway: the passwords of the people whom they make, tokens, cards. Each
test that is over looks whether one of them turned up (`tests/conftest.py`); `tests/api/test_secrets.py` walks through
everything that handles secrets, and looks into every table besides.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.models.signals import post_save
from django.http import HttpRequest, HttpResponse

PLANTED = re.compile(
    r"password123|a-good-password|another-good-password|[Cc]anary-\w+"
    r"|eyJ[\w-]{8,}\.eyJ?[\w-]{8,}|4242 ?4242 ?4242 ?4242"
)
# Of people: these may stand in answers to them, but never in the log.
PERSONAL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)*example\.(?:com|org|net)")

found: list[str] = []


def look(where: str, text: str, *patterns: re.Pattern[str]) -> None:
    for pattern in patterns:
        if match := pattern.search(text):
            found.append(f"{where} has {match[0]!r}: {text[:500]}")


class WatchedLog(logging.Handler):
    """Reads each line as the handler of the real settings would write it."""

    def __init__(self) -> None:
        super().__init__()
        config = dict(settings.LOGGING["formatters"]["structured"])
        self.setFormatter(config.pop("()")(**config))

    def emit(self, record: logging.LogRecord) -> None:
        look(f"the log ({record.name})", self.format(record), PLANTED, PERSONAL)


class WatchErrors:
    """In MIDDLEWARE of the test settings: the bodies of refusals and bugs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400 and not response.streaming and hasattr(response, "content"):
            is_rendered = getattr(response, "is_rendered", True)
            if is_rendered:
                look(f"{response.status_code} of {request.path}", response.content.decode(errors="replace"), PLANTED)
        return response


def _look_at_entry(instance: Any, **kwargs: Any) -> None:
    text = json.dumps([instance.before, instance.after, instance.reason], default=str)
    look(f"the audit entry {instance.action}", text, PLANTED, PERSONAL)


@contextmanager
def watched() -> Iterator[None]:
    """Everything that happens in the block is looked at."""
    from audit.models import AuditEntry

    handler = WatchedLog()
    logging.getLogger().addHandler(handler)
    post_save.connect(_look_at_entry, sender=AuditEntry)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        post_save.disconnect(_look_at_entry, sender=AuditEntry)
