"""Each action does what it says, through the services: audited once, and refused to who may not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import (
    OutgoingMail,
    RevisionState,
    Role,
    StudentProfile,
    TokenFamily,
    TutorProfile,
    TutorRevision,
    TutorStatus,
    User,
)
from audit.models import AuditEntry
from catalog import services
from catalog.models import Subject
from common import back_office
from common.errors import Conflict
from notifications.models import Notification
from sessions_app.models import SessionStatus, TutoringSession
from tests.adminpanel import market_deeds, message_deeds, money_deeds, support_deeds
from tests.adminpanel.test_admin_walk import url
from tests.factories import (
    AdminFactory,
    OutgoingMailFactory,
    ParticipantFactory,
    PastSessionFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TokenFamilyFactory,
    TutorCertificationFactory,
    TutorFactory,
    TutorProfileFactory,
    TutorRevisionFactory,
    TutorSubjectFactory,
    UserFactory,
    WaitlistEntryFactory,
)
from tests.support.forms import filled_in

pytestmark = pytest.mark.django_db


def act(client, action, *rows, confirmed=True, **answers):
    """Choose `rows` in their list, and confirm."""
    data = {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows], **answers}
    return client.post(url(type(rows[0]), "changelist"), data | ({"confirmed": "yes"} if confirmed else {}))


def said(client, response):
    """The messages of the page that somebody is sent to."""
    return [str(message) for message in client.get(response["Location"]).context["messages"]]


def again(row):
    return type(row).objects.get(pk=row.pk)


def named(row):
    """What a moderator recognises it by."""
    if isinstance(row, TutorRevision):
        return row.tutor.user.email
    return row.user.email if isinstance(row, (TutorProfile, TokenFamily)) else str(row)


def edit(client, row, **changes):
    path = url(type(row), "change", row.pk)
    fields = filled_in(client.get(path).content.decode(), f"{row._meta.model_name}_form")
    return client.post(path, fields | changes)


# What is done to whom, with which answers; what is different then; and the audit entry of it.
DEEDS = {
    "deactivate": (StudentFactory, {"reason": "spam"}, {"is_active": False}, "account.deactivated"),
    "reactivate": (
        lambda: StudentFactory(is_active=False), {"reason": "sorry"}, {"is_active": True}, "account.reactivated"
    ),
    "verify": (lambda: StudentFactory(is_verified=False), {}, {"is_verified": True}, "account.verified_by_admin"),
    "change_role": (StudentFactory, {"role": "tutor"}, {"role": Role.TUTOR}, "account.role_changed"),
    "close_account": (StudentFactory, {"reason": "a letter"}, {"is_active": False}, "account.deleted"),
    "restore": (
        lambda: StudentFactory(is_active=False, deleted_at=timezone.now()),
        {"reason": "a mistake"},
        {"is_active": True, "deleted_at": None},
        "account.restored",
    ),
    "sign_out": (StudentFactory, {}, {"token_version": 1}, "auth.signed_out_everywhere"),
    "send_reset_link": (StudentFactory, {}, {}, "account.reset_link_sent_by_admin"),
    "approve": (
        lambda: TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL),
        {},
        {"status": TutorStatus.APPROVED, "is_listed": True},
        "tutor.approved",
    ),
    "reject": (
        lambda: TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL),
        {"reason": "Too thin."},
        {"status": TutorStatus.REJECTED, "rejection_reason": "Too thin.", "is_listed": False},
        "tutor.rejected",
    ),
    "request_changes": (
        lambda: TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL),
        {"reason": "Say more.", "fields_meant": ["bio"]},
        {"status": TutorStatus.CHANGES_REQUESTED, "rejection_reason": "Say more.", "requested_changes": ["bio"]},
        "tutor.changes_requested",
    ),
    "suspend": (TutorProfileFactory, {"reason": "no-shows"}, {"status": TutorStatus.SUSPENDED}, "tutor.suspended"),
    "reinstate": (
        lambda: TutorProfileFactory(status=TutorStatus.SUSPENDED),
        {"reason": "sorry"},
        {"status": TutorStatus.APPROVED},
        "tutor.reinstated",
    ),
    "approve_changes": (
        TutorRevisionFactory, {}, {"state": RevisionState.APPROVED}, "tutor.revision_approved"
    ),
    "reject_changes": (
        TutorRevisionFactory,
        {"reason": "Too short."},
        {"state": RevisionState.REJECTED, "reason": "Too short."},
        "tutor.revision_rejected",
    ),
    "revoke": (TokenFamilyFactory, {}, {}, "auth.sign_in_ended_by_admin"),
    "cancel": (
        SessionFactory,
        {"reason": "The room is flooded."},
        {"status": SessionStatus.CANCELLED, "end_reason": "The room is flooded."},
        "session.cancelled",
    ),
    "review_quality": (
        PastSessionFactory,
        {"score": "4", "outcome": "commended", "notes": "Calm."},
        {"status": SessionStatus.COMPLETED},
        "session.quality_reviewed",
    ),
    "prioritise": (WaitlistEntryFactory, {"priority": "3"}, {"priority": 3}, "session.waitlist_priority"),
}  # fmt: skip
DEEDS |= market_deeds.DEEDS | message_deeds.DEEDS | money_deeds.DEEDS | support_deeds.DEEDS
ALL_DEEDS = pytest.mark.parametrize(("action", "deed"), DEEDS.items(), ids=DEEDS)


@ALL_DEEDS
def test_an_action_does_what_it_says_and_is_audited_once(office, action, deed):
    make, answers, expected, entry_action = deed
    row = make()

    response = act(office, action, row, **answers)

    assert "done for 1." in " ".join(said(office, response))
    assert {name: getattr(again(row), name) for name in expected} == expected
    entry = AuditEntry.objects.get()
    about = row.tutor_id if isinstance(row, TutorRevision) else row.pk
    assert (entry.action, entry.object_id) == (entry_action, str(about))
    assert entry.actor_id == User.objects.get(email="boss@example.com").pk
    assert entry.reason == answers.get("reason", "")


def test_a_suspension_can_have_an_end(office):
    profile = TutorProfileFactory()

    past = act(office, "suspend", profile, reason="no-shows", until_0="2001-01-01", until_1="12:00:00")
    assert "must be in the future" in said(office, past)[0]
    act(office, "suspend", profile, reason="no-shows", until_0="2131-01-01", until_1="12:00:00")

    assert again(profile).suspended_until == datetime(2131, 1, 1, 12, tzinfo=UTC)


@ALL_DEEDS
def test_an_action_asks_first_and_does_nothing_yet(office, action, deed):
    make, answers, _, _ = deed
    row = make()
    before = type(row).objects.filter(pk=row.pk).values().get()

    response = act(office, action, row, confirmed=False, **answers)

    assert response.status_code == 200
    assert named(row) in response.content.decode()
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert not AuditEntry.objects.exists()


@ALL_DEEDS
def test_staff_who_may_see_but_not_change_have_no_actions(client, action, deed):
    make, answers, _, _ = deed
    row = make()
    client.force_login(staff("view"))
    before = type(row).objects.filter(pk=row.pk).values().get()

    act(client, action, row, **answers)

    assert f'value="{action}"' not in client.get(url(type(row), "change", row.pk)).content.decode()
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert not AuditEntry.objects.exists()


def staff(*verbs):
    """Somebody with the rights of Django's admin who has not the role."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(
        permission for permission in Permission.objects.all() if permission.codename.split("_")[0] in verbs
    )
    return user


