"""Web push against a real push service on this machine, which decrypts what comes (S12, R-NOTIF-8)."""

import json
import socket
import ssl
from base64 import urlsafe_b64decode
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from common.errors import NotFound
from notifications import public_https, vapid
from notifications.errors import PushNotConfigured, TooManyBrowsers
from notifications.models import Delivery, PushSubscription
from notifications.public_https import NotPublic, PublicHttps, refuse_other_than_public, resolve
from notifications.services import Notice, health, notify, push
from notifications.tasks import deliver_due
from peerlearn import environment
from tests.factories import PushSubscriptionFactory, StudentFactory
from tests.support.browsers import KEYS, PUBLIC_ENDPOINT, Browser, base64url
from tests.support.push_service import HOST, push_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def browser():
    return Browser()


@pytest.fixture
def service(tmp_path, monkeypatch):
    """The name leads to this machine, as far as the code that sends can see."""
    with push_service(tmp_path) as running:
        connect = socket.create_connection
        monkeypatch.setattr(public_https, "resolve", lambda host, port: "203.0.113.7")
        monkeypatch.setattr(
            public_https.socket, "create_connection", lambda _, timeout: connect(("127.0.0.1", running.port), timeout)
        )
        trusted = ssl.create_default_context(cafile=str(running.certificate))
        monkeypatch.setattr(public_https, "tls_context", lambda: trusted)
        yield running


@pytest.fixture
def subscription(user, browser, service):
    return push.subscribe(user, endpoint=service.endpoint, **browser.keys)


def tell(user, kind="new_message", **values) -> None:
    notify(
        [
            Notice(
                recipient_id=user.pk,
                kind=kind,
                **{
                    "title": "Grace writes",
                    "message": "Are you there?",
                    "link": "/messages/7",
                    "dedupe_key": f"{kind}:{timezone.now().isoformat()}",
                }
                | values,
            )
        ]
    )


def pushes() -> list[Delivery]:
    return list(Delivery.objects.filter(channel="push").order_by("pk"))


