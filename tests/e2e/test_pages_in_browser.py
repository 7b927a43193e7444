"""The pages that developers look at, in a real browser: what is seen, and that the browser does not complain."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.support import world
from tests.support.browser import Browser
from tests.support.patience import PATIENCE
from tests.support.server import Server, Site, running_site

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("pages")) as one:
        one.serve()
        yield one


@pytest.fixture
def student(site) -> dict[str, Any]:
    person = site.call(world.make_students)[0]
    site.call(world.set_password, person["id"])
    return person


@pytest.fixture
def session(site) -> int:
    host = site.call(world.make_tutors)[0]
    return site.call(world.make_session, host["id"], title="Compilers for beginners")


def operations(server: Server) -> list[str]:
    paths = httpx.get(f"{server.url}/openapi.json", timeout=PATIENCE).json()["paths"]
    return [f"{method.upper()} {path}" for path, item in paths.items() for method in item]


def sign_in(browser: Browser, server: Server, person: dict[str, Any], *, to: str) -> None:
    page = browser.open(f"{server.url}/api-auth/login/?next={to}")
    page.get_by_label("Email").fill(person["email"])
    page.get_by_label("Password").fill(world.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{server.url}{to}")


def answer_on(page: Any) -> tuple[str, dict[str, Any]]:
    """The status line and the body that the browsable API shows."""
    head, _, body = page.locator(".response-info").inner_text().partition("\n\n")
    return head.splitlines()[0], json.loads(body)


# Enough to scroll through the longest page, half a screen at a time.
MOST_SCREENS = 400
UNFOLD = "document.querySelectorAll('.opblock-tag[data-is-open=false]').forEach(group => group.click())"


def scroll_to(page, selector):
    """Swagger folds its groups, and draws the operations of a long description as they come into view."""
    expect(page.locator(".opblock-tag").first).to_be_visible()
    for _ in range(MOST_SCREENS):
        page.evaluate(UNFOLD)
        if page.locator(selector).count():
            break
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(100)
    return page.locator(selector)


def drawn(page):
    """The ids of all operations that are drawn on the way from the top to the bottom."""
    page.evaluate("scrollTo(0, 0)")
    seen, quiet = set(), 0
    for _ in range(MOST_SCREENS):
        page.evaluate(UNFOLD)
        before = len(seen)
        seen |= set(page.locator(".opblock").evaluate_all("blocks => blocks.map(block => block.id)"))
        quiet = 0 if len(seen) > before else quiet + 1
        if quiet > 20:
            break
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(100)
    return seen


def test_swagger_begins_with_a_list_of_groups(browser, server):
    page = browser.open(f"{server.url}/docs")

    groups = page.locator(".opblock-tag[data-is-open=false]")

    expect(groups.first).to_be_visible()
    assert groups.count() > 10
    assert page.locator(".opblock").count() == 0
    browser.picture("swagger-groups")


def test_swagger_draws_every_operation_and_opens_one_with_its_example(browser, server):
    page = browser.open(f"{server.url}/docs")

    expect(page.locator(".info .title")).to_contain_text("PeerLearn")
    join = scroll_to(page, "[id$=post_api_sessions_id_join]")
    join.scroll_into_view_if_needed()
    join.locator(".opblock-summary-control").click()
    expect(join).to_contain_text("Successfully joined the session")
    expect(join).to_contain_text("Idempotency-Key")
    browser.picture("swagger")
    join.locator(".opblock-summary-control").click()
    assert len(drawn(page)) == len(operations(server))


def test_an_operation_can_be_tried_out_with_a_token(browser, server, student):
    page = browser.open(f"{server.url}/docs")

    expect(page.locator(".opblock-tag").first).to_be_visible()
    page.get_by_role("button", name="Authorize").first.click()
    page.locator("#auth-bearer-value").fill(student["token"])
    page.locator(".auth-container", has_text="bearer (http").get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close", exact=True).first.click()
    block = scroll_to(page, "[id$=accounts-get_auth_me]")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()

    expect(block.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(block.locator(".live-responses-table")).to_contain_text(student["email"])


def test_redoc_draws_every_operation(browser, server):
    page = browser.open(f"{server.url}/redoc")

    expect(page.get_by_role("heading", name=re.compile("PeerLearn")).first).to_be_visible()
    expect(page.locator("[data-section-id*='/operation/']")).to_have_count(len(operations(server)))
    page.get_by_placeholder("Search...").fill("seat")
    expect(page.locator("[data-role='search:results']")).to_contain_text("Take a seat")
    browser.picture("redoc")


def test_somebody_signs_in_to_the_browsable_api_and_joins_a_session_by_its_form(
    browser, server, site, student, session
):
    path = f"/api/sessions/{session}"
    sign_in(browser, server, student, to=path)
    status, shown = answer_on(browser.page)
    assert (status, shown["title"]) == ("HTTP 200 OK", "Compilers for beginners")
    browser.picture("browsable-api")

    # A page of its own has the button: GET is not for it, and says so.
    page = browser.page
    page.goto(f"{server.url}{path}/join")
    assert answer_on(page)[0] == "HTTP 405 Method Not Allowed"
    assert len(browser.complaints) == 1
    assert "405" in browser.complaints.pop()
    page.get_by_role("button", name="POST").click()
    page.wait_for_selector("text=HTTP 201 Created")

    status, joined = answer_on(page)
    assert joined["message"] == "Successfully joined the session"
    assert [seat["user"]["id"] for seat in joined["session"]["participants"]] == [student["id"]]
    assert site.call(world.seats, session) == {"taken": 1, "rows": 1, "max": 8}
    browser.picture("browsable-api-joined")


def test_signing_out_of_the_browsable_api_ends_it(browser, server, student):
    sign_in(browser, server, student, to="/auth/me")
    page = browser.page

    page.get_by_role("button", name="Log out").click()
    page.wait_for_selector("text=HTTP 401 Unauthorized")

    assert answer_on(page)[1]["code"] == "NO_TOKEN"
    assert len(browser.complaints) == 1
    assert "401" in browser.complaints.pop()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()


def test_a_wrong_password_is_said_on_the_page(browser, server, student):
    page = browser.open(f"{server.url}/api-auth/login/")

    page.get_by_label("Email").fill(student["email"])
    page.get_by_label("Password").fill("not-the-password")
    page.get_by_role("button", name="Log in").click()

    expect(page.locator(".text-error")).to_contain_text("Please enter a correct")
