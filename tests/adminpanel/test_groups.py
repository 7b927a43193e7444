"""What each group of the staff sees and does: its own, and nothing else."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission

from accounts.models import TokenFamily, User
from accounts.services import moderation, staff
from adminpanel import navigation
from adminpanel.groups import GROUPS, establish
from audit.models import AuditEntry
from audit.services import record
from common import files
from common.back_office import PARTY
from common.errors import Forbidden
from notifications.models import Notification
from payments.models import Payment
from sessions_app.models import TutoringSession
from support.services import staff as support_staff
from tests.adminpanel.conftest import registered
from tests.adminpanel.test_admin_walk import as_seen, url
from tests.adminpanel.test_moderation import ALL_DEEDS, act, again, edit, said
from tests.factories import (
    PASSWORD,
    AdjustmentFactory,
    AdminFactory,
    BookingFactory,
    PaymentFactory,
    PayoutAccountFactory,
    ReviewFactory,
    StudentFactory,
    TicketFactory,
    TokenFamilyFactory,
    TutorProfileFactory,
    VerificationDocumentFactory,
    WaitlistEntryFactory,
)
from tests.support.emptying import empty_tables

pytestmark = pytest.mark.django_db

FOR_ADMINS = {"change_role", "set_groups", "close_account"}
EACH_GROUP = pytest.mark.parametrize("name", GROUPS)


def member(*names):
    person = StudentFactory(is_staff=True)
    person.groups.set(Group.objects.filter(name__in=names))
    return person


def label(model):
    return model._meta.label_lower


@ALL_DEEDS
def test_a_deed_is_done_by_the_groups_that_may_and_by_no_other(client, action, deed):
    make, answers, expected, entry_action = deed
    row = make()
    before = type(row).objects.filter(pk=row.pk).values().get()
    may = [] if action in FOR_ADMINS else [name for name in GROUPS if label(type(row)) in GROUPS[name].changes]

    for name in GROUPS.keys() - set(may):
        client.force_login(member(name))
        act(client, action, row, **answers)
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert not AuditEntry.objects.exists()

    for number, name in enumerate(may):
        row = make() if number else row
        actor = member(name)
        client.force_login(actor)
        response = act(client, action, row, **answers)
        entry = AuditEntry.objects.latest("pk")
        assert "done for 1." in " ".join(said(client, response)), name
        assert {field: getattr(again(row), field) for field in expected} == expected
        assert (entry.action, entry.actor_id, entry.actor_role) == (entry_action, actor.pk, "staff")


@EACH_GROUP
def test_a_group_opens_the_pages_of_its_table_and_no_others(client, name):
    rights = GROUPS[name]
    client.force_login(member(name))
    request = as_seen(None, client.get("/admin/"))

    sees = {label(model) for model, page in registered() if page.has_view_permission(request)}
    adds = {label(model) for model, page in registered() if page.has_add_permission(request)}
    deletes = {label(model) for model, page in registered() if page.has_delete_permission(request)}

    assert sees == rights.changes | rights.views
    assert adds == rights.adds
    assert deletes == set()
    menu = [item for group in navigation.sidebar(request) for item in group["items"]]
    assert all(group["items"] for group in navigation.sidebar(request))
    assert [item["title"] for item in menu] == ["Overview", "Find"] + [
        title for items in navigation.GROUPS.values() for title, _, model in items if model in sees
    ]
    assert {client.get(item["link"]).status_code for item in menu[:7]} == {200}


@EACH_GROUP
def test_the_table_in_the_documents_says_what_the_group_has(name):
    titles = {model: title for items in navigation.GROUPS.values() for title, _, model in items}
    page = (settings.BASE_DIR / "docs" / "back-office.md").read_text()
    row = re.search(rf"^\| {name} \| (.*) \| (.*) \|$", page, re.MULTILINE)

    does, sees = (set(cell.split(", ")) for cell in row.groups())

    assert does == {titles[model] for model in GROUPS[name].changes}
    assert sees == {titles[model] for model in GROUPS[name].views}


def test_a_migration_writes_the_groups_anew_and_leaves_their_members():
    moderators = Group.objects.get(name="Moderators")
    somebody = member("Moderators")
    moderators.permissions.add(Permission.objects.get(codename="delete_user"))

    establish()

    assert not moderators.permissions.filter(codename="delete_user").exists()
    assert list(moderators.user_set.all()) == [somebody]


@pytest.mark.django_db(transaction=True)
def test_the_groups_and_what_they_may_are_there_after_a_test_run_emptied_the_tables():
    member(*GROUPS)
    before = {group.name: group.permissions.count() for group in Group.objects.all()}

    empty_tables()

    assert {group.name: group.permissions.count() for group in Group.objects.all()} == before
    assert before.keys() == GROUPS.keys()
    assert not User.objects.exists()


# --- Who is of the staff ------------------------------------------------------------------------------------------


def test_an_admin_puts_somebody_into_groups_and_every_sign_in_of_theirs_ends(office):
    person = StudentFactory()
    groups = Group.objects.filter(name__in=["Support", "Finance"])

    response = act(office, "set_groups", person, groups=[group.pk for group in groups])

    after = again(person)
    assert said(office, response) == ["Put into groups of the staff: done for 1."]
    assert (after.is_staff, after.is_superuser, after.role, after.token_version) == (True, False, "student", 1)
    assert set(after.groups.all()) == set(groups)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("account.groups_changed", str(person.pk))
    assert (entry.before, entry.after) == (
        {"groups": [], "is_staff": False},
        {"groups": ["Finance", "Support"], "is_staff": True},
    )


def test_who_is_in_no_group_any_more_is_no_staff_but_an_admin_stays_one(office):
    person, admin = member("Support"), AdminFactory()

    act(office, "set_groups", person)
    act(office, "set_groups", admin)

    assert (again(person).is_staff, again(admin).is_staff) == (False, True)
    assert AuditEntry.objects.get().object_id == str(person.pk)


def test_nobody_puts_themselves_into_a_group(office):
    boss = User.objects.get(email="boss@example.com")

    response = act(office, "set_groups", boss)

    assert said(office, response) == [f"boss@example.com: {PARTY}"]


def test_a_deputy_makes_no_staff():
    deputy, person = member(*GROUPS), StudentFactory()

    with deputy.deputised():
        with pytest.raises(Forbidden):
            staff.set_groups(person.pk, Group.objects.all(), actor=deputy)
        with pytest.raises(Forbidden):
            moderation.change_role(person.pk, "admin", actor=deputy)

    assert not again(person).is_staff
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("action", ["deactivate", "send_reset_link", "sign_out", "verify"])
def test_what_happens_to_the_staff_only_an_admin_decides(client, action):
    client.force_login(member("Moderators"))
    colleague = member("Finance")

    response = act(client, action, colleague, reason="a quarrel")

    assert said(client, response) == [f"{colleague.email}: Only an admin decides about the staff."]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("make", [lambda person: person, lambda person: TokenFamilyFactory(user=person)])
def test_a_deputy_only_looks_on_at_what_is_the_staffs_and_reads_why(client, make):
    client.force_login(member("Support"))
    row = make(member("Finance"))

    page = client.get(url(type(row), "change", row.pk))

    assert page.context["actions_here"] == []
    assert "Only an admin decides about the staff." in page.content.decode()
    assert 'name="_save"' not in page.content.decode()


def test_another_role_leaves_the_groups(office):
    person = member("Support")

    act(office, "change_role", person, role="tutor")

    assert (again(person).is_staff, again(person).is_superuser) == (True, False)


def test_who_is_closed_is_out_at_once(client):
    person = member("Moderators")
    client.force_login(person)
    moderation.deactivate(person.pk, actor=AdminFactory())

    assert client.get("/admin/").status_code == 302


# --- As whom they act ---------------------------------------------------------------------------------------------


def test_a_moderator_reads_the_audit_log_as_the_staff(client):
    moderator = member("Moderators")
    entry = record("session.created", actor=None)
    client.force_login(moderator)

    client.get(url(AuditEntry, "changelist"))
    client.get(url(AuditEntry, "change", entry.pk))

    read = AuditEntry.objects.filter(actor_id=moderator.pk).order_by("id")
    assert list(read.values_list("action", "actor_role")) == [("audit.listed", "staff"), ("audit.read", "staff")]


def test_somebody_is_a_deputy_for_one_deed_only():
    person = member("Support")

    with person.deputised():
        assert person.is_admin
    assert not person.is_admin
    with pytest.raises(ZeroDivisionError), person.deputised():
        1 / 0  # noqa: B018 - a deed that fails
    assert not person.is_admin


def test_to_the_api_the_staff_is_nobody_special(api):
    """Where admins see everything, they see their own."""
    person = member(*GROUPS)
    ticket, payment, profile = TicketFactory(), PaymentFactory(), TutorProfileFactory(status="pending_approval")
    api = api.as_(person)

    assert api.post(f"/api/admin/tutors/{profile.pk}/approve").status_code == 403
    assert api.get("/api/admin/payouts").status_code == 403
    assert api.get("/api/support/tickets").json()["items"] == []
    assert api.get(f"/api/support/tickets/{ticket.pk}").status_code == 404
    assert api.get(f"/api/payments/{payment.pk}").status_code == 404
    assert api.post("/api/payments/refund", {"paymentId": payment.pk, "reason": "x"}).status_code == 404
    assert api.get("/auth/me").json()["role"] == "student"


@pytest.mark.parametrize(
    ("action", "group", "make"),
    [
        ("hide", "Moderators", lambda person: ReviewFactory(student=person)),
        ("call_off", "Support", lambda person: BookingFactory(student=person)),
        ("answer_ticket", "Support", lambda person: TicketFactory(requester=person)),
        ("refund_payment", "Finance", lambda person: PaymentFactory(payer=person)),
    ],
    ids=["hide", "call_off", "answer_ticket", "refund_payment"],
)
def test_who_is_a_party_leaves_it_to_a_colleague(client, action, group, make):
    person = member(group)
    client.force_login(person)
    row = make(person)

    response = act(client, action, row, reason="for me", text="Hello", refund_percent="100")

    assert said(client, response)[0].endswith(PARTY)
    assert not AuditEntry.objects.exists()


def test_a_moderator_approves_a_student_who_applied_but_not_themselves(client):
    moderator = member("Moderators")
    own = TutorProfileFactory(user=moderator, status="pending_approval")
    applicant = TutorProfileFactory(user=StudentFactory(), status="pending_approval")
    client.force_login(moderator)

    act(client, "approve", own, applicant)

    assert (again(own).status, again(applicant).status) == ("pending_approval", "approved")
    assert User.objects.get(pk=applicant.user_id).role == "tutor"


def test_a_member_of_support_corrects_a_name_and_finance_cannot(client):
    student = StudentFactory()
    client.force_login(member("Finance"))
    refused = client.post(f"/admin/accounts/user/{student.pk}/change/", {"first_name": "Changed"})
    client.force_login(member("Support"))

    edit(client, student, first_name="Corrected")

    assert refused.status_code == 403
    assert again(student).first_name == "Corrected"
    assert AuditEntry.objects.get().actor_role == "staff"


def test_tickets_are_assigned_to_the_group_of_the_support_too():
    agent, moderator, admin = member("Support"), member("Moderators"), AdminFactory()

    assert set(support_staff.everybody()) == {agent.pk, admin.pk}
    assert moderator.pk not in support_staff.everybody()


def test_a_member_logs_in_and_lands_on_what_is_theirs(client):
    person = member("Finance")
    TokenFamily.objects.all().delete()

    response = client.post("/admin/login/?next=/admin/", {"username": person.email, "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    page = client.get("/admin/").content.decode()
    assert "Disputes to decide" in page
    assert "Reported reviews" not in page


def test_who_decides_about_tutors_reads_their_documents_which_is_audited(client):
    document = VerificationDocumentFactory()
    path = f"/admin/accounts/tutorprofile/scan/document/{document.pk}/"
    reader = member("Moderators")

    for name in ("Support", "Finance"):
        client.force_login(member(name))
        assert client.get(path).status_code == 403
    client.force_login(reader)
    answer = client.get(path)

    assert answer["Content-Disposition"].startswith("attachment")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.actor_role) == ("tutor.document_read", reader.pk, "staff")


@pytest.mark.parametrize("path", ["document/999999", "cat/1", "degree/" + 30 * "9", "certification/0"])
def test_a_file_that_does_not_exist_is_not_found(office, path):
    assert office.get(f"/admin/accounts/tutorprofile/scan/{path}/").status_code == 404


def test_a_file_that_cannot_be_fetched_now_is_a_sentence(office, monkeypatch):
    def unavailable(name):
        raise files.StorageUnavailable

    monkeypatch.setattr(files, "fetch", unavailable)
    document = VerificationDocumentFactory()

    response = office.get(f"/admin/accounts/tutorprofile/scan/document/{document.pk}/")

    assert said(office, response) == [files.StorageUnavailable.message]


@EACH_GROUP
@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        (User, "password__gte"),
        (User, "closing_reason__isnull"),
        (Payment, "client_secret__gte"),
        (Notification, "message__lt"),
        (TutoringSession, "meeting_link__gte"),
    ],
)
def test_what_no_page_shows_cannot_be_spelled_out_by_comparing_it(client, name, model, lookup):
    client.force_login(member(name))
    opens = label(model) in GROUPS[name].changes | GROUPS[name].views

    response = client.get(url(model, "changelist"), {lookup: "a"})

    assert response.status_code == (400 if opens else 403)


def test_a_member_does_not_decide_about_their_own_money_or_place(client):
    finance, helper = member("Finance"), member("Support")
    own = TutorProfileFactory(user=finance)
    claim = AdjustmentFactory(tutor=own, amount=-500, needs_approval=True)
    account = PayoutAccountFactory(tutor=own)
    place = WaitlistEntryFactory(user=helper)

    client.force_login(finance)
    act(client, "reject_adjustment", claim, reason="Not mine.")
    edit(client, account, provider_id="acct_of_mine")
    client.force_login(helper)
    act(client, "prioritise", place, priority=100)

    assert again(claim).status == "pending"
    assert again(account).provider_id == account.provider_id
    assert again(place).priority == 0


@pytest.mark.parametrize("index", ["5", "x", "-9"])
def test_a_made_up_menu_of_actions_counts_as_the_first(client, index):
    client.force_login(AdminFactory())
    row = StudentFactory()
    chosen = {"action": ["deactivate", "verify"], "_selected_action": [row.pk], "index": index}

    assert client.post(url(User, "changelist"), chosen).status_code < 500
