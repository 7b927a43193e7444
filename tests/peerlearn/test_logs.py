"""No secret that stands in an address reaches the log (goal S20)."""

import pytest
from django.test import RequestFactory

from peerlearn.logs import MASK, mask_secrets

FEED = "/calendar/feed/q1Wm7cVb0ZkT3xYp9sRfUeGhJiKlMnOoPaBcDdEfGhI.ics"
UNSUBSCRIBE = "/notifications/unsubscribe/WzEsImJvb2tpbmdfY29uZmlybWVkIl0:1vOAbc:x-Y_z9"


@pytest.mark.parametrize(("path", "shown"), [
    (FEED, f"/calendar/feed/{MASK}.ics"),
    (UNSUBSCRIBE, f"/notifications/unsubscribe/{MASK}"),
    ("/api/sessions/7", "/api/sessions/7"),
])  # fmt: skip
def test_secrets_in_paths_are_masked(path, shown):
    event = mask_secrets(None, "", {"path": path, "request": RequestFactory().get(path), "event": f"GET {path} failed"})

    assert event == {"path": shown, "request": f"GET {shown}", "event": f"GET {shown} failed"}
