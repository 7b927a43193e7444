"""Everything about one person on one page."""

from datetime import timedelta
from itertools import count
from operator import attrgetter

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from adminpanel.lists import page_of as path_of
from adminpanel.person import MOST_OF_A_PART, PARTS
from audit.models import AuditEntry
from payments.models import PayoutStatus
from tests.adminpanel.test_admin_walk import works
from tests.adminpanel.test_moderation import act, again, said, staff
from tests.factories import (
    BookingFactory,
    ConflictReportFactory,
    MessageReportFactory,
    PackagePurchaseFactory,
    ParticipantFactory,
    PaymentFactory,
    PayoutFactory,
    ReviewFactory,
    ReviewReportFactory,
    SessionFactory,
    StudentFactory,
    TicketFactory,
    TokenFamilyFactory,
    TutorProfileFactory,
)

pytestmark = pytest.mark.django_db

DAYS_AGO = count(100)
AUDIT = {"What they did", "What was done to the account"}


def page_of(client, person):
    return client.get(reverse("admin:person", args=[person.pk]))


def shown(client, person):
    return {section.title: section for section in page_of(client, person).context["full"]}


def make_all_of(tutor, times=1):
    """Each part has so many rows of the tutor's, who also learns."""
    person = tutor.user
    for _ in range(times):
        day = timezone.now() - timedelta(days=next(DAYS_AGO))  # nobody is in two places
        taken, given = BookingFactory(student=person, starts_at=day), BookingFactory(tutor=tutor, starts_at=day)
        SessionFactory(creator=person, starts_at=day + timedelta(hours=2))
        ParticipantFactory(user=person)
        PaymentFactory(payer=person, payable_id=taken.pk)
        PaymentFactory(tutor=tutor, payable_id=given.pk)
        PayoutFactory(tutor=tutor, status=PayoutStatus.PAID)
        PackagePurchaseFactory(student=person)
        ReviewFactory(student=person, booking__starts_at=day)
        ReviewFactory(tutor=tutor, booking__starts_at=day)
        ReviewReportFactory(reporter=person)
        MessageReportFactory(reporter=person)
        MessageReportFactory(reported=person)
        ConflictReportFactory(reporter=person)
        ConflictReportFactory(reported=person)
        TicketFactory(requester=person)
        TokenFamilyFactory(user=person)


def test_it_has_every_part_and_each_leads_to_all_of_it(office):
    tutor = TutorProfileFactory()
    make_all_of(tutor)
    make_all_of(TutorProfileFactory())

    sections = shown(office, tutor.user)

    assert sections.keys() - AUDIT == {part.title for part in PARTS}
    for title in sections.keys() - AUDIT:
        listed = office.get(sections[title].all_of_it).context["cl"].result_list
        assert len(listed) == len(sections[title].lines), title
        assert {office.get(line.link).status_code for line in sections[title].lines} == {200}, title


def test_what_is_newest_comes_first_whenever_it_was_entered(office):
    tutor = TutorProfileFactory()
    make_all_of(tutor, 3)
    for part in PARTS:
        owned = part.model.objects.filter(**{part.owner: tutor if part.of_tutor else tutor.user})
        if part.moment != "starts_at":  # what begins is made in this order already
            for day, pk in enumerate(owned.order_by("pk").values_list("pk", flat=True)):
                owned.filter(pk=pk).update(**{part.moment: timezone.now() - timedelta(days=day)})

    sections = shown(office, tutor.user)

    for part in PARTS:
        owned = part.model.objects.filter(**{part.owner: tutor if part.of_tutor else tutor.user})
        newest = sorted(owned, key=attrgetter(part.moment, "pk"), reverse=True)[:MOST_OF_A_PART]
        assert [line.link for line in sections[part.title].lines] == [path_of(row) for row in newest], part.title


def test_a_package_that_is_not_paid_yet_comes_before_those_that_are(office):
    student = StudentFactory()
    waiting = PackagePurchaseFactory(student=student, status="pending", available=0, purchased_at=None, expires_at=None)
    paid = PackagePurchaseFactory(student=student)

    lines = shown(office, student)["Packages bought"].lines

    assert [line.link for line in lines] == [path_of(waiting), path_of(paid)]


def test_it_costs_the_same_however_much_there_is(office):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert shown(office, tutor.user)
        return len(captured)

    tutor = TutorProfileFactory()
    make_all_of(tutor)
    queries()
    at_one = queries()
    make_all_of(tutor, 6)

    assert queries() == at_one <= 40
    assert {
        (len(section.lines), section.has_more)
        for title, section in shown(office, tutor.user).items()
        if title not in AUDIT
    } == {(5, True)}


def test_a_student_has_no_tutors_parts_and_what_is_empty_is_named(office):
    response = page_of(office, StudentFactory())

    titles = {section.title for section in response.context["empty"]}
    assert titles == {part.title for part in PARTS if not part.of_tutor} | {"What they did"}
    assert "Tickets" in response.content.decode().title()


def test_a_viewer_sees_the_parts_that_they_may_open(client):
    tutor = TutorProfileFactory()
    make_all_of(tutor)
    viewer = staff()
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "view_ticket", "view_payment"]))
    client.force_login(viewer)

    response = page_of(client, tutor.user)

    assert set(shown(client, tutor.user)) == {"Tickets", "Payments made", "Payments earned"}
    assert response.context["offers"] == []
    assert f"/admin/accounts/tutorprofile/{tutor.pk}/" not in response.content.decode()


def test_whoever_may_not_see_people_does_not_see_one(client):
    client.force_login(staff())

    assert page_of(client, StudentFactory()).status_code == 403
    assert not AuditEntry.objects.exists()


def test_that_it_was_looked_at_is_on_record(office):
    person = StudentFactory()

    page_of(office, person)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("account.examined", str(person.pk))
    assert entry.actor_id == User.objects.get(email="boss@example.com").pk


@pytest.mark.parametrize("key", ["0", "999999", "9" * 30, "-1", "x"])
def test_who_does_not_exist_is_not_found(office, key):
    response = office.get(f"/admin/person/{key}/")

    assert works(response)
    assert response.status_code in (302, 404)


def test_what_is_done_from_it_leads_back_to_it(office):
    person = StudentFactory(is_verified=False)
    here = reverse("admin:person", args=[person.pk])
    assert f'name="_back" value="{here}"' in page_of(office, person).content.decode()

    asked = act(office, "verify", person, confirmed=False, _back=here)
    done = act(office, "verify", person, _back=here)

    assert f'name="_back" value="{here}"' in asked.content.decode()
    assert done["Location"] == here
    assert said(office, done) == ["Mark as verified: done for 1."]
    assert again(person).is_verified


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_nobody_is_led_to_another_site(office, back):
    response = act(office, "verify", StudentFactory(is_verified=False), _back=back)

    assert response["Location"] == "/admin/accounts/user/"


def test_the_page_of_an_account_leads_to_it(office):
    person = StudentFactory()

    page = office.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()

    assert reverse("admin:person", args=[person.pk]) in page
