"""`manage.py create_admin`: the first administrator, and none with a password that is tried first."""

import io

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from accounts.models import Role, User
from audit.models import AuditEntry
from tests.factories import AdminFactory, StudentFactory

pytestmark = pytest.mark.django_db

EMAIL, STRONG = "Boss@peerlearn.test", "Correct-Horse-7"


def create(monkeypatch, password=STRONG, email=EMAIL, **options):
    if password is None:
        monkeypatch.delenv("PEERLEARN_ADMIN_PASSWORD", raising=False)
    else:
        monkeypatch.setenv("PEERLEARN_ADMIN_PASSWORD", password)
    out = io.StringIO()
    call_command("create_admin", email=email, stdout=out, **options)
    return out.getvalue()


def test_the_admin_may_do_everything_at_once_and_is_on_record(monkeypatch):
    said = create(monkeypatch, first_name="Ada", last_name="Lovelace")

    user = User.objects.get()
    assert (user.email, user.role, user.full_name) == ("boss@peerlearn.test", Role.ADMIN, "Ada Lovelace")
    assert user.is_staff
    assert user.is_superuser
    assert user.is_verified
    assert user.is_active
    assert check_password(STRONG, user.password)
    assert AuditEntry.objects.get(action="account.admin_created").object_id == str(user.pk)
    assert said == "boss@peerlearn.test is an admin.\n"
    assert STRONG not in said


@pytest.mark.parametrize(
    "password",
    ["Short-1", "all-small-letters-here", "Admin123!Admin123!", "Boss-and-1-friend", "Password-1234", "Aa1Aa1Aa1Aa1"],
)
def test_a_weak_password_is_refused_and_nobody_made(monkeypatch, password):
    with pytest.raises(CommandError, match="It (needs|must)"):
        create(monkeypatch, password)

    assert not User.objects.exists()


def test_a_letter_that_is_a_whole_name_in_an_address_is_no_weakness(monkeypatch):
    create(monkeypatch, STRONG, email=f"{STRONG[-1].lower()}@peerlearn.test")

    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["admin@example.com", "me@EXAMPLE.org"])
def test_a_demo_address_is_refused_in_production_only(monkeypatch, settings, email):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="not in production"):
        create(monkeypatch, email=email)

    settings.DEBUG = True
    create(monkeypatch, email=email)
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["", "no address"])
def test_an_address_is_needed(monkeypatch, email):
    with pytest.raises(CommandError, match="address"):
        create(monkeypatch, email=email)


def test_both_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PEERLEARN_ADMIN_EMAIL", EMAIL)

    create(monkeypatch, email=None)

    assert User.objects.get().email == "boss@peerlearn.test"


def test_without_a_terminal_and_a_variable_there_is_nobody_to_ask(monkeypatch):
    with pytest.raises(CommandError, match="PEERLEARN_ADMIN_PASSWORD"):
        create(monkeypatch, None)


@pytest.mark.parametrize("typed", [[STRONG, STRONG], [STRONG, "Something-Else-1"]], ids=["the same", "another"])
def test_on_a_terminal_the_password_is_asked_for_twice(monkeypatch, typed):
    answers = iter(typed)
    monkeypatch.setattr("sys.stdin", type("Terminal", (io.StringIO,), {"isatty": lambda self: True})())
    monkeypatch.setattr("peerlearn.management.commands.create_admin.getpass", lambda prompt: next(answers))

    if len(set(typed)) == 1:
        create(monkeypatch, None)
    else:
        with pytest.raises(CommandError, match="two passwords"):
            create(monkeypatch, None)

    assert User.objects.count() == (len(set(typed)) == 1)


def test_somebody_elses_address_is_refused_but_if_missing_is_content_with_an_admin(monkeypatch):
    AdminFactory(email="boss@peerlearn.test")
    StudentFactory(email="pupil@peerlearn.test")

    with pytest.raises(CommandError, match="already"):
        create(monkeypatch)
    with pytest.raises(CommandError, match="already"):
        create(monkeypatch, email="pupil@peerlearn.test", if_missing=True)

    assert "nothing was changed" in create(monkeypatch, if_missing=True)
    assert User.objects.count() == 2


def test_a_dry_run_makes_nobody(monkeypatch):
    assert "would be an admin" in create(monkeypatch, dry_run=True)
    assert not User.objects.exists()
