from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.errors import NotOnYourself, TokenRevoked
from accounts.models import Role, StudentProfile, TutorProfile, TutorStatus, User
from accounts.services import moderation
from accounts.services.tokens import open_family, user_of_access_token
from accounts.tokens import read_access
from audit.models import AuditEntry
from common.errors import Forbidden, InvalidTransition
from tests.factories import AdminFactory, StudentFactory, TutorFactory, UserFactory
from tests.support.mails import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def person():
    return StudentFactory()


ON_ACCOUNTS = {
    "deactivate": lambda person, actor: moderation.deactivate(person.pk, actor=actor, reason="spam"),
    "reactivate": lambda person, actor: moderation.reactivate(person.pk, actor=actor),
    "mark_verified": lambda person, actor: moderation.mark_verified(person.pk, actor=actor),
    "change_role": lambda person, actor: moderation.change_role(person.pk, Role.TUTOR, actor=actor),
    "sign_out_everywhere": lambda person, actor: moderation.sign_out_everywhere(person.pk, actor=actor),
    "send_reset_link": lambda person, actor: moderation.send_reset_link(person.pk, actor=actor),
}
FOR_ADMINS = ON_ACCOUNTS | {
    "create_account": lambda person, actor: moderation.create_account(User(email="new@example.com"), actor=actor),
    "correct_details": lambda person, actor: moderation.correct_details(person.pk, {"phone": ""}, actor=actor),
    "end_sign_in": lambda person, actor: moderation.end_sign_in(uuid4(), actor=actor),
    "suspend_tutor": lambda person, actor: moderation.suspend_tutor(person.pk, actor=actor, reason="envy"),
    "reinstate_tutor": lambda person, actor: moderation.reinstate_tutor(person.pk, actor=actor),
}


@pytest.mark.parametrize("act", FOR_ADMINS.values(), ids=FOR_ADMINS)
@pytest.mark.parametrize("factory", [StudentFactory, TutorFactory])
def test_only_admins_moderate(act, factory, person):
    with pytest.raises(Forbidden):
        act(person, factory())

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("act", ON_ACCOUNTS.values(), ids=ON_ACCOUNTS)
def test_nobody_moderates_themselves(act, admin):
    with pytest.raises(NotOnYourself):
        act(admin, admin)

    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMIN, True)


def test_deactivation_closes_the_account_and_ends_its_tokens(admin, person):
    token = open_family(person).access

    moderation.deactivate(person.pk, actor=admin, reason="spam")

    with pytest.raises(TokenRevoked):
        user_of_access_token(token)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.object_id, entry.reason) == (
        "account.deactivated", admin.pk, str(person.pk), "spam"
    )  # fmt: skip
    assert (entry.before, entry.after) == ({"is_active": True}, {"is_active": False})


def test_a_restored_account_is_as_it_was_when_it_was_deleted(admin, person):
    moderation.deactivate(person.pk, actor=admin, reason="spam")
    moderation.soft_delete(person.pk, actor=admin, now=timezone.now())

    restored = moderation.restore(person.pk, actor=admin, now=timezone.now())

    assert (restored.is_active, restored.deleted_at) == (False, None)
    assert moderation.reactivate(person.pk, actor=admin).is_active
    moderation.soft_delete(person.pk, actor=admin, now=timezone.now())
    assert moderation.restore(person.pk, actor=admin, now=timezone.now()).is_active


def test_reactivation_opens_the_account_but_not_its_old_tokens(admin, person):
    token = open_family(person).access
    moderation.deactivate(person.pk, actor=admin)

    moderation.reactivate(person.pk, actor=admin)

    with pytest.raises(TokenRevoked):
        user_of_access_token(token)
    assert user_of_access_token(open_family(reload(person)).access)[0] == person


def test_what_is_so_already_is_not_done_again(admin, person):
    token = open_family(person).access

    moderation.reactivate(person.pk, actor=admin)
    moderation.mark_verified(person.pk, actor=admin)

    assert user_of_access_token(token)[0] == person
    assert not AuditEntry.objects.exists()


def test_an_admin_vouches_for_an_address(admin):
    person = UserFactory(is_verified=False)

    moderation.mark_verified(person.pk, actor=admin)

    assert reload(person).is_verified is True
    assert AuditEntry.objects.get().action == "account.verified_by_admin"


