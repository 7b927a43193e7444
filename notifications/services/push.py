"""Web push: the browsers that people let us push to, and encrypted messages to them (RFC 8030, 8291, 8292).

Their push services are addresses that clients name, so only https to public addresses is ever spoken to (S12); see
`notifications.public_https`.
"""

import hashlib
from datetime import timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.errors import NotFound
from common.fuse import fuse
from notifications import vapid
from notifications.errors import PushNotConfigured, TooManyBrowsers
from notifications.models import Delivery, Notification, PushSubscription
from notifications.public_https import PublicHttps

TIMEOUT_SECONDS = 10
KEPT_BY_THE_SERVICE = timedelta(days=1)
MOST_BROWSERS = 10
# The service does not know the browser any more, or knows it with another key of ours.
_GONE = (403, 404, 410)
# Of the four kilobytes that a push service takes, what encryption leaves.
_LARGEST_PAYLOAD = 3900
_LONGEST_TEXT = 1000


def is_available() -> bool:
    """Whether the library is installed (requirements-prod.txt)."""
    return find_spec("pywebpush") is not None


def public_key() -> str | None:
    """What a browser subscribes with (`applicationServerKey`); None where nothing can be pushed."""
    return vapid.public_key() if is_available() else None


@transaction.atomic
def subscribe(user: User, *, endpoint: str, p256dh: str, auth: str, user_agent: str = "") -> PushSubscription:
    """Remember a browser. The same one again, or another person in it, takes the row over.

    Raises PushNotConfigured or TooManyBrowsers.
    """
    if not is_available():
        raise PushNotConfigured
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    mine = PushSubscription.objects.filter(user=user).exclude(endpoint_hash=digest)
    if mine.count() >= MOST_BROWSERS:
        raise TooManyBrowsers
    PushSubscription.objects.filter(endpoint_hash=digest).exclude(user=user).delete()
    values = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "user_agent": user_agent[:300]}
    return PushSubscription.objects.update_or_create(user=user, endpoint_hash=digest, defaults=values)[0]


def unsubscribe(subscription_id: int, *, user: User) -> None:
    """Raises NotFound for what is not the user's own."""
    if not PushSubscription.objects.filter(pk=subscription_id, user=user).delete()[0]:
        raise NotFound("Subscription not found")


def send(row: Delivery, notification: Notification) -> str:
    """Push to one browser; one that is gone is forgotten (R-NOTIF-8). Raises what the network or the service said."""
    browser = row.subscription
    if browser is None:
        return "suppressed: the browser is gone"
    status = _post(browser, _payload(notification))
    if status in _GONE:
        PushSubscription.objects.filter(pk=browser.pk).delete()
        return f"suppressed: the browser is gone ({status})"
    PushSubscription.objects.filter(pk=browser.pk).update(last_used_at=timezone.now())
    return "sent"


def _post(browser: PushSubscription, payload: bytes) -> int:
    from pywebpush import WebPushException, webpush

    host = str(urlsplit(browser.endpoint).hostname)
    try:
        with fuse(host):
            response = webpush(
                subscription_info={
                    "endpoint": browser.endpoint,
                    "keys": {"p256dh": browser.p256dh, "auth": browser.auth},
                },
                data=payload,
                vapid_private_key=vapid.signer(),
                vapid_claims={"sub": f"mailto:{vapid.contact()}"},
                ttl=int(KEPT_BY_THE_SERVICE.total_seconds()),
                timeout=TIMEOUT_SECONDS,
                requests_session=PublicHttps(),
            )
    except WebPushException as error:
        if error.response is not None and error.response.status_code in _GONE:
            return error.response.status_code
        raise
    return response.status_code


def _payload(notification: Notification) -> bytes:
    """What the front end's service worker shows; of a text that is too long, the beginning."""
    link = notification.link
    shown: dict[str, Any] = {
        "notification_id": notification.pk,
        "type": notification.type,
        "title": notification.title,
        "message": notification.message[:_LONGEST_TEXT],
        "url": f"{settings.FRONTEND_URL}{link}" if link else settings.FRONTEND_URL,
    }
    too_much = len(orjson.dumps(shown)) - _LARGEST_PAYLOAD
    if too_much > 0:  # a letter takes no less in JSON than in UTF-8
        shown["message"] = shown["message"].encode()[:-too_much].decode(errors="ignore")
    return orjson.dumps(shown)
