import json
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import EmailSecret, OutgoingMail
from accounts.services import mail as mails
from accounts.services import recovery
from accounts.tasks import send_due_mail, send_mail
from audit.models import AuditEntry
from tests.factories import UserFactory
from tests.support.mails import code_in, deliver, link_in, token_in
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

Kind = OutgoingMail.Kind


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def user():
    return UserFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace", is_verified=False)


@pytest.fixture
def post_office(monkeypatch):
    """A mail server that can be closed."""

    class PostOffice:
        open = True

    deliver_there = EmailBackend.send_messages

    def send_messages(backend, messages):
        if not PostOffice.open:
            raise ConnectionRefusedError("no mail server")
        return deliver_there(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return PostOffice


def test_a_verification_mail_holds_a_link_and_a_code(user, settings):
    settings.FRONTEND_URL = "https://learn.example"
    mails.request(Kind.VERIFY, user.email)

    (message,) = deliver()

    assert message.subject == "Confirm your e-mail address"
    assert message.to == ["ada@example.com"]
    assert message.body.startswith("Hello,\n")
    assert link_in(message) == f"https://learn.example/verify-email?token={token_in(message)}"
    assert len(token_in(message)) == 43
    assert len(code_in(message)) == 6
    assert "within 24 hours" in message.body
    assert "within 10 minutes" in message.body


def test_a_reset_mail_holds_a_link_and_no_code(user, settings):
    settings.FRONTEND_URL = "https://learn.example"
    mails.request(Kind.RESET, user.email)

    (message,) = deliver()

    assert message.subject == "Set a new password"
    assert link_in(message) == f"https://learn.example/reset-password?token={token_in(message)}"
    assert "within an hour" in message.body
    assert EmailSecret.objects.get().code_hash == ""


def test_a_name_cannot_smuggle_anything_into_a_mail():
    user = UserFactory(first_name="<b>Ada</b> & co", is_verified=True)
    mails.request(Kind.RESET, user.email)

    (message,) = deliver()

    assert message.body.startswith("Hello <b>Ada</b> & co Person,\n")
    assert message.content_subtype == "plain"


@pytest.mark.parametrize("kind", Kind)
def test_nobody_can_have_words_of_theirs_mailed_to_an_address_that_is_not_proven(kind):
    deleted_at = timezone.now() if kind == Kind.CLOSED else None
    user = UserFactory(first_name="Claim it at https://evil.example/", is_verified=False, deleted_at=deleted_at)
    mails.request(kind, user.email)

    (message,) = deliver()

    assert message.body.startswith("Hello,\n")
    assert "evil.example" not in f"{message.subject}{message.body}"


@pytest.mark.parametrize("kind", [Kind.LOCKED, Kind.PASSWORD_CHANGED])
def test_the_other_mails_hold_no_secret(user, kind):
    mails.request(kind, user.email)

    (message,) = deliver()

    assert "token=" not in message.body
    assert not EmailSecret.objects.exists()


def test_no_secret_lies_in_any_table(user, clock):
    mails.request(Kind.VERIFY, user.email)
    verification = deliver()[0]
    recovery.verify_by_code(user.email, code_in(verification))
    mails.request(Kind.RESET, user.email)
    reset = deliver()[0]
    recovery.reset_password(token_in(reset), "a new password")

    stored = json.dumps(
        [list(model.objects.values()) for model in (OutgoingMail, AuditEntry, EmailSecret)], default=str
    )

    for secret in (token_in(verification), code_in(verification), token_in(reset), "a new password"):
        assert f'"{secret}"' not in stored
        assert len(secret) == 6 or secret not in stored


@pytest.mark.parametrize(
    ("kind", "email", "outcome"),
    [
        (Kind.RESET, "nobody@example.com", "suppressed: no such account"),
        (Kind.VERIFY, "nobody@example.com", "suppressed: no such account"),
        (Kind.VERIFY, "proven@example.com", "suppressed: already verified"),
        (Kind.RESET, "gone@example.com", "suppressed: no such account"),
    ],
)
def test_what_nobody_should_get_is_suppressed_without_a_word(kind, email, outcome):
    UserFactory(email="proven@example.com", is_verified=True)
    UserFactory(email="gone@example.com", is_active=False)
    mails.request(kind, email)

    assert deliver() == []

    row = OutgoingMail.objects.get()
    assert (row.state, row.outcome) == (OutgoingMail.State.DONE, outcome)


@pytest.mark.parametrize("kind", [Kind.VERIFY, Kind.RESET])
def test_a_second_mail_needs_a_minute(user, clock, kind):
    mails.request(kind, user.email)
    deliver()

    clock.shift(59)
    mails.request(kind, user.email)
    too_soon = deliver()
    clock.shift(1)
    mails.request(kind, user.email)
    after_a_minute = deliver()

    assert (len(too_soon), len(after_a_minute)) == (0, 1)


def test_at_most_five_mails_an_hour(user, clock):
    sent = []
    for _ in range(7):
        mails.request(Kind.VERIFY, user.email)
        sent.append(len(deliver()))
        clock.shift(120)
    clock.shift(timedelta(minutes=46))
    mails.request(Kind.VERIFY, user.email)

    assert sent == [1, 1, 1, 1, 1, 0, 0]
    assert len(deliver()) == 1


def test_the_limit_of_one_kind_does_not_stop_the_other(user):
    mails.request(Kind.VERIFY, user.email)
    mails.request(Kind.RESET, user.email)

    assert [message.subject for message in deliver()] == ["Confirm your e-mail address", "Set a new password"]


def test_a_failing_mail_server_is_tried_again_with_growing_pauses(user, post_office, clock):
    post_office.open = False
    mails.request(Kind.VERIFY, user.email)
    pauses = []
    for _ in range(4):
        send_due_mail()
        row = OutgoingMail.objects.get()
        pauses.append((row.due_at - timezone.now()).total_seconds())
        assert row.state == OutgoingMail.State.DUE
        clock.shift(pauses[-1])

    assert pauses == [30, 60, 120, 240]
    assert "no mail server" in row.outcome
    assert not EmailSecret.objects.exists()


def test_a_mail_arrives_once_the_server_is_back(user, post_office, clock):
    post_office.open = False
    mails.request(Kind.VERIFY, user.email)
    send_due_mail()

    post_office.open = True
    clock.shift(29)
    too_early = deliver()
    clock.shift(1)
    arrived = deliver()

    assert too_early == []
    assert recovery.verify_by_link(token_in(arrived[0])) == user
    assert OutgoingMail.objects.get().outcome == "sent"


def test_it_is_given_up_after_five_attempts(user, post_office, clock):
    post_office.open = False
    mails.request(Kind.VERIFY, user.email)
    for _ in range(6):
        send_due_mail()
        clock.shift(timedelta(hours=1))

    row = OutgoingMail.objects.get()
    assert (row.state, row.attempts) == (OutgoingMail.State.DEAD, 5)


def test_a_mail_is_sent_once_however_often_its_task_comes(user):
    mails.request(Kind.VERIFY, user.email)
    row = OutgoingMail.objects.get()

    for _ in range(3):
        send_mail(row.pk)

    assert len(mail.outbox) == 1


def test_a_mail_of_a_killed_worker_is_taken_over_when_its_lease_ends(user, clock):
    mails.request(Kind.VERIFY, user.email)
    row = OutgoingMail.objects.get()
    OutgoingMail.objects.claim(row.pk, now=timezone.now(), lease=timedelta(minutes=2))

    while_leased = deliver()
    clock.shift(timedelta(minutes=2))

    assert while_leased == []
    assert len(deliver()) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_mail_and_many_workers(self, user):
        row = OutgoingMail.objects.create(kind=Kind.VERIFY, email=user.email, due_at=timezone.now())

        at_once([partial(send_mail, row.pk)] * 6)

        assert len(mail.outbox) == 1
        assert OutgoingMail.objects.get().attempts == 1

    def test_many_requests_and_many_workers_send_one_mail_a_minute(self, user):
        due = timezone.now()
        rows = [OutgoingMail.objects.create(kind=Kind.RESET, email=user.email, due_at=due) for _ in range(6)]

        at_once([partial(send_mail, row.pk) for row in rows])

        assert len(mail.outbox) == 1
        outcomes = sorted(OutgoingMail.objects.values_list("outcome", flat=True))
        assert outcomes == ["sent"] + ["suppressed: asked too often"] * 5
