from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.errors import AccountLocked, CodeInvalid, LinkInvalid, TokenRevoked, WrongPassword
from accounts.models import EmailSecret, OutgoingMail, User
from accounts.services import recovery
from accounts.services.sign_in import FAILURES_ALLOWED
from accounts.services.tokens import open_family, user_of_access_token
from accounts.tasks import purge_expired_secrets
from audit.models import AuditEntry
from tests.factories import PASSWORD, UserFactory
from tests.support.mails import code_in, deliver, token_in
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

NEW = "a new password"
HOME = "192.0.2.1"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def user():
    return UserFactory(email="ada@example.com", is_verified=False)


def verification_mail(email: str = "ada@example.com"):
    recovery.request_verification(email)
    return deliver()[0]


def reset_mail(email: str = "ada@example.com"):
    recovery.request_reset(email)
    return deliver()[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


class TestTheLink:
    def test_proves_the_address(self, user):
        message = verification_mail()

        verified = recovery.verify_by_link(token_in(message))

        assert verified == user
        assert User.objects.get().is_verified is True
        assert AuditEntry.objects.get().action == "account.email_verified"

    def test_works_once(self, user):
        token = token_in(verification_mail())
        recovery.verify_by_link(token)

        with pytest.raises(LinkInvalid):
            recovery.verify_by_link(token)

    def test_lasts_24_hours(self, user, clock):
        token = token_in(verification_mail())
        clock.shift(timedelta(hours=24) - timedelta(seconds=1))
        still_good = EmailSecret.objects.usable(timezone.now()).exists()

        clock.shift(timedelta(seconds=1))

        assert still_good
        with pytest.raises(LinkInvalid):
            recovery.verify_by_link(token)
        assert User.objects.get().is_verified is False

    def test_of_an_earlier_mail_is_used_up_with_the_latest(self, user, clock):
        first = token_in(verification_mail())
        clock.shift(61)
        second = token_in(verification_mail())

        recovery.verify_by_link(second)

        with pytest.raises(LinkInvalid):
            recovery.verify_by_link(first)

    def test_of_a_deactivated_account_proves_nothing(self, user):
        token = token_in(verification_mail())
        User.objects.update(is_active=False)

        with pytest.raises(LinkInvalid):
            recovery.verify_by_link(token)

    def test_to_set_a_password_does_not_prove_the_address(self, user):
        token = token_in(reset_mail())

        with pytest.raises(LinkInvalid):
            recovery.verify_by_link(token)

    @pytest.mark.parametrize("token", ["", "nonsense", "0" * 200, "é", "\0"])
    def test_that_was_made_up_is_refused(self, user, token):
        verification_mail()

        with pytest.raises(LinkInvalid):
            recovery.verify_by_link(token)


class TestTheCode:
    def test_proves_the_address(self, user):
        code = code_in(verification_mail())

        assert recovery.verify_by_code(" ADA@example.com ", code) == user

        assert User.objects.get().is_verified is True

    def test_works_once(self, user):
        code = code_in(verification_mail())
        recovery.verify_by_code(user.email, code)

        with pytest.raises(CodeInvalid):
            recovery.verify_by_code(user.email, code)

    def test_lasts_ten_minutes_and_the_link_longer(self, user, clock):
        message = verification_mail()
        clock.shift(timedelta(minutes=10))

        with pytest.raises(CodeInvalid):
            recovery.verify_by_code(user.email, code_in(message))

        assert recovery.verify_by_link(token_in(message)) == user

    def test_survives_four_wrong_tries(self, user):
        code = code_in(verification_mail())
        for _ in range(4):
            with pytest.raises(CodeInvalid):
                recovery.verify_by_code(user.email, wrong(code))

        assert recovery.verify_by_code(user.email, code) == user

    def test_is_void_after_five_wrong_tries(self, user):
        code = code_in(verification_mail())
        for _ in range(5):
            with pytest.raises(CodeInvalid):
                recovery.verify_by_code(user.email, wrong(code))

        with pytest.raises(CodeInvalid):
            recovery.verify_by_code(user.email, code)

        assert User.objects.get().is_verified is False
        assert EmailSecret.objects.get().code_attempts == 5

    def test_of_an_earlier_mail_ends_with_the_next(self, user, clock):
        first = code_in(verification_mail())
        clock.shift(61)
        second = code_in(verification_mail())
        for _ in range(5):
            with pytest.raises(CodeInvalid):
                recovery.verify_by_code(user.email, wrong(second))

        with pytest.raises(CodeInvalid):
            recovery.verify_by_code(user.email, first)

    def test_belongs_to_one_person(self, user):
        neighbour = UserFactory(is_verified=False)
        verification_mail(neighbour.email)
        mine = code_in(verification_mail())
        theirs = EmailSecret.objects.get(user=neighbour)
        EmailSecret.objects.filter(user=neighbour).update(code_hash=EmailSecret.objects.get(user=user).code_hash)

        with pytest.raises(CodeInvalid):
            recovery.verify_by_code(neighbour.email, mine)

        assert theirs.code_hash != EmailSecret.objects.get(user=user).code_hash

    def test_needs_an_account(self):
        with pytest.raises(CodeInvalid):
            recovery.verify_by_code("nobody@example.com", "123456")

    def test_is_lost_to_the_link_that_came_first(self, user, monkeypatch):
        """Between the try and its success somebody opens the link: one secret is still used once."""
        message = verification_mail()
        compare = recovery.constant_time_compare

        def compare_after_the_link(*args):
            recovery.verify_by_link(token_in(message))
            return compare(*args)

        monkeypatch.setattr(recovery, "constant_time_compare", compare_after_the_link)

        with pytest.raises(CodeInvalid):
            recovery.verify_by_code(user.email, code_in(message))

        assert AuditEntry.objects.filter(action="account.email_verified").count() == 1


class TestAReset:
    def test_sets_the_password(self, user):
        recovery.reset_password(token_in(reset_mail()), NEW)

        changed = User.objects.get()
        assert changed.check_password(NEW)
        assert not changed.check_password(PASSWORD)
        assert AuditEntry.objects.get().action == "auth.password_reset"

    def test_ends_every_sign_in(self, user):
        phone, laptop = open_family(user), open_family(user)

        recovery.reset_password(token_in(reset_mail()), NEW)

        for pair in (phone, laptop):
            with pytest.raises(TokenRevoked):
                user_of_access_token(pair.access)

    def test_tells_the_owner(self, user):
        recovery.reset_password(token_in(reset_mail()), NEW)

        assert [message.subject for message in deliver()] == ["Your password was changed"]

    def test_works_once(self, user):
        token = token_in(reset_mail())
        recovery.reset_password(token, NEW)

        with pytest.raises(LinkInvalid):
            recovery.reset_password(token, "a third password")

        assert User.objects.get().check_password(NEW)

    def test_uses_up_the_other_links(self, user, clock):
        first = token_in(reset_mail())
        clock.shift(61)
        recovery.reset_password(token_in(reset_mail()), NEW)

        with pytest.raises(LinkInvalid):
            recovery.reset_password(first, "a third password")

    def test_must_come_within_the_hour(self, user, clock):
        token = token_in(reset_mail())
        clock.shift(timedelta(hours=1))

        with pytest.raises(LinkInvalid):
            recovery.reset_password(token, NEW)

        assert User.objects.get().check_password(PASSWORD)

    def test_needs_the_right_kind_of_link(self, user):
        token = token_in(verification_mail())

        with pytest.raises(LinkInvalid):
            recovery.reset_password(token, NEW)


class TestAPasswordChange:
    def test_sets_the_password_tells_the_owner_and_is_audited(self, user):
        recovery.change_password(user, current=PASSWORD, new=NEW, address=HOME)

        assert User.objects.get().check_password(NEW)
        assert AuditEntry.objects.get().action == "auth.password_changed"
        assert [message.subject for message in deliver()] == ["Your password was changed"]

    def test_needs_the_current_one(self, user):
        with pytest.raises(WrongPassword):
            recovery.change_password(user, current="wrong", new=NEW, address=HOME)

        assert User.objects.get().check_password(PASSWORD)

    def test_is_no_way_around_the_lock(self, user, settings):
        settings.THROTTLING = True
        for _ in range(FAILURES_ALLOWED):
            with pytest.raises(WrongPassword):
                recovery.change_password(user, current="wrong", new=NEW, address=HOME)

        with pytest.raises(AccountLocked):
            recovery.change_password(user, current=PASSWORD, new=NEW, address=HOME)


def test_asking_for_a_mail_leaves_the_same_traces_for_known_and_unknown_addresses(user):
    for email in ("ada@example.com", "nobody@example.com"):
        recovery.request_reset(email)
        recovery.request_verification(email)

    kinds = {email: list(OutgoingMail.objects.filter(email=email).order_by("id").values_list("kind", "state"))
             for email in ("ada@example.com", "nobody@example.com")}  # fmt: skip
    assert kinds["ada@example.com"] == kinds["nobody@example.com"] == [("reset", "due"), ("verify", "due")]
    assert mail.outbox == []


def test_a_request_that_is_rolled_back_mails_nothing(user):
    with transaction.atomic():
        recovery.request_reset(user.email)
        transaction.set_rollback(True)

    assert deliver() == []


def test_old_secrets_are_purged(user, clock):
    verification_mail()
    reset_mail()
    clock.shift(timedelta(hours=2))

    purge_expired_secrets()

    assert [secret.purpose for secret in EmailSecret.objects.all()] == [EmailSecret.Purpose.VERIFY]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_parallel_guesses_spend_a_try_each(self):
        user = UserFactory(email="ada@example.com", is_verified=False)
        code = code_in(verification_mail())
        guesses = [f"{(int(code) + step) % 1_000_000:06d}" for step in range(1, 13)]

        results = at_once([partial(recovery.verify_by_code, user.email, guess) for guess in guesses])

        assert [type(result) for result in results] == [CodeInvalid] * 12
        assert EmailSecret.objects.get().code_attempts == 5
        with pytest.raises(CodeInvalid):
            recovery.verify_by_code(user.email, code)

    def test_one_link_opened_many_times_works_once(self):
        UserFactory(email="ada@example.com", is_verified=False)
        token = token_in(verification_mail())

        results = at_once([partial(recovery.verify_by_link, token)] * 8)

        assert sorted(type(result).__name__ for result in results) == ["LinkInvalid"] * 7 + ["User"]
        assert AuditEntry.objects.filter(action="account.email_verified").count() == 1

    def test_one_reset_link_sets_one_password(self):
        UserFactory(email="ada@example.com")
        token = token_in(reset_mail())

        results = at_once([partial(recovery.reset_password, token, f"password {n}") for n in range(6)])

        assert sorted(type(result).__name__ for result in results) == ["LinkInvalid"] * 5 + ["User"]
        assert User.objects.get().token_version == 1
