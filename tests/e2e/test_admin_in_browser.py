"""The back office as an admin sees it: a real server with the demo data, a real browser, nothing to complain of."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import log_in
from tests.support import world
from tests.support.server import Site

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADMIN = ("admin@example.com", "Admin123!")
REASON = "The tutor is ill."


@pytest.fixture(scope="module")
def site(demo_site) -> Site:
    return demo_site


@pytest.fixture
def office(browser, server) -> Page:
    """The back office, with the demo admin logged in."""
    page = browser.open(f"{server.url}/admin/")
    log_in(page, *ADMIN)
    page.wait_for_url(f"{server.url}/admin/")
    return page


def link(page: Page, title: str) -> Locator:
    return page.locator("#nav-sidebar").get_by_role("link").filter(has_text=re.compile(rf"\b{title}\s*$"))


def follow(page: Page, title: str) -> None:
    """A link of the sidebar."""
    link(page, title).click()
    expect(page.locator("#result_list")).to_be_visible()


def search(page: Page, words: str) -> None:
    page.locator("#searchbar").fill(words)
    page.locator("#searchbar").press("Enter")
    page.wait_for_url(re.compile(r"\?(.*&)?q="))


def rows(page: Page) -> Locator:
    return page.locator("#result_list .action-select")


def test_a_wrong_password_is_refused_and_a_student_stays_outside(browser, server):
    page = browser.open(f"{server.url}/admin/")
    browser.picture("admin-login")

    log_in(page, ADMIN[0], "wrong")
    expect(page.locator("body")).to_contain_text("Please enter the correct email and password")
    log_in(page, "student@example.com", "Student123!")

    expect(page.locator("body")).to_contain_text("for a staff account")


def test_the_first_page_leads_to_every_list_and_each_shows_its_rows(browser, office):
    browser.picture("admin-index")

    expect(office.locator("#figures")).to_contain_text("Upcoming sessions")
    for title in ("Sign-ins", "Mails"):
        expect(link(office, title)).to_be_visible()
    for title in ("Users", "Tutors", "Students", "Sessions", "Participants", "Subjects", "Notifications", "Audit log"):
        follow(office, title)
        expect(office.locator("#result_list tbody tr").first).to_be_visible()
        browser.picture(f"admin-{title.lower().replace(' ', '-')}")


def test_a_search_and_a_filter_find_what_they_say(browser, office):
    follow(office, "Users")

    search(office, "amelia")
    expect(rows(office)).to_have_count(1)
    expect(office.locator("#result_list")).to_contain_text("amelia.clarke@example.org")
    office.goto(office.url.split("?")[0] + "?role__exact=admin")

    expect(rows(office)).to_have_count(1)
    expect(office.locator("#result_list")).to_contain_text("admin@example.com")


def test_an_admin_cancels_a_session_and_finds_it_in_the_audit_log(browser, office, site):
    cancelled = site.call(world.audit_count, "session.cancelled")
    told = site.call(world.notification_count, "session_cancelled")
    follow(office, "Sessions")
    search(office, "Quadratic equations")
    office.locator("#result_list .action-select").check()

    office.locator("select[name=action]").select_option("cancel")
    office.get_by_role("button", name="Run").click()
    expect(office.locator("#content-main, #content, main").first).to_contain_text("Quadratic equations, step by step")
    browser.picture("admin-cancel-asked")
    office.locator("#id_reason").fill(REASON)
    office.get_by_role("button", name="Yes, do it").click()

    expect(office.locator("body")).to_contain_text("Cancel the session: done for 1.")
    expect(office.locator("#result_list")).to_contain_text("Cancelled")
    browser.picture("admin-cancelled")
    assert site.call(world.audit_count, "session.cancelled") == cancelled + 1
    assert site.call(world.notification_count, "session_cancelled") > told
    follow(office, "Audit log")
    search(office, "session.cancelled")
    office.locator("#result_list tbody a").first.click()
    expect(office.locator("body")).to_contain_text(REASON)
    browser.picture("admin-audit-entry")


def test_an_object_s_own_page_offers_what_can_be_done(browser, office):
    follow(office, "Sessions")
    search(office, "Derivatives without fear")
    office.get_by_role("link", name="Derivatives without fear").click()
    expect(office.locator("#id_title")).to_have_value("Derivatives without fear")
    expect(office.locator("body")).to_contain_text("student@example.com")
    browser.picture("admin-session")

    office.locator("#actions-here").get_by_role("button", name="Cancel the session").click()

    expect(office.locator("#id_reason")).to_be_visible()


def test_a_course_is_made_for_a_tutor_who_is_found_by_typing(browser, office, server, site):
    made = site.call(world.audit_count, "course.created")
    office.goto(f"{server.url}/admin/courses/course/add/")
    office.locator(".field-tutor .select2-selection").click()
    office.locator(".select2-search__field").fill("tutor@example.com")
    office.locator(".select2-results__option").filter(has_text="(tutor@example.com)").click()
    office.locator("#id_title").fill("Knots and braids")
    browser.picture("admin-new-course")

    office.get_by_role("button", name="Save", exact=True).click()

    expect(office.locator("#result_list")).to_contain_text("Knots and braids")
    assert site.call(world.audit_count, "course.created") == made + 1


def test_a_new_account_is_made_and_its_page_shows_its_state(browser, office, server):
    office.goto(f"{server.url}/admin/accounts/user/add/")
    office.locator("#id_email").fill("newcomer@example.net")
    office.locator("#id_password1").fill("Newcomer-123")
    office.locator("#id_password2").fill("Newcomer-123")
    browser.picture("admin-user-add")

    office.get_by_role("button", name="Save", exact=True).click()
    search(office, "newcomer")
    office.get_by_role("link", name="newcomer@example.net").click()

    expect(office.locator("#actions-here")).to_contain_text("Deactivate")
    browser.picture("admin-user")


def test_it_is_readable_on_a_telephone(browser, office):
    office.set_viewport_size({"width": 390, "height": 844})

    office.goto(office.url + "sessions_app/tutoringsession/")

    expect(rows(office).first).to_be_attached()
    browser.picture("admin-sessions-narrow")