class TestSending:
    def test_the_browser_decrypts_what_was_told(self, user, browser, service, subscription, settings):
        settings.FRONTEND_URL = "https://learn.example"
        tell(user)

        deliver_due()

        ((path, headers, body),) = service.received
        assert (path, headers["content-encoding"], headers["ttl"]) == ("/send/1", "aes128gcm", "86400")
        assert b"Are you there" not in body
        shown = json.loads(browser.read(body))
        assert (shown["title"], shown["message"], shown["type"]) == ("Grace writes", "Are you there?", "new_message")
        assert shown["url"] == "https://learn.example/messages/7"
        assert [row.outcome for row in pushes()] == ["sent"]
        subscription.refresh_from_db()
        assert subscription.last_used_at is not None

    @pytest.mark.parametrize("letter", ["x", "字", "😀", '"', "\n"])
    def test_what_is_too_long_for_a_push_is_cut(self, user, browser, service, subscription, letter):
        tell(user, message=letter * 2000, title="😀" * 200)

        deliver_due()

        ((_, _, body),) = service.received
        assert len(body) <= 4096
        shown = json.loads(browser.read(body))
        assert shown["title"] == "😀" * 200
        assert shown["message"].startswith(letter * 500)

    def test_it_is_signed_with_the_key_that_browsers_subscribe_with(self, user, service, subscription):
        tell(user)

        deliver_due()

        scheme, _, rest = service.received[0][1]["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        point = urlsafe_b64decode(push.public_key() + "=")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=f"https://{HOST}")
        assert (scheme, parts["k"], claims["sub"]) == ("vapid", push.public_key(), "mailto:no-reply@localhost")

    @pytest.mark.parametrize("status", [404, 410, 403])
    def test_a_browser_that_is_gone_is_forgotten(self, user, service, subscription, status):
        service.status = status
        tell(user)

        deliver_due()

        assert not PushSubscription.objects.exists()
        assert [row.outcome for row in pushes()] == [f"suppressed: the browser is gone ({status})"]

    @pytest.mark.parametrize("status", [500, 429, 302])
    def test_any_other_answer_is_tried_again_and_no_redirect_is_followed(self, user, service, subscription, status):
        service.status = status
        tell(user)

        deliver_due()

        (row,) = pushes()
        assert (row.status, len(service.received)) == ("failed(1)", 1)
        assert PushSubscription.objects.exists()

    def test_a_service_that_hangs_is_left_alone_for_a_while(self, user, subscription, monkeypatch):
        asked = []

        def hang(*_):
            asked.append(1)
            raise TimeoutError("timed out")

        monkeypatch.setattr(public_https.socket, "create_connection", hang)
        for _ in range(3):
            tell(user)

        deliver_due()

        assert len(asked) == 1
        assert [row.status for row in pushes()] == ["failed(1)", "queued", "queued"]
        assert pushes()[1].outcome == f"{HOST} is not answering"
        assert health.states(now=timezone.now())["push"] == "down"

    def test_every_browser_has_a_delivery_of_its_own(self, user, service, subscription):
        PushSubscriptionFactory(user=user, endpoint="https://push.example.com/send/2", **Browser().keys)
        PushSubscriptionFactory()
        tell(user)

        deliver_due()

        assert [row.outcome for row in pushes()] == ["sent", "sent"]
        assert sorted(path for path, _, _ in service.received) == ["/send/1", "/send/2"]

    def test_who_has_a_socket_open_needs_no_push_of_a_message(self, user, service, subscription):
        user.online_until = timezone.now() + timedelta(minutes=1)
        user.save()
        tell(user)
        tell(user, "booking_confirmed")

        deliver_due()

        assert [row.outcome for row in pushes()] == ["suppressed: seen already", "sent"]

    def test_a_browser_removed_meanwhile_gets_nothing(self, user, service, subscription):
        tell(user)
        push.unsubscribe(subscription.pk, user=user)

        deliver_due()

        assert ([row.outcome for row in pushes()], service.received) == (["suppressed: the browser is gone"], [])

    def test_a_long_text_is_cut_to_what_services_take(self, user, browser, service, subscription):
        notify([Notice(recipient_id=user.pk, kind="announcement", title="t", message="é" * 5000, dedupe_key="long")])

        deliver_due()

        assert len(service.received[0][2]) < 4096
        assert json.loads(browser.read(service.received[0][2]))["message"] == "é" * 1000


class TestSubscribing:
    def test_the_same_browser_again_is_the_same_subscription(self, user):
        rows = [push.subscribe(user, endpoint=PUBLIC_ENDPOINT, **KEYS) for _ in range(2)]

        assert rows[0].pk == rows[1].pk

    def test_a_browser_belongs_to_who_signed_in_last(self, user):
        push.subscribe(StudentFactory(), endpoint=PUBLIC_ENDPOINT, **KEYS)
        push.subscribe(user, endpoint=PUBLIC_ENDPOINT, **KEYS)

        assert PushSubscription.objects.get().user == user

    def test_there_are_ten_at_most(self, user):
        PushSubscriptionFactory.create_batch(10, user=user)

        with pytest.raises(TooManyBrowsers):
            push.subscribe(user, endpoint=PUBLIC_ENDPOINT, **KEYS)

    def test_that_of_somebody_else_is_not_there(self, user):
        with pytest.raises(NotFound):
            push.unsubscribe(PushSubscriptionFactory().pk, user=user)

    def test_without_the_library_nobody_can(self, user, monkeypatch):
        monkeypatch.setattr(push, "find_spec", lambda name: None)

        assert push.public_key() is None
        with pytest.raises(PushNotConfigured):
            push.subscribe(user, endpoint=PUBLIC_ENDPOINT, **KEYS)


class TestOnlyPublicHosts:
    """Goal S12."""

    @pytest.mark.parametrize("url", [
        "http://push.example.com/x", "https://127.0.0.1/x", "https://10.1.2.3/x", "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x", "https://169.254.169.254/latest/meta-data", "https://localhost/x",
        "https://intranet/x", "https://db.internal/x", "https://printer.local/x", "https://user:pw@push.example.com/x",
        "https://push.example.com:8443/x", "https://0.0.0.0/", "https://100.64.0.1/", "ftp://push.example.com/",
        "https:///x", "https://224.0.0.1/", "https://[2002:a00:1::]/x", "https://[::ffff:224.0.0.1]/",
        "https://[64:ff9b::7f00:1]/", "https://[::127.0.0.1]/", "https://push.example.com:99999/", "https://db.internal./",
        "https://printer.local./", "https://a.localhost./", "https://127.1/", "https://0x7f.1/", "https://2130706433/",
        "https://exa mple.com/", "https://push.example.com/x\nHost: db", "https://push.example.com/\u00e9",
        "https://push..example.com/", f"https://{'x' * 64}.example.com/", "https://[::1/", "",
        "https://push.example.com:/", "https://@push.example.com/",
    ])  # fmt: skip
    def test_anything_else_is_refused(self, url):
        with pytest.raises(NotPublic):
            refuse_other_than_public(url)

    @pytest.mark.parametrize("url", [
        "https://fcm.googleapis.com/fcm/send/x", "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://push.example.com:443/x", "https://8.8.8.8/x",
    ])  # fmt: skip
    def test_real_services_are_not(self, url):
        refuse_other_than_public(url)

    @pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["169.254.169.254"]])
    def test_a_name_with_one_private_address_is_not_spoken_to(self, monkeypatch, addresses):
        entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
        monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("it was spoken to"))

        with pytest.raises(NotPublic):
            PublicHttps().post("https://rebinding.example.com/x", data=b"", headers={}, timeout=1)

    def test_the_connection_goes_to_the_address_that_was_looked_at(self, monkeypatch):
        entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)

        assert resolve("push.example.com", 443) == "8.8.8.8"


class TestTheKey:
    def test_it_follows_from_the_sites_secret_unless_there_is_one(self, settings):
        settings.VAPID_PRIVATE_KEY = ""
        settings.SECRET_KEY = "one"
        one, again = vapid.public_key(), vapid.public_key()
        settings.SECRET_KEY = "two"
        two = vapid.public_key()
        settings.VAPID_PRIVATE_KEY = base64url(b"\x01" * 32)

        assert one == again
        assert len({one, two, vapid.public_key()}) == 3

    def test_a_wrong_one_stops_the_start(self, monkeypatch):
        monkeypatch.setenv("PEERLEARN_VAPID_PRIVATE_KEY", "short")
        with pytest.raises(ImproperlyConfigured, match="43 characters"):
            environment.private_key("PEERLEARN_VAPID_PRIVATE_KEY")

    def test_a_number_that_is_no_key_is_refused(self):
        with pytest.raises(ValueError, match="not a private key"):
            vapid.scalar_of(base64url(b"\xff" * 32))
