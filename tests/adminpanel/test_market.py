"""The pages of bookings, packages and reviews: what they show, and the queue of reports."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from bookings.models import Booking, BookingStatus, Review, ReviewReport, ReviewState
from bookings.services import credits, no_shows, purchases
from tests.adminpanel.test_admin_walk import url
from tests.adminpanel.test_moderation import act, again, said
from tests.factories import (
    AdminFactory,
    BookingFactory,
    NoShowClaimFactory,
    OpenTutorFactory,
    PackagePurchaseFactory,
    ReviewFactory,
    ReviewReportFactory,
    StudentFactory,
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


def test_a_booking_says_whether_its_student_cancelled_it_late_and_how_often_they_do(office):
    booking = BookingFactory(
        status=BookingStatus.CANCELLED, cancelled_by="student", refund_percent=50, ended_at=timezone.now()
    )

    html = office.get(url(Booking, "change", booking.pk)).content.decode()

    assert "cancelled late by the student" in html.lower()
    assert "late cancellations of the student in 180 days" in html.lower()


def test_a_review_is_shown_with_what_it_said_before(office):
    review = ReviewFactory()
    review.edits.create(rating=1, comment="Former words", replaced_at=timezone.now())

    assert "Former words" in office.get(url(Review, "change", review.pk)).content.decode()


def _hidden_by_rule():
    return ReviewFactory(comment="jane@example.com", state=ReviewState.HIDDEN, hidden_rule="personal_data")


def _as_admin(user):
    user.role, user.is_staff, user.is_superuser = "admin", True, True
    user.save()
    return user


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

    def test_begins_with_what_a_rule_has_hidden_and_says_which(self, office):
        older = ReviewReportFactory()
        by_rule = ReviewReportFactory(review=_hidden_by_rule(), reporter=None)
        ReviewReportFactory(review=_hidden_by_rule(), state="kept")

        page = office.get(url(ReviewReport, "changelist"))

        first, second, *_ = page.context["cl"].result_list
        assert (first, second) == (by_rule, older)
        assert "personal data" in page.content.decode()

    def test_and_the_reviews_themselves_are_filtered_by_it(self, office):
        ReviewFactory()
        hidden = _hidden_by_rule()

        for model, query, row in (
            (Review, {"hidden_rule__exact": "personal_data"}, hidden),
            (ReviewReport, {"review__hidden_rule__exact": "personal_data"}, ReviewReportFactory(review=hidden)),
        ):
            page = office.get(url(model, "changelist"), query)
            assert list(page.context["cl"].result_list) == [row]

    @pytest.mark.parametrize(
        ("action", "answers", "expected"),
        [
            ("hide", {"reason": "Privacy"}, (ReviewState.HIDDEN, None)),
            ("show", {}, (ReviewState.PUBLISHED, None)),
            ("keep", {}, (ReviewState.PUBLISHED, None)),
        ],
    )
    def test_of_what_a_rule_has_hidden_a_moderator_has_the_last_word(self, office, action, answers, expected):
        report = ReviewReportFactory(review=_hidden_by_rule(), reporter=None)
        review = report.review
        offered = office.get(url(Review, "change", review.pk)).context["actions_here"]

        act(office, action, review, **answers)

        assert [name for _, name, _ in offered] == ["hide", "show", "keep"]
        assert (again(review).state, again(review).hidden_rule) == expected
        assert again(report).state == ("hidden" if action == "hide" else "kept")

    def test_but_not_where_they_are_a_party(self, client):
        review = _hidden_by_rule()
        client.force_login(_as_admin(review.student))

        said_so = client.get(url(Review, "change", review.pk)).context

        assert (said_so["actions_here"], bool(said_so["refusal"])) == ([], True)
        act(client, "show", review)
        assert again(review).state == ReviewState.HIDDEN


class TestReassigning:
    @pytest.fixture
    def booking(self):
        start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
        return BookingFactory(status=BookingStatus.CONFIRMED, starts_at=start)

    def test_offers_those_who_have_that_time_and_nobody_else(self, office, booking):
        free, busy = OpenTutorFactory(), OpenTutorFactory()
        BookingFactory(tutor=busy, starts_at=booking.starts_at)

        form = act(office, "reassign", booking, confirmed=False).context["form"]

        assert [pk for pk, _ in form.fields["tutor"].choices] == [free.pk]

    def test_to_who_is_not_offered_changes_nothing(self, office, booking):
        busy = OpenTutorFactory()
        BookingFactory(tutor=busy, starts_at=booking.starts_at)

        answer = act(office, "reassign", booking, reason="ill", tutor=str(busy.pk))

        assert answer.context["form"].errors.keys() == {"tutor"}
        assert again(booking).tutor_id == booking.tutor_id

    def test_says_where_nobody_has_that_time(self, office, booking):
        asked = act(office, "reassign", booking, confirmed=False).content.decode()
        answer = act(office, "reassign", booking, reason="ill", tutor="0")

        assert "Nobody who teaches this has that time" in asked
        assert said(office, answer) == [f"{booking}: Tutor not found"]

    def test_is_done_for_one_lesson_at_a_time(self, office, booking):
        other = BookingFactory(status=BookingStatus.CONFIRMED, starts_at=booking.starts_at + timedelta(days=1))
        heir = OpenTutorFactory()

        act(office, "reassign", booking, other, reason="ill", tutor=str(heir.pk))

        assert {again(booking).tutor_id, again(other).tutor_id} == {booking.tutor_id, other.tutor_id}

    def test_is_not_for_an_admin_who_has_the_lesson(self, client, booking):
        heir = OpenTutorFactory()
        client.force_login(_as_admin(booking.student))

        act(client, "reassign", booking, reason="ill", tutor=str(heir.pk))

        assert again(booking).tutor_id == booking.tutor_id

    @pytest.mark.parametrize(("group", "may"), [("Support", True), ("Moderators", False), ("Finance", False)])
    def test_is_for_the_group_that_cancels_bookings(self, client, booking, group, may):
        heir, member = OpenTutorFactory(), StudentFactory(is_staff=True)
        member.groups.add(Group.objects.get(name=group))
        client.force_login(member)

        act(client, "reassign", booking, reason="ill", tutor=str(heir.pk))

        assert (again(booking).tutor_id == heir.pk) is may

    def test_a_suspension_may_name_whose_the_lessons_are(self, office, booking):
        heir = OpenTutorFactory()

        answer = act(office, "suspend", booking.tutor, reason="no-shows", heir=heir.user.email)

        assert f"{heir.user.email} gives 1 of the lessons to come." in said(office, answer)[0]
        assert again(booking).tutor_id == heir.pk
        assert again(booking.tutor).status == "suspended"

    @pytest.mark.parametrize(("group", "may"), [("Moderators", True), ("Support", False), ("Finance", False)])
    def test_which_is_for_the_group_that_suspends(self, client, booking, group, may):
        heir, member = OpenTutorFactory(), StudentFactory(is_staff=True)
        member.groups.add(Group.objects.get(name=group))
        client.force_login(member)

        act(client, "suspend", booking.tutor, reason="no-shows", heir=heir.user.email)

        assert (again(booking).tutor_id == heir.pk) is may
        assert (again(booking.tutor).status == "suspended") is may

    def test_but_not_by_an_address_of_nobody(self, office, booking):
        answer = act(office, "suspend", booking.tutor, reason="no-shows", heir="nobody@example.com")

        assert "no other tutor with that address" in said(office, answer)[0]
        assert again(booking.tutor).status == "approved"


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