# --- Reasons and refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_cancellation_needs_a_reason_of_reasonable_length(office, reason):
    session = SessionFactory()

    response = act(office, "cancel", session, reason=reason)

    assert response.status_code == 200
    assert response.context["form"].errors["reason"]
    assert again(session).status == SessionStatus.UPCOMING


def test_of_several_sessions_those_that_are_over_are_named_and_the_others_cancelled(office):
    open_one, over = SessionFactory(), SessionFactory(title="Long ago", status=SessionStatus.COMPLETED)

    response = act(office, "cancel", open_one, over, reason="Strike.")

    assert said(office, response) == [
        "Long ago: Cannot cancel a session that is completed",
        "Cancel the session: done for 1.",
    ]
    assert (again(open_one).status, again(over).status) == (SessionStatus.CANCELLED, SessionStatus.COMPLETED)


def test_those_who_have_a_seat_and_the_host_hear_of_a_cancellation(office):
    seat = ParticipantFactory()

    act(office, "cancel", seat.session, reason="Strike.")

    told = Notification.objects.filter(type="session_cancelled").values_list("recipient", flat=True)
    assert set(told) == {seat.user_id, seat.session.creator_id}


def test_nobody_can_deactivate_themselves(office):
    admin = User.objects.get(email="boss@example.com")

    response = act(office, "deactivate", admin, reason="tired")

    assert said(office, response) == [f"boss@example.com: {back_office.PARTY}"]
    assert again(admin).is_active


@pytest.mark.parametrize(
    ("action", "status"), [("suspend", TutorStatus.SUSPENDED), ("reinstate", TutorStatus.REJECTED)]
)
def test_a_tutor_is_suspended_once_and_reinstated_only_then(office, action, status):
    profile = TutorProfileFactory(status=status)

    response = act(office, action, profile, reason="x")

    assert "tutor" in said(office, response)[0]
    assert again(profile).status == status
    assert not AuditEntry.objects.exists()


