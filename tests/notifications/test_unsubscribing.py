"""One click ends mails of a kind (R-NOTIF-7, RFC 8058)."""

import re

import pytest
from django.core import mail

from notifications.models import Delivery, NotificationPreferences
from notifications.services import Notice, notify
from notifications.services.mails import read_unsubscribe_token, unsubscribe_url
from notifications.services.preferences import choose
from notifications.tasks import deliver_due
from tests.factories import StudentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return StudentFactory()


def send(user, kind="booking_confirmed"):
    notify([Notice(recipient_id=user.pk, kind=kind, title="Title", message="Words.", dedupe_key=kind)])
    deliver_due()
    return mail.outbox.pop()


def path_in(message) -> str:
    """The link of the header, as a mail reader takes it."""
    (url,) = re.fullmatch(r"<http://127\.0\.0\.1:\d+(/\S+)>", message.extra_headers["List-Unsubscribe"]).groups()
    return url


def test_a_mail_reader_does_it_with_one_post(client, user):
    message = send(user)

    response = client.post(path_in(message), "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")

    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert response.status_code == 200
    assert NotificationPreferences.objects.get().types == {"booking_confirmed": {"email": False}}
    notify([Notice(recipient_id=user.pk, kind="booking_confirmed", title="x", message="x", dedupe_key="next")])
    assert Delivery.objects.latest("pk").outcome == "suppressed: switched off"


def test_who_only_looks_changes_nothing(client, user):
    response = client.get(path_in(send(user)))

    assert response.status_code == 200
    assert b"A lesson is booked or confirmed" in response.content
    assert b'<form method="post">' in response.content
    assert not NotificationPreferences.objects.exists()


def test_the_link_is_in_the_text_and_in_the_html_too(user):
    message = send(user)

    link = message.extra_headers["List-Unsubscribe"][1:-1]
    assert link in message.body
    assert link in message.alternatives[0][0]


def test_the_link_of_several_news_ends_all_their_kinds(client, user):
    choose(user, {"digests": {"bookings": "daily"}})
    for kind in ("booking_confirmed", "booking_declined"):
        notify([Notice(recipient_id=user.pk, kind=kind, title="Title", message="Words.", dedupe_key=kind)])
    choose(user, {"digests": {"bookings": "off"}})  # what was collected goes out together
    deliver_due()
    (message,) = mail.outbox

    client.post(path_in(message), "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")

    off = {"email": False}
    assert NotificationPreferences.objects.get().types == {"booking_confirmed": off, "booking_declined": off}


def test_what_cannot_be_switched_off_has_no_link(user):
    message = send(user, "package_refunded")

    assert "List-Unsubscribe" not in message.extra_headers
    assert "unsubscribe" not in message.body


@pytest.mark.parametrize("token", ["nonsense", "WzEsImJvb2tpbmdfY29uZmlybWVkIl0:1vO:xyz", "a:b:c"])
def test_a_made_up_link_is_nothing(client, token):
    assert client.post(f"/notifications/unsubscribe/{token}").status_code == 404


def test_a_made_up_link_is_a_page_in_a_browser(client):
    response = client.get("/notifications/unsubscribe/nonsense", headers={"accept": "text/html,*/*;q=0.8"})

    assert response.status_code == 404
    assert "This link leads nowhere" in response.text


def test_a_link_of_a_type_that_is_gone_is_nothing(user):
    assert read_unsubscribe_token(unsubscribe_url(user.pk, ["no_such_type"]).rpartition("/")[2]) is None


def test_a_link_of_somebody_who_is_gone_changes_nothing(client):
    token = unsubscribe_url(10**6, ["booking_confirmed"]).rpartition("/")[2]

    assert client.post(f"/notifications/unsubscribe/{token}").status_code == 200
    assert not NotificationPreferences.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_nothing_else_is_allowed(client, user, method):
    assert getattr(client, method)(path_in(send(user))).status_code == 405
