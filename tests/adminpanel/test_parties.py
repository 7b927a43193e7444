"""Nobody decides where they are a party: no admin either, on no page, by no button and by no form.

Generated over what is registered: a new page is asked for its parties from the day on which something is decided there.
"""

from operator import attrgetter

import pytest
from django.test import RequestFactory

from accounts.models import Role, User
from audit.models import AuditEntry
from catalog.models import Language, Subject
from common.back_office import PARTY
from courses.models import Assessment, Course, Module
from payments.models import Adjustment, PayoutAccount, ProviderEvent
from tests.adminpanel.conftest import ROWS, registered
from tests.adminpanel.test_admin_walk import answers, url
from tests.adminpanel.test_moderation import act, said
from tests.factories import (
    AdminFactory,
    BookingFactory,
    CourseFactory,
    ParticipantFactory,
    SessionFactory,
    TutorProfileFactory,
)
from tests.support.forms import filled_in

pytestmark = pytest.mark.django_db

CONCERN_NOBODY = {Subject, Language, ProviderEvent}


def as_admin():
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    return request


def adds(page):
    return page.has_add_permission(as_admin())


def changes(page):
    return page.has_change_permission(as_admin())


DECIDING = [(model, page) for model, page in registered() if page.actions or adds(page) or changes(page)]
WITH_PARTIES = [(model, page, path) for model, page in DECIDING for path in getattr(page, "parties", ())]
EACH_PARTY = pytest.mark.parametrize(
    ("model", "page", "path"), WITH_PARTIES, ids=lambda value: getattr(value, "__name__", str(value))
)


def of_party(client, row, path):
    """Requests of whom the row concerns there, who happens to be an admin."""
    User.objects.filter(pk=attrgetter(path)(row)).update(role=Role.ADMIN, is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=attrgetter(path)(row)))
    return client


def stored(row):
    return type(row).objects.filter(pk=row.pk).values().get()


def test_every_page_where_something_is_decided_says_whom_it_concerns():
    assert {model for model, page in DECIDING if not getattr(page, "parties", ())} == CONCERN_NOBODY


@EACH_PARTY
def test_a_party_is_offered_nothing_and_reads_why(client, model, page, path):
    row = ROWS[model]()

    shown = of_party(client, row, path).get(url(model, "change", row.pk))

    assert shown.status_code == 200
    assert shown.context["actions_here"] == []
    assert PARTY in shown.content.decode()
    assert 'name="_save"' not in shown.content.decode()


@EACH_PARTY
def test_a_stranger_is_told_nothing_of_parties(office, model, page, path):
    row = ROWS[model]()

    html = office.get(url(model, "change", row.pk)).content.decode()

    assert PARTY not in html
    assert ('name="_save"' in html) == changes(page)


@EACH_PARTY
def test_a_party_does_nothing_by_any_action(client, model, page, path):
    row = ROWS[model]()
    client = of_party(client, row, path)
    before = stored(row)

    for action in page.actions:
        asked = act(client, action, row, confirmed=False)
        done = act(client, action, row, **answers(asked))

        assert asked.context["chosen"] == [], action
        assert said(client, done) == [f"{page.name_of(row)}: {PARTY}"], action
    assert stored(row) == before
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("model", "path"), [(model, path) for model, page, path in WITH_PARTIES if changes(page)])
def test_what_a_party_sends_of_a_form_that_was_open_before_is_refused(office, model, path):
    row = ROWS[model]()
    before = stored(row)
    here = url(model, "change", row.pk)
    fields = filled_in(office.get(here).content.decode(), f"{model._meta.model_name}_form")

    response = of_party(office, row, path).post(here, fields)

    assert said(office, response) == [PARTY]
    changed = {name for name, value in stored(row).items() if value != before[name]}
    assert changed <= {"role", "is_staff", "is_superuser", "last_login"}  # as whom they look
    assert not AuditEntry.objects.exists()


# What is entered about a tutor.
ENTERED = {
    Adjustment: lambda tutor: {"tutor": tutor.pk, "amount": "5.00", "currency": "USD", "reason": "Thanks."},
    PayoutAccount: lambda tutor: {"tutor": tutor.pk, "provider_id": "acct_1"},
    Course: lambda tutor: {"tutor": tutor.pk, "title": "Algebra"},
    Module: lambda tutor: {"course": CourseFactory(tutor=tutor).pk, "title": "Sets"},
    Assessment: lambda tutor: {"course": CourseFactory(tutor=tutor).pk, "title": "Quiz"},
}
EACH_ENTERED = pytest.mark.parametrize(("model", "described"), ENTERED.items())


def add(client, model, described):
    shown = client.get(url(model, "add")).content.decode()
    return client.post(url(model, "add"), filled_in(shown, f"{model._meta.model_name}_form") | described)


def test_every_form_of_something_new_that_concerns_somebody_is_tried():
    of_new = {model for model, page in DECIDING if adds(page)}

    assert of_new - CONCERN_NOBODY - {User} == set(ENTERED)  # nobody has an account before it is made


@EACH_ENTERED
def test_nobody_enters_anything_about_themselves(client, model, described):
    admin = AdminFactory()
    client.force_login(admin)

    response = add(client, model, described(TutorProfileFactory(user=admin)))

    assert said(client, response) == [PARTY]
    assert not model.objects.exists()
    assert not AuditEntry.objects.exists()


@EACH_ENTERED
def test_a_colleague_enters_it(client, model, described):
    client.force_login(AdminFactory())

    response = add(client, model, described(TutorProfileFactory()))

    assert "was added successfully" in said(client, response)[0]
    assert model.objects.count() == 1


def test_of_several_a_colleagues_is_done_and_ones_own_is_left_out(client):
    admin = AdminFactory()
    client.force_login(admin)
    own, other = BookingFactory(student=admin), BookingFactory()
    answered = {"reason": "ticket 7", "refund_percent": "0"}

    asked = act(client, "call_off", own, other, confirmed=False)
    done = act(client, "call_off", own, other, **answered)

    assert (asked.context["chosen"], asked.context["left_out"]) == ([str(other)], [str(own)])
    assert said(client, done) == [f"{own}: {PARTY}", "Cancel, with a refund of one's choice: done for 1."]


def test_in_a_lesson_of_two_both_are_parties(client):
    session = SessionFactory(kind="private", max_participants=1)
    learner = ParticipantFactory(session=session).user

    shown = of_party(client, learner, "pk").get(url(type(session), "change", session.pk))

    assert shown.context["actions_here"] == []
    assert PARTY in shown.content.decode()