def test_too_many_at_once_are_refused(office, monkeypatch):
    monkeypatch.setattr(back_office, "MOST_AT_ONCE", 1)
    sessions = [SessionFactory(), SessionFactory()]

    response = act(office, "cancel", *sessions, reason="Strike.")

    assert said(office, response) == ["Choose 1 at most at a time."]
    assert not TutoringSession.objects.filter(status=SessionStatus.CANCELLED).exists()


def test_select_all_means_all_that_the_filter_shows(office):
    for place in range(3):
        SessionFactory(title=f"Algebra {place}")
    other = SessionFactory(title="Chemistry")
    chosen = {"action": "cancel", ACTION_CHECKBOX_NAME: [TutoringSession.objects.first().pk], "select_across": "1"}

    response = office.post(
        url(TutoringSession, "changelist") + "?q=Algebra", chosen | {"index": "0", "confirmed": "yes", "reason": "x"}
    )

    assert said(office, response) == ["Cancel the session: done for 3."]
    assert again(other).status == SessionStatus.UPCOMING


# --- What each deed brings with it --------------------------------------------------------------------------------


def test_a_reset_link_is_mailed_and_the_password_stays(office):
    student = StudentFactory()

    act(office, "send_reset_link", student)

    assert OutgoingMail.objects.get().kind == OutgoingMail.Kind.RESET
    assert again(student).password == student.password


def test_a_revoked_sign_in_keeps_its_first_time(office):
    family = TokenFamilyFactory(revoked_at=timezone.now() - timedelta(days=1))

    act(office, "revoke", family)

    assert again(family).revoked_at == family.revoked_at
    assert not AuditEntry.objects.exists()


def test_an_admin_makes_an_account(office):
    new = {
        "email": "New.Tutor@Example.com", "role": "tutor", "first_name": "Tess", "last_name": "Ring",
        "timezone": "Europe/Rome", "usable_password": "true", "password1": "Secret-1234", "password2": "Secret-1234",
    }  # fmt: skip

    response = office.post(url(User, "add"), new)

    user = User.objects.get(email="new.tutor@example.com")
    assert response.status_code == 302
    assert user.check_password("Secret-1234")
    assert (user.role, user.is_staff, user.timezone) == (Role.TUTOR, False, "Europe/Rome")
    assert TutorProfile.objects.get().user == user
    assert AuditEntry.objects.get().action == "account.created_by_admin"


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "taken@EXAMPLE.com"), ("email", "x"), ("role", "king"), ("timezone", "Mars/Crater"), ("password2", "z")],
)
def test_an_account_that_is_not_valid_is_not_made(office, field, value):
    UserFactory(email="taken@example.com")
    new = {
        "email": "new@example.com", "role": "student", "timezone": "UTC", "usable_password": "true",
        "password1": "Secret-1234", "password2": "Secret-1234",
    }  # fmt: skip

    response = office.post(url(User, "add"), new | {field: value})

    assert response.status_code == 200
    assert response.context["errors"]
    assert User.objects.count() == 2


def test_an_account_can_be_made_without_a_password(office):
    new = {"email": "new@example.com", "role": "student", "timezone": "UTC", "usable_password": "false"}

    office.post(url(User, "add"), new)

    assert not User.objects.get(email="new@example.com").has_usable_password()
    assert StudentProfile.objects.count() == 1


def test_an_admin_corrects_a_name_but_neither_role_nor_rights_by_the_form(office):
    student = StudentFactory()

    edit(office, student, first_name="Corrected", phone="+14155550123", role="admin", is_staff="on", is_active="")

    after = again(student)
    assert (after.first_name, after.phone) == ("Corrected", "+14155550123")
    assert (after.role, after.is_staff, after.is_active) == (Role.STUDENT, False, True)
    assert AuditEntry.objects.get().action == "account.corrected_by_admin"


@pytest.mark.parametrize(("field", "value"), [("phone", "12"), ("currency", "XXZ"), ("timezone", "Nowhere")])
def test_a_correction_that_is_not_valid_is_refused(office, field, value):
    student = StudentFactory()

    response = edit(office, student, **{field: value})

    assert response.status_code == 200
    assert not AuditEntry.objects.exists()


def test_staff_who_are_no_admins_make_no_admins_and_correct_none_of_the_staff(client):
    client.force_login(staff("view", "change", "add"))
    colleague = StudentFactory(is_staff=True)
    count = User.objects.count()

    edited = said(client, edit(client, colleague, first_name="Changed"))
    new = {"email": "n@example.com", "role": "admin", "timezone": "UTC", "usable_password": "false"}
    added = said(client, client.post(url(User, "add"), new))

    assert edited == added == ["Only an admin decides about the staff."]
    assert again(colleague).first_name == colleague.first_name
    assert User.objects.count() == count