def test_a_new_role_brings_its_profile_and_ends_all_tokens(admin, person):
    token = open_family(person).access

    moderation.change_role(person.pk, Role.TUTOR, actor=admin)

    assert reload(person).role == Role.TUTOR
    assert TutorProfile.objects.get().user == person
    with pytest.raises(TokenRevoked):
        user_of_access_token(token)


def test_the_back_office_comes_and_goes_with_the_role_of_an_admin(admin, person):
    moderation.change_role(person.pk, Role.ADMIN, actor=admin)
    promoted = reload(person)
    moderation.change_role(person.pk, Role.STUDENT, actor=admin)
    demoted = reload(person)

    assert (promoted.is_staff, promoted.is_superuser) == (True, True)
    assert (demoted.is_staff, demoted.is_superuser) == (False, False)
    assert StudentProfile.objects.filter(user=person).count() == 1


def test_a_tutor_is_suspended_for_a_reason(admin):
    tutor = TutorFactory()

    moderation.suspend_tutor(tutor.pk, actor=admin, reason="no-shows")

    assert TutorProfile.objects.get().status == TutorStatus.SUSPENDED
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after, entry.reason) == (
        "tutor.suspended", {"status": "approved"}, {"status": "suspended"}, "no-shows"
    )  # fmt: skip


def test_a_suspended_tutor_is_not_suspended_again_but_reinstated(admin):
    tutor = TutorFactory()
    moderation.suspend_tutor(tutor.pk, actor=admin, reason="no-shows")

    with pytest.raises(InvalidTransition):
        moderation.suspend_tutor(tutor.pk, actor=admin, reason="again")
    moderation.reinstate_tutor(tutor.pk, actor=admin, reason="sorry")

    assert TutorProfile.objects.get().status == TutorStatus.APPROVED
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == ["tutor.suspended", "tutor.reinstated"]


def test_only_a_suspended_tutor_is_reinstated(admin):
    tutor = TutorFactory()

    with pytest.raises(InvalidTransition) as refusal:
        moderation.reinstate_tutor(tutor.pk, actor=admin)

    assert refusal.value.extra == {"current_state": "approved", "allowed": ["suspended"]}


@pytest.mark.parametrize(("role", "staff"), [(Role.STUDENT, False), (Role.TUTOR, False), (Role.ADMIN, True)])
def test_an_account_made_by_an_admin_has_the_profile_and_rights_of_its_role(admin, role, staff):
    user = moderation.create_account(User(email=" New@Example.com", role=role), actor=admin)

    assert reload(user).email == "new@example.com"
    assert (user.is_staff, user.is_superuser) == (staff, staff)
    assert TutorProfile.objects.count() + StudentProfile.objects.count() == (0 if staff else 1)
    assert AuditEntry.objects.get().action == "account.created_by_admin"


def test_details_are_corrected_but_nothing_else(admin, person):
    moderation.correct_details(
        person.pk, {"first_name": "Grace", "role": "admin", "email": "x@example.com"}, actor=admin
    )

    corrected = reload(person)
    assert (corrected.first_name, corrected.role, corrected.email) == ("Grace", Role.STUDENT, person.email)
    assert AuditEntry.objects.get().action == "account.corrected_by_admin"


def test_somebody_is_signed_out_everywhere(admin, person):
    token = open_family(person).access

    moderation.sign_out_everywhere(person.pk, actor=admin)

    with pytest.raises(TokenRevoked):
        user_of_access_token(token)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id) == ("auth.signed_out_everywhere", admin.pk)


def test_one_sign_in_is_ended_once_and_no_other(admin, person):
    ended, kept = open_family(person).access, open_family(person).access
    family = read_access(ended).family_id

    moderation.end_sign_in(family, actor=admin)
    moderation.end_sign_in(family, actor=admin)

    with pytest.raises(TokenRevoked):
        user_of_access_token(ended)
    assert user_of_access_token(kept)[0] == person
    assert AuditEntry.objects.get().action == "auth.sign_in_ended_by_admin"


def test_a_link_to_set_a_password_goes_to_the_owner(admin, person):
    moderation.send_reset_link(person.pk, actor=admin)

    (message,) = deliver()
    assert (message.to, message.subject) == ([person.email], "Set a new password")


def reload(person):
    return type(person).objects.get(pk=person.pk)
