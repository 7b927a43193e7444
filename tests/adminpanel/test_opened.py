"""Who saves a page that was opened before somebody else changed the same undoes nothing, and loses nothing."""

from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Language, Subject
from common.opened import CHANGED_MEANWHILE, FIELD
from courses.models import Assessment, Course, Module
from courses.services import modules
from notifications.models import Notification
from payments.models import PayoutAccount
from sessions_app.models import TutoringSession
from sessions_app.services import hosting
from tests.adminpanel.conftest import ROWS, registered
from tests.adminpanel.test_admin_walk import as_seen, url
from tests.adminpanel.test_moderation import again
from tests.factories import AdminFactory, ModuleFactory, ParticipantFactory, SessionFactory, StudentFactory
from tests.support.forms import filled_in
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

# Of every page that can be saved: what is written there, and what somebody else has changed meanwhile.
PAGES = {
    User: ({"first_name": "Written"}, {"last_name": "Meanwhile", "timezone": "Asia/Tokyo"}),
    Subject: ({"description": "Written"}, {"name": "Meanwhile", "category": "Meanwhile"}),
    Language: ({"name": "Written"}, {"is_active": False}),
    TutoringSession: ({"description": "Written"}, {"title": "Meanwhile", "max_participants": 9, "runs_anyway": True}),
    Course: ({"description": "Written"}, {"title": "Meanwhile", "capacity": 77}),
    Module: ({"content": "Written"}, {"title": "Meanwhile", "is_required": False}),
    Assessment: ({"title": "Written"}, {"description": "Two\nlines", "max_attempts": 4, "is_published": True}),
    PayoutAccount: ({"provider_id": "acct_written"}, {"provider_id": "acct_meanwhile"}),
}
EACH = pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)


def form_of(model, response):
    return filled_in(response.content.decode(), f"{model._meta.model_name}_form")


def opened(client, row):
    """What the page of a row sends if nothing is touched."""
    return form_of(type(row), client.get(url(type(row), "change", row.pk)))


def post(client, row, fields):
    return client.post(url(type(row), "change", row.pk), fields)


def says(row, values):
    return {name: getattr(again(row), name) for name in values} == values


def meanwhile(row, **changes):
    type(row).objects.filter(pk=row.pk).update(**changes)


def test_every_page_that_can_be_saved_is_tried(office):
    seen = office.get("/admin/")

    savable = {model for model, page in registered() if page.has_change_permission(as_seen(page, seen), ROWS[model]())}

    assert set(PAGES) == savable


@EACH
def test_what_somebody_else_has_changed_is_not_undone_and_what_was_written_is_not_lost(office, model):
    (written, changed), row = PAGES[model], ROWS[model]()
    fields = opened(office, row)
    meanwhile(row, **changed)

    refused = post(office, row, fields | written)

    assert says(row, changed)
    assert refused.status_code == 200
    assert CHANGED_MEANWHILE in unescape(refused.content.decode())
    shown = form_of(model, refused)
    assert {name: shown[name] for name in written} == {name: [value] for name, value in written.items()}

    saved = post(office, row, shown)

    assert saved.status_code == 302
    assert {name: getattr(again(row), name) for name in changed | written} == changed | written


@EACH
def test_what_nobody_else_has_changed_is_saved(office, model):
    (written, _), row = PAGES[model], ROWS[model]()

    response = post(office, row, opened(office, row) | written)

    assert response.status_code == 302
    assert says(row, written)


@EACH
def test_a_form_that_does_not_say_what_it_showed_is_refused(office, model):
    (written, _), row = PAGES[model], ROWS[model]()
    fields = {name: value for name, value in opened(office, row).items() if name != FIELD} | written

    refused = [post(office, row, fields | more) for more in ({}, {FIELD: ""}, {FIELD: "{}"}, {FIELD: "é\0"})]

    assert all(CHANGED_MEANWHILE in unescape(response.content.decode()) for response in refused)
    assert not says(row, written)


def test_an_admin_who_mends_a_word_does_not_move_a_session_back(office):
    seat = ParticipantFactory(session=SessionFactory(starts_at=timezone.now() + timedelta(days=3)))
    session = seat.session
    fields = opened(office, session)
    moved = {"starts_at": session.starts_at + timedelta(days=2), "title": "Geometry"}
    hosting.update_session(session.pk, moved, actor=session.creator)
    told = Notification.objects.filter(recipient=seat.user).count()

    refused = post(office, session, fields | {"description": "A word mended"})

    assert says(session, moved)
    assert Notification.objects.filter(recipient=seat.user).count() == told
    shown = form_of(TutoringSession, refused)
    assert (shown["title"], shown["description"]) == (["Geometry"], ["A word mended"])
    assert shown["starts_at_0"] == [f"{moved['starts_at']:%Y-%m-%d}"]


def test_where_two_have_written_the_same_field_both_are_shown(office):
    student = StudentFactory(first_name="Ada")
    fields = opened(office, student)
    meanwhile(student, first_name="Augusta <b>", last_name="King")

    refused = post(office, student, fields | {"first_name": "Adah"})

    form = refused.context["adminform"].form
    assert form.errors["first_name"] == ["Somebody else has made this: Augusta <b>"]
    assert "last_name" not in form.errors
    assert "Augusta &lt;b&gt;" in refused.content.decode()
    assert says(student, {"first_name": "Augusta <b>"})


def test_lines_and_spaces_that_are_left_alone_are_nobodys_writing(office):
    module = ModuleFactory(content=" one\ntwo ")
    fields = opened(office, module)
    meanwhile(module, content="three")

    refused = post(office, module, fields | {"content": " one\r\ntwo ", "title": "Written"})

    assert form_of(Module, refused)["content"] == ["three"]


@pytest.mark.django_db(transaction=True)
@EACH
def test_of_two_who_save_the_same_page_at_once_one_is_refused(model):
    row, name = ROWS[model](), next(iter(PAGES[model][0]))
    admins = [AdminFactory(), AdminFactory()]
    clients = [Client(), Client()]
    for client, admin in zip(clients, admins, strict=True):
        client.force_login(admin)
    texts = ["first", "second"]
    forms = [opened(client, row) | {name: text} for client, text in zip(clients, texts, strict=True)]

    answers = at_once([partial(post, client, row, form) for client, form in zip(clients, forms, strict=True)])

    changelist = url(model, "changelist")
    saved = [text for text, answer in zip(texts, answers, strict=True) if getattr(answer, "url", None) == changelist]
    assert saved == [getattr(again(row), name)]


@pytest.mark.django_db(transaction=True)
def test_a_module_is_saved_here_while_its_tutor_changes_it_and_nobody_waits_for_ever():
    module, client = ModuleFactory(), Client()
    client.force_login(AdminFactory())
    tutor = module.course.tutor.user

    for number in range(10):
        fields = opened(client, module) | {"title": f"title {number}"}
        theirs = partial(
            modules.update_module, module.course_id, module.pk, {"content": f"content {number}"}, actor=tutor
        )
        ours, changed = at_once([partial(post, client, module, fields), theirs])

        assert changed.content == f"content {number}"
        assert again(module).content == f"content {number}"
        assert ours.status_code in (200, 302)
