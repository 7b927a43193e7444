import pytest
from django.db import IntegrityError

from accounts.models import EmailSecret, OutgoingMail, Role, User
from accounts.services.tokens import open_family, renew
from tests.factories import PASSWORD, StudentFactory, TutorFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_user_is_made_without_checks_but_with_one_spelling():
    user = User.objects.create_user(" Ada@Example.com ", PASSWORD, first_name="Ada")

    assert (user.email, user.role, user.is_staff) == ("ada@example.com", Role.STUDENT, False)
    assert user.check_password(PASSWORD)


def test_an_account_without_a_password_opens_for_nobody():
    assert not User.objects.create_user("ada@example.com").has_usable_password()


def test_an_administrator_may_everything():
    user = User.objects.create_superuser("root@example.com", PASSWORD)

    assert (user.is_admin, user.is_staff, user.is_superuser, user.is_verified) == (True, True, True, True)


@pytest.mark.parametrize("spelling", ["ada@example.com", "ADA@EXAMPLE.COM", " ada@example.com"])
def test_a_user_is_found_by_any_spelling_of_the_address(spelling):
    user = UserFactory(email="ada@example.com")

    assert User.objects.get_by_natural_key(spelling) == user


def test_nobody_is_found_by_nothing():
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


def test_the_database_refuses_a_second_spelling_of_one_address():
    UserFactory(email="ada@example.com")

    with pytest.raises(IntegrityError):
        UserFactory(email="Ada@example.com")


def test_the_database_refuses_an_unknown_role():
    with pytest.raises(IntegrityError):
        UserFactory(role="owner")


@pytest.mark.parametrize(
    ("first", "last", "full"), [("Ada", "Lovelace", "Ada Lovelace"), ("Ada", "", "Ada"), ("", "Lovelace", "Lovelace")]
)
def test_a_name_may_have_one_part(first, last, full):
    user = UserFactory(first_name=first, last_name=last)

    assert (user.full_name, user.get_full_name(), user.get_short_name()) == (full, full, first)
    assert user.display_name == full


def test_who_has_no_name_is_shown_by_number_and_never_by_address():
    user = UserFactory(first_name="", last_name="")

    assert user.display_name == f"User {user.pk}"


def test_rows_say_what_they_are_without_giving_anything_away():
    student, tutor = StudentFactory(), TutorFactory()
    family_of = renew(open_family(student).refresh)[0].token_families.get()
    mail = OutgoingMail(kind=OutgoingMail.Kind.RESET, pk=3, email=student.email)
    secret = EmailSecret(user=student, purpose="reset", token_hash="canary")

    assert str(student.student_profile) == f"student {student.pk}"
    assert str(tutor.tutor_profile) == f"tutor {tutor.pk}"
    assert str(family_of).startswith(f"sign-in of {student.pk} at ")
    assert str(family_of.spent.get()).startswith("spent at ")
    assert (str(mail), str(secret)) == ("reset mail 3: due", f"reset secret of {student.pk}")
