"""Who gets into the back office, and how."""

import pytest
from django.test import Client

from accounts.models import Role, User
from accounts.services import moderation
from audit.models import AuditEntry
from messaging import services
from notifications.models import Notification
from tests.adminpanel.conftest import registered
from tests.adminpanel.test_admin_walk import ROWS, make, url
from tests.factories import (
    PASSWORD,
    AdminFactory,
    NotificationFactory,
    StudentFactory,
    TutorFactory,
    VerificationDocumentFactory,
)

pytestmark = pytest.mark.django_db

PASSWORD_FORM = {"old_password": PASSWORD, "new_password1": "Entirely-new-1", "new_password2": "Entirely-new-1"}


def every_path():
    yield "/admin/find/?q=x"
    yield f"/admin/person/{StudentFactory().pk}/"
    yield f"/admin/accounts/tutorprofile/scan/document/{VerificationDocumentFactory().pk}/"
    for model, _ in registered():
        row = make(model)
        yield url(model, "changelist")
        yield url(model, "add")
        for name in ("change", "history", "delete"):
            yield url(model, name, row.pk)


def test_nobody_sees_any_page_without_logging_in(client):
    for path in ["/admin/", "/admin/password_change/", "/admin/search/?s=x", *every_path()]:
        response = client.get(path)

        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("factory", [StudentFactory, TutorFactory])
def test_students_and_tutors_are_refused_everywhere(client, factory):
    client.force_login(factory())

    assert {client.get(path).status_code for path in ["/admin/", *every_path()]} == {302}
    assert {client.post(path, {}).status_code for path in every_path()} == {302}


@pytest.mark.parametrize("factory", [StudentFactory, TutorFactory])
def test_students_and_tutors_cannot_log_in(client, factory):
    person = factory()

    response = client.post("/admin/login/?next=/admin/", {"username": person.email, "password": PASSWORD})

    assert response.status_code == 200
    assert "staff account" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_an_admin_logs_in_whatever_the_case_of_the_address(client):
    admin = AdminFactory(email="boss@example.com")

    response = client.post("/admin/login/?next=/admin/", {"username": "BOSS@example.com", "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.session["_auth_user_id"] == str(admin.pk)


def test_staff_without_permissions_see_no_rows(client):
    client.force_login(StudentFactory(is_staff=True))

    assert client.get("/admin/").status_code == 200
    found, *others = every_path()
    assert client.get(found).context["groups"] == []
    assert {client.get(path).status_code for path in others} == {403}


def test_every_write_needs_the_csrf_token():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(AdminFactory())
    rows = {model: make(model) for model in ROWS}
    before = User.objects.count()

    paths = [url(model, "changelist") for model in rows]
    paths += [url(model, "add") for model in rows] + [url(model, "change", row.pk) for model, row in rows.items()]

    assert {strict.post(path, {"email": "x@example.com"}).status_code for path in paths} == {403}
    assert User.objects.count() == before


def test_an_admin_who_is_deactivated_is_out_at_once(office):
    admin = User.objects.get(email="boss@example.com")

    moderation.deactivate(admin.pk, actor=AdminFactory())

    assert office.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "end",
    [
        lambda admin, other: moderation.sign_out_everywhere(admin.pk, actor=other),
        lambda admin, other: moderation.change_role(admin.pk, Role.TUTOR, actor=other),
    ],
    ids=["signed out everywhere", "another role"],
)
def test_an_admin_whose_tokens_end_is_out_of_the_back_office_too(office, end):
    admin = User.objects.get(email="boss@example.com")

    end(admin, AdminFactory())

    assert office.get("/admin/")["Location"].startswith("/admin/login/")


def test_an_admin_changes_the_own_password_and_stays_logged_in_here_only(office):
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(email="boss@example.com"))

    response = office.post("/admin/password_change/", PASSWORD_FORM)

    admin = User.objects.get(email="boss@example.com")
    assert (response.status_code, response["Location"]) == (302, "/admin/password_change/done/")
    assert admin.check_password("Entirely-new-1")
    assert AuditEntry.objects.filter(action="auth.password_changed", actor_id=admin.pk).count() == 1
    assert office.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


def test_a_wrong_old_password_changes_nothing(office):
    response = office.post("/admin/password_change/", PASSWORD_FORM | {"old_password": "wrong"})

    assert response.status_code == 200
    assert User.objects.get(email="boss@example.com").check_password(PASSWORD)


def test_the_sidebar_leads_to_every_page(office):
    html = office.get("/admin/").content.decode()

    assert [model for model, _ in registered() if f'href="{url(model, "changelist")}"' not in html] == []


def test_what_people_write_to_each_other_is_neither_shown_nor_found(office):
    services.send(sender=TutorFactory(), recipient_id=StudentFactory().pk, text="The swordfish comes at noon")
    told = Notification.objects.get()

    pages = [office.get(url(Notification, "changelist")), office.get(url(Notification, "change", told.pk))]
    found = office.get(url(Notification, "changelist"), {"q": "swordfish"}).context["cl"].result_count

    assert ["swordfish" in page.content.decode() for page in pages] == [False, False]
    assert found == 0


def test_what_the_system_says_is_shown(office):
    told = NotificationFactory(message="The details have changed.")

    assert "The details have changed." in office.get(url(Notification, "change", told.pk)).content.decode()
