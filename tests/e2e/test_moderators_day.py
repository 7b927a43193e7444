"""A moderator's day in the back office: by somebody who is no admin, and all of it on record."""

import re

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from accounts.models import TutorProfile, TutorStatus, User
from accounts.services import moderation
from audit.models import AuditEntry
from bookings.models import Review
from payments.models import Payment
from sessions_app.models import ConflictReport
from tests import factories
from tests.e2e.conftest import log_in
from tests.support.server import Site

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser")]

EMAIL = "mona@example.com"
DEEDS = [
    "tutor.approved",
    "review.hidden",
    "session_conflict.resolved",
    "payment.refund_claimed",
    "tutor.suspended",
    "account.reactivated",
]


@pytest.fixture(scope="module")
def site(demo_site) -> Site:
    return demo_site


def prepare() -> dict:
    """Somebody of two groups, which the migrations made, and a thing to decide for each hour."""
    mona = factories.StudentFactory(email=EMAIL, first_name="Mona", last_name="Moore", is_staff=True)
    mona.groups.set(Group.objects.filter(name__in=["Moderators", "Finance"]))
    applicant = factories.TutorProfileFactory(
        user__email="applicant@example.com", status=TutorStatus.PENDING_APPROVAL, bio="I love numbers."
    )
    report = factories.ReviewReportFactory(review__comment="A liar and a thief!", reason="This is slander.")
    conflict = factories.ConflictReportFactory(description="The host never came.")
    payment = factories.PaymentFactory(payer__email="payer@example.com")
    offender = factories.TutorProfileFactory(user__email="offender@example.com", user__first_name="Otto")
    closed = factories.StudentFactory(email="closed@example.com", first_name="Clara")
    moderation.deactivate(closed.pk, actor=User.objects.get(email="admin@example.com"), reason="by mistake")
    return {
        "mona": mona.pk,
        "applicant": applicant.pk,
        "review": report.review_id,
        "report": report.pk,
        "conflict": conflict.pk,
        "payment": payment.pk,
        "offender": offender.pk,
        "closed": closed.pk,
    }


def outcome(day: dict) -> dict:
    profiles = dict(TutorProfile.objects.values_list("pk", "status"))
    return {
        "applicant": profiles[day["applicant"]],
        "review": Review.objects.get(pk=day["review"]).state,
        "conflict": ConflictReport.objects.get(pk=day["conflict"]).state,
        "refunded": f"{Payment.objects.get(pk=day['payment']).refunds_claimed:.2f}",
        "offender": profiles[day["offender"]],
        "closed": User.objects.get(pk=day["closed"]).is_active,
    }


def deeds_of(person: int) -> list:
    rows = AuditEntry.objects.filter(actor_id=person, action__in=DEEDS).order_by("pk")
    return [list(row) for row in rows.values_list("action", "actor_role", "reason")]


def open_queue(page: Page, title: str) -> None:
    page.get_by_role("link", name="PeerLearn").first.click()
    page.locator("#queues").get_by_role("link", name=title).click()
    expect(page.locator("#result_list")).to_be_visible()


def find(page: Page, words: str, hit: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name="PeerLearn").first.click()
    page.get_by_label("Find a person").fill(words)
    page.get_by_role("button", name="Find", exact=True).click()
    page.locator("main, #content").first.get_by_role("link", name=hit).first.click()


def do(page: Page, deed: str, **answers: str) -> None:
    """Press the button of a page, answer what is asked, and say yes."""
    page.get_by_role("button", name=deed, exact=True).click()
    for name, answer in answers.items():
        field = page.locator(f"#id_{name}")
        field.select_option(answer) if name == "outcome" else field.fill(answer)
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator("body")).to_contain_text(f"{deed}: done for 1.")


def test_a_moderators_day(browser, server, site):
    day = site.call(prepare)
    page = browser.open(f"{server.url}/admin/")
    log_in(page, EMAIL, factories.PASSWORD)
    expect(page.locator("#queues")).to_contain_text("Tutors to approve")
    browser.picture("day-1-morning")

    open_queue(page, "Tutors to approve")
    page.get_by_role("link", name=re.compile("applicant@example.com")).click()
    expect(page.locator("body")).to_contain_text("I love numbers.")
    expect(page.locator("h1").first).to_be_visible()
    browser.picture("day-2-applicant")
    do(page, "Approve")

    open_queue(page, "Reported reviews")
    page.locator(f"a[href*='/reviewreport/{day['report']}/']").click()
    do(page, "Hide the review", reason="slander")

    open_queue(page, "Conflicts in sessions")
    page.locator(f"a[href*='/conflictreport/{day['conflict']}/']").click()
    expect(page.locator("h1").first).to_be_visible()
    browser.picture("day-3-conflict")
    do(page, "Resolve the report and tell both sides the outcome", outcome="warned", note="The host was warned.")

    find(page, "payer@example.com", re.compile(f"^Payment {day['payment']},"))
    do(page, "Give money back", reason="nobody came")

    find(page, "offender@example.com", re.compile("^Otto"))
    expect(page.locator("h1").first).to_be_visible()
    browser.picture("day-4-offender")
    do(page, "Suspend", reason="three lessons missed")
    expect(page).to_have_url(re.compile(r"/admin/person/\d+/$"))

    find(page, "closed@example.com", re.compile("^Clara"))
    do(page, "Reactivate", reason="closed by mistake")

    assert site.call(outcome, day) == {
        "applicant": "approved",
        "review": "hidden",
        "conflict": "resolved",
        "refunded": "45.00",
        "offender": "suspended",
        "closed": True,
    }
    page.goto(f"{server.url}/admin/person/{day['mona']}/")
    page.get_by_role("link", name="All: what they did").click()
    expect(page.locator("#result_list")).to_be_visible()
    for deed in DEEDS:
        expect(page.locator("#result_list")).to_contain_text(deed)
    browser.picture("day-5-audit")
    page.get_by_role("link", name=re.compile("tutor.suspended")).or_(
        page.locator("#result_list tr", has_text="tutor.suspended").locator("a")
    ).first.click()
    expect(page.locator("body")).to_contain_text("three lessons missed")
    assert site.call(deeds_of, day["mona"]) == [
        ["tutor.approved", "staff", ""],
        ["review.hidden", "staff", "slander"],
        ["session_conflict.resolved", "staff", ""],
        ["payment.refund_claimed", "staff", "nobody came"],
        ["tutor.suspended", "staff", "three lessons missed"],
        ["account.reactivated", "staff", "closed by mistake"],
    ]


def test_what_is_not_theirs_they_do_not_even_see(browser, server, site):
    page = browser.open(f"{server.url}/admin/")
    log_in(page, EMAIL, factories.PASSWORD)

    menu = page.locator("#nav-sidebar")

    expect(menu.get_by_role("link", name="Payments", exact=False).first).to_be_visible()
    expect(menu).not_to_contain_text("Announcements")
    expect(page.locator("#queues")).not_to_contain_text("Open tickets")