def test_an_edited_session_has_a_new_version_and_its_people_are_told(office):
    seat = ParticipantFactory()

    edit(office, seat.session, title="Algebra, room 5")

    after = again(seat.session)
    assert (after.title, after.version) == ("Algebra, room 5", seat.session.version + 1)
    assert Notification.objects.filter(type="session_updated", recipient=seat.user).count() == 1
    assert AuditEntry.objects.get().action == "session.updated"


def test_what_the_service_refuses_of_an_edit_is_said(office):
    session = SessionFactory(status=SessionStatus.CANCELLED)

    response = edit(office, session, title="Alive again")

    assert said(office, response) == ["Cannot update a session that is cancelled"]
    assert again(session).title == session.title


def test_seats_cannot_be_fewer_than_those_taken(office):
    session = SessionFactory()
    for _ in range(3):
        ParticipantFactory(session=session)

    response = edit(office, session, max_participants="2")

    assert response.status_code in (200, 302)
    assert again(session).max_participants == 8


def test_nobody_and_nothing_is_deleted(office):
    rows = [StudentFactory(), SessionFactory(), TokenFamilyFactory(), OutgoingMailFactory(), TutorFactory()]

    statuses = {office.post(url(type(row), "delete", row.pk), {"post": "yes"}).status_code for row in rows}

    assert statuses == {403}
    assert all(type(row).objects.filter(pk=row.pk).exists() for row in rows)
    assert User.objects.filter(email="boss@example.com").exists()


def test_a_subject_in_use_cannot_be_deleted_and_one_that_is_not_can(office):
    used, unused = SubjectFactory(), SubjectFactory()
    SessionFactory(subject=used)

    for subject in (used, unused):
        office.post(url(type(subject), "delete", subject.pk), {"post": "yes"})

    assert list(type(used).objects.all()) == [used]


def test_a_subject_is_added_changed_and_deleted_through_the_services(office):
    office.post(url(Subject, "add"), {"name": "Astronomy", "category": "STEM", "description": ""})
    subject = Subject.objects.get()
    edit(office, subject, name="Stars")
    act(office, "delete_selected", subject, post="yes")

    entries = AuditEntry.objects.filter(object_type="catalog.subject").order_by("pk")
    assert [(entry.action, entry.object_id) for entry in entries] == [
        (f"subject.{verb}", str(subject.pk)) for verb in ("created", "updated", "deleted")
    ]
    assert not Subject.objects.exists()


@pytest.mark.parametrize("verb", ["create", "update", "delete"])
def test_what_a_service_refuses_about_a_subject_is_a_message(office, monkeypatch, verb):
    def refuse(*args, **kwargs):
        raise Conflict("Somebody was faster.")

    monkeypatch.setattr(f"catalog.services.{verb}_subject", refuse)
    subject = SubjectFactory()

    if verb == "create":
        response = office.post(url(Subject, "add"), {"name": "Astronomy", "category": "", "description": ""})
    elif verb == "update":
        response = edit(office, subject, name="Stars")
    else:
        response = office.post(url(Subject, "delete", subject.pk), {"post": "yes"})

    assert response.status_code == 302
    assert said(office, response) == ["Somebody was faster."]


def test_of_several_subjects_those_that_came_into_use_stay_and_are_named(office, monkeypatch):
    used, unused = SubjectFactory(name="Used"), SubjectFactory(name="Unused")
    delete = services.delete_subject

    def begin_to_use(subject_id, *, actor):
        if subject_id == used.pk:
            SessionFactory(subject=used)  # after the page looked, before the deed
        delete(subject_id, actor=actor)

    monkeypatch.setattr(services, "delete_subject", begin_to_use)

    response = act(office, "delete_selected", used, unused, post="yes")

    assert list(Subject.objects.all()) == [used]
    assert said(office, response)[0].startswith("Used: This subject is taught")


def test_a_second_admin_is_made_by_a_change_of_role_only(office):
    other = AdminFactory()

    act(office, "change_role", other, role="student")

    assert (again(other).role, again(other).is_staff, again(other).is_superuser) == (Role.STUDENT, False, False)
    assert not TokenFamily.objects.filter(user=other, revoked_at=None).exists()


def test_a_tutors_page_shows_everything_with_its_history(office):
    profile = TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL, bio="I love numbers.")
    TutorSubjectFactory(tutor=profile, subject=SubjectFactory(name="Botany"))
    scan = TutorCertificationFactory(tutor=profile, title="Certified Gardener")
    act(office, "reject", profile, reason="Too thin.")

    page = office.get(url(TutorProfile, "change", profile.pk)).content.decode()

    for shown in ("I love numbers.", "Botany", "Certified Gardener", "Too thin.", "boss@example.com"):
        assert shown in page, shown
    path = f"/admin/accounts/tutorprofile/scan/certification/{scan.pk}/"
    assert path in page
    assert office.get(path)["Content-Disposition"].startswith("attachment")
