"""One search over what moderators look for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.adminpanel.test_admin_walk import ODD, url, works
from tests.adminpanel.test_moderation import staff
from tests.factories import (
    BookingFactory,
    PaymentFactory,
    SessionFactory,
    StudentFactory,
    TicketFactory,
    TutorProfileFactory,
)

pytestmark = pytest.mark.django_db

KINDS = ["Users", "Tutor profiles", "Bookings", "Payments", "Tutoring sessions", "Tickets"]


def found(client, words):
    """The links of what was found, by kind."""
    groups = client.get("/admin/find/", {"q": words}).context["groups"]
    return {group.title: [hit.link for hit in group.hits] for group in groups}


def one_of_each(address):
    student = StudentFactory(email=address)
    tutor = TutorProfileFactory(user__email=f"tutor.{address}")
    booking = BookingFactory(student=student, tutor=tutor)
    rows = [
        booking,
        PaymentFactory(payer=student, tutor=tutor, payable_id=booking.pk),
        SessionFactory(creator=tutor.user, title="Knots"),
        TicketFactory(requester=student),
    ]
    return student, tutor, rows


def test_somebodys_address_finds_them_and_what_is_theirs(office):
    student, tutor, rows = one_of_each("knut@example.com")
    one_of_each("other@example.com")

    hits = found(office, "knut@")

    assert list(hits) == KINDS
    people = {reverse("admin:person", args=[person.pk]) for person in (student, tutor.user)}
    assert set(hits["Users"]) == people
    assert hits["Tutor profiles"] == [url(type(tutor), "change", tutor.pk)]
    for kind, row in zip(KINDS[2:], rows, strict=True):
        assert url(type(row), "change", row.pk) in hits[kind]
    assert {kind: len(hits[kind]) for kind in KINDS[2:]} == {
        "Bookings": 1,
        "Payments": 1,
        "Tutoring sessions": 2,  # one of them is the lesson
        "Tickets": 1,
    }


def test_a_name_a_title_and_a_number_find_it(office):
    student = StudentFactory(first_name="Knut", last_name="Hamsun")
    session, booking = SessionFactory(title="Compilers"), BookingFactory()

    assert found(office, "Hamsun") == {"Users": [reverse("admin:person", args=[student.pk])]}
    assert found(office, "compil") == {"Tutoring sessions": [url(type(session), "change", session.pk)]}
    assert url(type(booking), "change", booking.pk) in found(office, str(booking.pk))["Bookings"]


def test_wildcards_are_plain_characters(office):
    one_of_each("knut@example.com")
    percent = StudentFactory(first_name="100%", last_name="a_b")

    for words in ("%", "100%", "_b"):
        assert found(office, words) == {"Users": [reverse("admin:person", args=[percent.pk])]}, words
    assert found(office, "k%t") == found(office, "kn_t") == {}


def test_of_many_a_few_are_shown_with_the_way_to_all(office):
    for _ in range(6):
        SessionFactory(title="Knots")

    group = office.get("/admin/find/", {"q": "Knots"}).context["groups"][0]

    assert len(group.hits) == 5
    assert office.get(group.rest).context["cl"].result_count == 6


def test_it_costs_the_same_however_much_is_found(office):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert list(found(office, "knut")) == KINDS
        return len(captured)

    one_of_each("knut@example.com")
    queries()
    at_one = queries()
    for number in range(5):
        one_of_each(f"knut{number}@example.com")

    assert queries() == at_one <= 12


def test_nobody_finds_what_they_may_not_see(client):
    one_of_each("knut@example.com")
    viewer = staff()
    client.force_login(viewer)

    assert found(client, "knut") == {}
    assert "knut@" not in client.get("/admin/search/", {"s": "knut"}).content.decode()
    viewer.user_permissions.set(staff("view").user_permissions.filter(content_type__model="ticket"))
    assert list(found(client, "knut")) == ["Tickets"]


def test_the_box_of_the_menu_names_pages_and_things(office):
    student, *_ = one_of_each("knut@example.com")

    page = office.get("/admin/search/", {"s": "Knut@"}).content.decode()
    pages = office.get("/admin/search/", {"s": "payouts"}).content.decode()

    assert reverse("admin:person", args=[student.pk]) in page
    assert "/admin/payments/payout/" in pages
    assert office.get("/admin/search/").content == b""


def test_what_was_found_once_is_looked_for_again(office):
    office.get("/admin/search/", {"s": "knut"})
    StudentFactory(email="knut@example.com")

    assert "knut@example.com" in office.get("/admin/search/", {"s": "knut"}).content.decode()


def test_odd_words_break_nothing_and_are_shown_as_words(office):
    StudentFactory(first_name="<script>alert(1)</script>")

    answers = [
        office.get(path, {name: words})
        for words in [*ODD, "9" * 30]
        for path, name in (("/admin/find/", "q"), ("/admin/search/", "s"))
    ]
    page = office.get("/admin/find/", {"q": "<script>"}).content.decode()

    assert all(works(answer) for answer in answers)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
