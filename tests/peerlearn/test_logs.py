"""No secret and no address of a person reaches the log, and each line knows its request (goal S20)."""

import json
import logging

import pytest
import structlog
from django.test import RequestFactory

from common.masking import MASK, mask_text
from peerlearn.logs import logging_config, mask_secrets

FEED = "/calendar/feed/q1Wm7cVb0ZkT3xYp9sRfUeGhJiKlMnOoPaBcDdEfGhI.ics"
GUARDIAN = "/guardians/recordings/WzEsMiwxLDNd:1vOAbc:x-Y_z9"
UNSUBSCRIBE = "/notifications/unsubscribe/WzEsImJvb2tpbmdfY29uZmlybWVkIl0:1vOAbc:x-Y_z9"


@pytest.mark.parametrize(("path", "shown"), [
    (FEED, f"/calendar/feed/{MASK}.ics"),
    (GUARDIAN, f"/guardians/recordings/{MASK}"),
    (UNSUBSCRIBE, f"/notifications/unsubscribe/{MASK}"),
    ("/api/sessions/7", "/api/sessions/7"),
])  # fmt: skip
def test_secrets_in_paths_are_masked(path, shown):
    event = mask_secrets(None, "", {"path": path, "request": RequestFactory().get(path), "event": f"GET {path} failed"})

    assert event == {"path": shown, "request": f"GET {shown}", "event": f"GET {shown} failed"}


@pytest.mark.parametrize(("text", "shown"), [
    ("{'ada@example.com': (550, b'No such user')}", f"{{'{MASK}': (550, b'No such user')}}"),
    ("postgres://peerlearn:hunter2@db.example.com:5432/x", f"postgres://{MASK}:5432/x"),
    ("card 4242 4242 4242 4242 declined", f"card {MASK} declined"),
    ("card 4242424242424242, amex 378282246310005", f"card {MASK}, amex {MASK}"),
    ("booking 4242424242424241 at 1764201600000", "booking 4242424242424241 at 1764201600000"),
    ("at 2026-11-27 00:13:07.123456 in 0.1234567890123456 s", "at 2026-11-27 00:13:07.123456 in 0.1234567890123456 s"),
    ("eyJhbGciOi.eyJpZCI6MX0.c2ln expired", f"{MASK} expired"),
])  # fmt: skip
def test_people_and_cards_are_masked_wherever_they_stand(text, shown):
    assert mask_text(text) == shown


def test_what_is_nested_is_masked_too():
    extra = {"body": {"password": "x", "to": ["ada@example.com", 7]}, "phone": "+44", "count": 3}

    shown = mask_secrets(None, "", extra)

    assert shown == {"body": {"password": MASK, "to": [MASK, 7]}, "phone": MASK, "count": 3}


def written(record, *, human=False):
    """The line that the handler of the real settings writes."""
    config = logging_config(human=human)["formatters"]["structured"]
    return config.pop("()")(**config).format(record)


def test_an_event_is_one_json_line_even_with_its_traceback():
    try:
        raise ValueError("no such user: ada@example.com\nBcc: all")
    except ValueError as error:
        record = logging.LogRecord(
            "peerlearn.x", logging.ERROR, "f.py", 1, "mail_failed", (), (type(error), error, None)
        )
    record.token = "secret"

    line = written(record)

    assert "\n" not in line
    event = json.loads(line)
    assert (event["event"], event["level"], event["logger"], event["token"]) == (
        "mail_failed",
        "error",
        "peerlearn.x",
        MASK,
    )
    assert event["timestamp"].endswith("Z")
    assert "ada@example.com" not in line


@pytest.mark.parametrize(("proxies", "given", "is_kept"), [
    (1, "d2d054407c7baa3bfe399c1ad13bc4f5", True),
    (0, "d2d054407c7baa3bfe399c1ad13bc4f5", False),
    (1, "short", False),
    (1, "x" * 65, False),
    (1, 'a"} {"level": "info', False),
])  # fmt: skip
def test_a_request_has_the_proxys_id_where_there_is_a_proxy_of_ours(
    client, settings, monkeypatch, proxies, given, is_kept
):
    settings.TRUSTED_PROXIES = proxies
    seen = []
    monkeypatch.setattr(
        "audit.middleware.AuditOrigin.__call__",
        lambda self, request: (
            seen.append(structlog.contextvars.get_contextvars()["request_id"]) or self.get_response(request)
        ),
    )

    client.get("/openapi.json", headers={"X-Request-ID": given})

    assert (seen == [given]) is is_kept
    assert len(seen[0]) >= 32


def test_a_line_of_a_request_says_nobodys_address(client, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "audit.middleware.AuditOrigin.__call__",
        lambda self, request: seen.append(structlog.contextvars.get_contextvars()) or self.get_response(request),
    )

    client.get("/openapi.json", REMOTE_ADDR="192.0.2.7", headers={"X-Forwarded-For": "192.0.2.8"})

    assert "192.0.2" not in str(seen)
    assert "request_id" in seen[0]
