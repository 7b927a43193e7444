from functools import partial

import pytest
from django.db import IntegrityError

from accounts.errors import EmailTaken
from accounts.models import OutgoingMail, Role, StudentProfile, TutorProfile, User
from accounts.services.registration import ensure_profile, register
from audit.models import AuditEntry
from common.errors import Invalid
from tests.factories import PASSWORD, AdminFactory, StudentFactory, UserFactory
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


def test_a_student_gets_an_account_a_profile_and_a_mail():
    user = register(
        email="  Ada@Example.COM ",
        password=PASSWORD,
        first_name="Ada",
        last_name="Lovelace",
        timezone="Europe/London",
        currency="GBP",
        interests=["algebra"],
    )

    user.refresh_from_db()
    assert (user.email, user.full_name, user.role) == ("ada@example.com", "Ada Lovelace", Role.STUDENT)
    assert (user.timezone, user.currency) == ("Europe/London", "GBP")
    assert (user.is_active, user.is_verified, user.is_staff, user.is_superuser) == (True, False, False, False)
    assert user.check_password(PASSWORD)
    assert user.student_profile.interests == ["algebra"]
    assert OutgoingMail.objects.get().kind == OutgoingMail.Kind.VERIFY
    assert AuditEntry.objects.get().action == "account.registered"


def test_a_tutor_starts_with_a_draft_profile():
    user = register(email="tutor@example.com", password=PASSWORD, role=Role.TUTOR)

    assert user.tutor_profile.status == "draft"
    assert not StudentProfile.objects.exists()


@pytest.mark.parametrize("role", ["admin", "ADMIN", "owner", ""])
def test_no_other_role_can_be_registered(role):
    with pytest.raises(Invalid) as refusal:
        register(email="somebody@example.com", password=PASSWORD, role=role)

    assert refusal.value.errors == {"role": ["Must be student or tutor."]}
    assert not User.objects.exists()


@pytest.mark.parametrize("spelling", ["ada@example.com", "ADA@example.com", " Ada@Example.Com "])
def test_an_address_is_taken_whatever_its_case(spelling):
    owner = UserFactory(email="ada@example.com")

    with pytest.raises(EmailTaken):
        register(email=spelling, password="another password")

    assert User.objects.get() == owner
    assert not OutgoingMail.objects.exists()
    assert AuditEntry.objects.get().action == "account.duplicate_registration"


def test_any_other_violation_is_not_taken_for_a_duplicate(monkeypatch):
    def fail(*args, **kwargs):
        raise IntegrityError("something else")

    monkeypatch.setattr("accounts.services.registration.ensure_profile", fail)

    with pytest.raises(IntegrityError, match="something else"):
        register(email="ada@example.com", password=PASSWORD)

    assert not User.objects.exists()


def test_an_account_with_a_profile_keeps_it():
    student = StudentFactory(profile__interests=["chess"])

    ensure_profile(student)

    assert student.student_profile.interests == ["chess"]


def test_an_admin_has_no_profile():
    ensure_profile(AdminFactory())

    assert not StudentProfile.objects.exists()
    assert not TutorProfile.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_parallel_registrations_of_one_address_exactly_one_succeeds():
    spellings = ["ada@example.com", "ADA@example.com", "Ada@Example.com", "aDa@example.com"]

    results = at_once([partial(register, email=spelling, password=PASSWORD) for spelling in spellings])

    assert sorted(type(result).__name__ for result in results) == ["EmailTaken", "EmailTaken", "EmailTaken", "User"]
    assert User.objects.get().email == "ada@example.com"
    assert StudentProfile.objects.count() == 1
    assert OutgoingMail.objects.count() == 1
