"""The pages of bookings, packages and reviews: what they show, and the queue of reports."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Booking, BookingStatus, Review, ReviewReport, ReviewState
from bookings.services import credits, no_shows, purchases
from tests.adminpanel.test_admin_walk import url
from tests.adminpanel.test_moderation import act, again, said
from tests.factories import (
    AdminFactory,
    BookingFactory,
    NoShowClaimFactory,
    PackagePurchaseFactory,
    ReviewFactory,
    ReviewReportFactory,
)

pytestmark = pytest.mark.django_db


def test_a_purchase_is_shown_with_its_ledger(office):
    purchase = PackagePurchaseFactory()
    purchases.adjust_credits(purchase.pk, 2, reason="Our apologies", actor=AdminFactory())

    html = office.get(url(type(purchase), "change", purchase.pk)).content.decode()

    assert "Our apologies" in html


def test_an_adjustment_by_nothing_is_asked_about_again(office):
    purchase = PackagePurchaseFactory()

    response = act(office, "adjust", purchase, change="0", reason="why not")

    assert response.context["form"].errors["change"]
    assert again(purchase).entries.count() == 1


def test_what_a_service_refuses_is_said(office):
    purchase = PackagePurchaseFactory()

    response = act(office, "complete", purchase)

    assert said(office, response) == [f"{purchase}: A package that is active cannot be completed."]


def test_a_review_is_shown_with_what_it_said_before(office):
    review = ReviewFactory()
    review.edits.create(rating=1, comment="Former words", replaced_at=timezone.now())

    assert "Former words" in office.get(url(Review, "change", review.pk)).content.decode()


class TestTheQueue:
    def test_names_what_is_overdue(self, office):
        old = ReviewReportFactory()
        ReviewReport.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=73))
        ReviewReportFactory()

        html = office.get(url(ReviewReport, "changelist")).content.decode()

        assert html.count("Open, overdue") == 1

    def test_hides_the_review_and_closes_every_report_of_it(self, office):
        report = ReviewReportFactory()
        other = ReviewReportFactory(review=report.review)

        act(office, "hide_review", report, reason="Slander")

        assert again(report.review).state == ReviewState.HIDDEN
        assert (again(report).state, again(other).state) == ("hidden", "hidden")

    def test_keeps_the_review(self, office):
        report = ReviewReportFactory()

        act(office, "keep_review", report)

        assert again(report.review).state == ReviewState.PUBLISHED
        assert again(report).state == "kept"


class TestABooking:
    def test_is_shown_with_its_history_and_what_is_claimed(self, office):
        booking = NoShowClaimFactory(statement="I waited in vain.").booking
        no_shows.contest_no_show(booking.pk, actor=booking.student, statement="The link did not work.")

        html = office.get(url(Booking, "change", booking.pk)).content.decode()

        assert "I waited in vain." in html
        assert "The link did not work." in html
        assert "dispute_opened" in html

    def test_is_found_by_either_address(self, office):
        booking, other = BookingFactory(), BookingFactory()

        for words in (booking.student.email, booking.tutor.user.email, str(booking.pk)):
            found = office.get(url(Booking, "changelist"), {"q": words}).context["cl"].result_list
            assert booking in found
            assert other not in found or words == str(booking.pk)

    def test_gives_a_credit_back_only_where_the_moderator_says_so(self, office):
        purchase = PackagePurchaseFactory()
        pair = {"purchase": purchase, "student": purchase.student, "tutor": purchase.tutor}
        kept = BookingFactory(**pair)
        given = BookingFactory(**pair, starts_at=kept.ends_at)
        for booking in (kept, given):
            credits.reserve(booking, actor=purchase.student, now=timezone.now())

        act(office, "call_off", kept, reason="ticket 7", refund_percent="0")
        act(office, "call_off", given, reason="ticket 7", refund_percent="0", release_credit="on")

        assert again(purchase).available == 4
        assert list(kept.credit_entries.values_list("kind", flat=True)) == ["reserve", "consume"]

    def test_that_is_over_is_not_called_off(self, office):
        booking = BookingFactory(status=BookingStatus.DECLINED)

        response = act(office, "call_off", booking, reason="ticket 7", refund_percent="0")

        assert said(office, response) == [f"{booking}: Cannot cancel a booking that is declined"]
