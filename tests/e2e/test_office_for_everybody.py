"""The back office for keyboards, screen readers, weak eyes and telephones; and what villains write in it."""

from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from accounts.models import User
from audit import services as audit
from tests import factories
from tests.e2e.conftest import log_in
from tests.support import browser as browsers
from tests.support.server import Site

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]

READABLE = (Path(browsers.__file__).parent / "readable.js").read_text()
PAGES = [
    "",
    "find/?q=a",
    "accounts/user/",
    "accounts/user/add/",
    "accounts/tutorprofile/?status__exact=pending_approval",
    "payments/payment/",
    "audit/auditentry/",
]
# What browsers and the templates of scripts might take for more than words.
VILLAINS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "'-alert(3)-'",
    "{{constructor.constructor('alert(4)')()}}",
    "</title></svg><svg onload=alert(5)>",
    "javascript:alert(6)",
    "${alert(7)}`",
    "<a href=javascript:alert(8) x-init=alert(9)>",
]
# Whatever of them has become more than words.
ALIVE = """() => [...document.querySelectorAll("script, [onload], [onerror], [href], [x-init]")]
    .filter((element) => element.matches("script") ? /alert\\(/.test(element.textContent)
        : ["onload", "onerror", "x-init"].some((name) => /alert/.test(element.getAttribute(name)))
            || /^javascript/i.test(element.getAttribute("href")))
    .map((element) => element.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def site(demo_site) -> Site:
    return demo_site


@pytest.fixture
def office(browser, server) -> Page:
    page = browser.open(f"{server.url}/admin/")
    log_in(page, "admin@example.com", "Admin123!")
    page.wait_for_url(f"{server.url}/admin/")
    return page


def make_person() -> list[int]:
    """A tutor with something on their page, and the ids of the account, of the profile and of a payment."""
    booking = factories.BookingFactory()
    payment = factories.PaymentFactory(payer=booking.student, tutor=booking.tutor, payable_id=booking.pk)
    return [booking.tutor.user_id, booking.tutor_id, payment.pk]


def make_villains() -> list[str]:
    """The pages on which such texts are shown, beside the first one."""
    paths = []
    for text in VILLAINS:
        short = text[:40]
        student = factories.StudentFactory(first_name=text, last_name=text)
        tutor = factories.TutorProfileFactory(user__first_name=text, user__last_name=text, title=text, bio=text)
        subject = factories.SubjectFactory(name=short)
        session = factories.SessionFactory(creator=tutor.user, title=text, description=text, subject=subject)
        ticket = factories.TicketFactory(requester=student, subject=text)
        factories.TicketMessageFactory(ticket=ticket, text=text)
        report = factories.ReviewReportFactory(reason=text, review__comment=text)
        conflict = factories.ConflictReportFactory(description=text, session=session, reporter=student)
        entry = audit.record("subject.updated", actor=student, obj=subject, after={"name": text}, reason=text)
    paths += [f"person/{student.pk}/", f"person/{tutor.user_id}/", f"accounts/tutorprofile/{tutor.pk}/change/"]
    paths += [f"sessions_app/tutoringsession/{session.pk}/change/", f"support/ticket/{ticket.pk}/change/"]
    paths += [f"bookings/reviewreport/{report.pk}/change/", f"sessions_app/conflictreport/{conflict.pk}/change/"]
    paths += [f"audit/auditentry/{entry.pk}/change/", f"accounts/user/{student.pk}/history/"]
    paths += ["accounts/user/", "accounts/tutorprofile/", "sessions_app/tutoringsession/", "support/ticket/"]
    return [*paths, "bookings/reviewreport/", "catalog/subject/", "find/?q=alert", "find/?q=%3Cscript%3Ealert(1)"]


def test_the_check_itself_finds_what_is_wrong(browser, server):
    page = browser.open(f"{server.url}/health")
    page.set_content(
        '<h1></h1><input><button></button><p id="a" style="color: #999">pale</p><i id="a" tabindex="2">i</i>'
        '<img src="data:,"><b x-on:click="x">only clicked</b><input aria-label="x" aria-describedby="nobody">'
    )

    found = "\n".join(page.evaluate(READABLE))

    for fault in (
        *("no language", "no title", "empty heading", "no name: <input>", "no name: <button>", "contrast 2.8"),
        *("an id twice", "order of its own", "no alternative", "only for a mouse", "aria-describedby leads nowhere"),
    ):
        assert fault in found, fault


def test_nothing_keeps_anybody_from_using_it(office, server, site):
    person, tutor, payment = site.call(make_person)
    paths = [*PAGES, f"person/{person}/", f"accounts/tutorprofile/{tutor}/change/", f"accounts/user/{person}/change/"]
    paths.append(f"payments/payment/{payment}/change/")
    found = {}

    for theme in ("light", "dark"):
        office.evaluate("theme => localStorage.setItem('adminTheme', JSON.stringify(theme))", theme)
        for path in paths:
            office.goto(f"{server.url}/admin/{path}")
            if theme == "dark":
                expect(office.locator("html.dark")).to_be_attached()
            if complaints := office.evaluate(READABLE):
                found[theme, path] = complaints

    assert found == {}


def test_it_fits_on_a_telephone(browser, office, server, site):
    person, *_ = site.call(make_person)
    office.set_viewport_size({"width": 390, "height": 844})

    for path in ("", "find/?q=example", f"person/{person}/"):
        office.goto(f"{server.url}/admin/{path}")
        expect(office.locator("h1").first).to_be_visible()
        assert office.evaluate("document.documentElement.scrollWidth") <= 390, path
        browser.picture(f"office-narrow-{path.split('/')[0] or 'index'}")


def test_a_keyboard_is_enough(office, server, site):
    person, *_ = site.call(make_person)
    office.goto(f"{server.url}/admin/person/{person}/")

    office.keyboard.press("Tab")
    expect(office.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(office.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    office.keyboard.press("Enter")
    office.keyboard.press("Tab")
    assert office.evaluate("document.querySelector('#content').contains(document.activeElement)")
    reach(office.get_by_role("button", name="Deactivate"))
    office.keyboard.press("Enter")
    reach(office.locator("#id_reason"))
    office.keyboard.type("a test of the keyboard")
    reach(office.get_by_role("button", name="Yes, do it"))
    office.keyboard.press("Space")
    expect(office.locator("body")).to_contain_text("Deactivate: done for 1.")

    reach(office.get_by_role("button", name="Your account and the colours"))
    office.keyboard.press("Enter")
    reach(office.get_by_role("button", name="Dark"))
    office.keyboard.press("Space")
    expect(office.locator("html.dark")).to_be_attached()


def reach(element: Locator) -> None:
    """Put the focus there, as Tab would, once it is shown: a page that is not drawn yet lets go of its focus again."""
    expect(element).to_be_visible()
    element.focus()
    expect(element).to_be_focused()


def test_the_menus_box_finds_while_one_types(browser, office, server, site):
    person, *_ = site.call(make_person)
    site.call(name_them, person, "Quirinus")

    office.locator("#nav-filter").click()
    office.keyboard.type("quirin")

    expect(office.locator("#search-results")).to_contain_text("Quirinus")
    browser.picture("office-menu-search")
    office.locator("#search-results a").first.click()
    expect(office).to_have_url(f"{server.url}/admin/person/{person}/")


def name_them(person: int, name: str) -> None:
    User.objects.filter(pk=person).update(first_name=name)


def test_what_villains_write_stays_words(browser, office, server, site):
    dialogs: list[Dialog] = []
    office.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))

    for path in ["", *site.call(make_villains)]:
        office.goto(f"{server.url}/admin/{path}")
        expect(office.locator("h1").first).to_be_visible()
        assert [dialog.message for dialog in dialogs] == [], path
        assert office.evaluate(ALIVE) == [], path
    browser.picture("office-villains")
