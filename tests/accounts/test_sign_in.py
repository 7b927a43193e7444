from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.test import RequestFactory
from django.utils import timezone

from accounts import passwords
from accounts.errors import AccountLocked, InvalidCredentials
from accounts.models import OutgoingMail
from accounts.services import sign_in
from accounts.services.sign_in import FAILURES_ALLOWED, LOCK_WINDOW, check_credentials, confirm_password
from audit.models import AuditEntry
from common.models import RateWindow
from tests.factories import PASSWORD, UserFactory
from tests.support.mails import deliver

pytestmark = pytest.mark.django_db

HOME, CAFE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def lock_out_is_on(settings):
    settings.THROTTLING = True


@pytest.fixture
def user():
    return UserFactory(email="ada@example.com")


def fail(times: int, *, email: str = "ada@example.com", address: str = HOME) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            check_credentials(email, "wrong", address=address)


@pytest.mark.parametrize("spelling", ["ada@example.com", " ADA@Example.com "])
def test_the_right_password_opens_the_account(user, spelling):
    assert check_credentials(spelling, PASSWORD, address=HOME) == user


def test_whatever_is_wrong_the_refusal_is_the_same_and_costs_one_hash(user, monkeypatch):
    UserFactory(email="gone@example.com", is_active=False)
    UserFactory(email="deleted@example.com", deleted_at=timezone.now())
    sign_in._nobodys_hash()
    hashed = []
    check = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *args: hashed.append(args) or check(*args))
    tries = [
        ("ada@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("gone@example.com", PASSWORD),
        ("deleted@example.com", PASSWORD),
    ]

    refusals = []
    for email, password in tries:
        with pytest.raises(InvalidCredentials) as refusal:
            check_credentials(email, password, address=HOME)
        refusals.append((type(refusal.value), refusal.value.code, refusal.value.message))

    assert set(refusals) == {(InvalidCredentials, "INVALID_CREDENTIALS", "Invalid credentials")}
    assert len(hashed) == len(tries)


def test_the_tenth_failure_locks_even_for_the_right_password(user):
    fail(FAILURES_ALLOWED)

    with pytest.raises(AccountLocked) as refusal:
        check_credentials(user.email, PASSWORD, address=HOME)

    assert refusal.value.code == "ACCOUNT_LOCKED"
    assert timedelta(minutes=14) < refusal.value.retry_after <= LOCK_WINDOW


def test_nine_failures_do_not_lock_and_success_starts_the_count_again(user):
    fail(FAILURES_ALLOWED - 1)

    assert check_credentials(user.email, PASSWORD, address=HOME) == user

    fail(FAILURES_ALLOWED - 1)
    assert check_credentials(user.email, PASSWORD, address=HOME) == user


def test_a_lock_holds_for_one_account_and_one_address_only(user):
    neighbour = UserFactory()
    fail(FAILURES_ALLOWED)

    assert check_credentials(user.email, PASSWORD, address=CAFE) == user
    assert check_credentials(neighbour.email, PASSWORD, address=HOME) == neighbour


def test_a_lock_ends_after_its_window_and_is_not_prolonged_by_trying(user):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail(FAILURES_ALLOWED)
        clock.shift(LOCK_WINDOW - timedelta(seconds=1))
        with pytest.raises(AccountLocked) as refusal:
            check_credentials(user.email, PASSWORD, address=HOME)
        assert refusal.value.retry_after == timedelta(seconds=1)

        clock.shift(timedelta(seconds=1))

        assert check_credentials(user.email, PASSWORD, address=HOME) == user


def test_an_unknown_address_is_locked_like_a_known_one(user):
    fail(FAILURES_ALLOWED, email="nobody@example.com")

    with pytest.raises(AccountLocked):
        check_credentials("nobody@example.com", PASSWORD, address=HOME)


def test_the_owner_is_told_of_a_lock_once(user):
    fail(FAILURES_ALLOWED)
    for _ in range(3):
        with pytest.raises(AccountLocked):
            check_credentials(user.email, PASSWORD, address=HOME)

    (message,) = deliver()

    assert message.to == ["ada@example.com"]
    assert message.subject == "Too many attempts to sign in"
    assert "ten failed attempts" in message.body


def test_nobody_is_told_of_a_lock_on_an_address_without_an_account():
    fail(FAILURES_ALLOWED, email="nobody@example.com")

    assert deliver() == []

    assert OutgoingMail.objects.get().outcome == "suppressed: no such account"


def test_failures_and_locks_are_audited_without_naming_the_account(user):
    fail(FAILURES_ALLOWED)

    entries = AuditEntry.objects.order_by("id")
    assert [entry.action for entry in entries] == ["auth.login_failed"] * FAILURES_ALLOWED + ["auth.locked_out"]
    assert len({entry.after["account"] for entry in entries}) == 1
    assert "ada" not in str(list(entries.values()))


def test_without_throttling_nothing_locks_and_nothing_is_counted(user, settings):
    settings.THROTTLING = False

    fail(FAILURES_ALLOWED + 2)

    assert check_credentials(user.email, PASSWORD, address=HOME) == user
    assert not RateWindow.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_guessing_a_signed_in_users_password_counts_towards_the_lock(user):
    assert confirm_password(user, PASSWORD, address=HOME) is True
    for _ in range(FAILURES_ALLOWED):
        assert confirm_password(user, "wrong", address=HOME) is False

    with pytest.raises(AccountLocked):
        check_credentials(user.email, PASSWORD, address=HOME)


class TestTheBackOffice:
    request = RequestFactory().get("/", REMOTE_ADDR=HOME)

    def test_knows_the_same_accounts(self, user):
        assert authenticate(self.request, username="Ada@example.com", password=PASSWORD) == user
        assert authenticate(username="ada@example.com", password=PASSWORD) == user

    def test_refuses_what_the_api_refuses(self, user):
        assert authenticate(self.request, username="ada@example.com", password="wrong") is None
        assert authenticate(self.request, username="ada@example.com") is None

    def test_is_behind_the_same_lock(self, user):
        fail(FAILURES_ALLOWED)

        assert authenticate(self.request, username="ada@example.com", password=PASSWORD) is None

    def test_forgets_whoever_was_deactivated(self, user, client):
        client.force_login(user)
        user.is_active = False
        user.save()

        assert client.get("/api/auth/me").status_code == 401
