"""Personal data and threats in a review hide it at once; moderators have the last word (R-REV-7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from bookings.errors import ReviewNotEditable
from bookings.models import Review, ReviewReport, ReviewState
from bookings.services import review_moderation, review_rule, reviews
from bookings.services.ratings import recompute
from common.errors import Forbidden, InvalidTransition, NotFound
from courses.services import points
from notifications.models import Notification
from tests.factories import AdminFactory, BookingFactory, ReviewFactory, StudentFactory

pytestmark = pytest.mark.django_db

PHONE = "Great. Call her at +49 151 23456789."
THREAT = "One more mark like this and I will kill you."
HARMLESS = "Great. Call her anytime."
PERSONAL = "personal_data"


@pytest.fixture
def admin():
    return AdminFactory()


def write(comment, rating=5):
    booking = BookingFactory(status="completed", starts_at=timezone.now() - timedelta(days=1))
    return again(reviews.write_review(booking.pk, author=booking.student, rating=rating, comment=comment))


def published(comment):
    """One that was written before there was the rule."""
    review = ReviewFactory(comment=comment, rating=5)
    review_rule.follow(review, now=timezone.now())
    return again(review)


def again(review):
    return Review.objects.select_related("tutor__user", "student").get(pk=review.pk)


def report(review, by=None):
    return reviews.report(review.pk, "Look at this.", reporter=by or StudentFactory())


def told(user):
    return sorted(Notification.objects.filter(recipient=user).values_list("type", flat=True))


def counts(review):
    """What it adds to the tutor's figures and to its author's points; both are what a recount says."""
    tutor = again(review).tutor
    assert not recompute(tutor.pk, now=timezone.now())
    return tutor.total_reviews, tutor.rating_sum, points.total_of(review.student_id)


def state(review):
    review = again(review)
    return review.state, review.hidden_rule


SHOWN, HIDDEN_FOR_DATA, HIDDEN_FOR_THREAT = ("published", None), ("hidden", PERSONAL), ("hidden", "threat")
HIDDEN_BY_ADMIN = ("hidden", None)


class TestWriting:
    @pytest.mark.parametrize(("comment", "expected"), [(PHONE, HIDDEN_FOR_DATA), (THREAT, HIDDEN_FOR_THREAT)])
    def test_what_may_not_be_shown_hides_it_at_once_and_its_author_is_told_why(self, comment, expected):
        review = write(comment)

        assert state(review) == expected
        assert counts(review) == (0, 0, 0)
        assert (told(review.student), told(review.tutor.user)) == (["review_hidden"], [])
        message = Notification.objects.get(recipient=review.student).message
        assert again(review).hidden_reason in message
        assert comment not in message

    def test_it_stands_in_the_moderators_queue_and_in_the_log_as_nobodys_deed(self):
        review = write(PHONE)

        report = ReviewReport.objects.get(review=review)
        assert (report.reporter, report.state, report.reason) == (None, "open", "Hidden by rule: personal data.")
        entry = AuditEntry.objects.get(action="review.hidden")
        assert (entry.actor_id, entry.object_id, entry.reason) == (None, str(review.pk), PERSONAL)
        assert "151" not in str(entry.before) + str(entry.after)

    def test_a_harmless_one_is_shown_and_counted(self):
        review = write(HARMLESS)

        assert (state(review), counts(review)) == (SHOWN, (1, 5, 5))
        assert (told(review.student), told(review.tutor.user)) == ([], ["review_received"])
        assert not ReviewReport.objects.exists()

    @pytest.mark.parametrize("whose", ["student", "tutor"])
    def test_a_number_without_its_countrys_code_is_one_where_one_of_the_two_lives(self, whose):
        booking = BookingFactory(status="completed", starts_at=timezone.now() - timedelta(days=1))
        person = booking.student if whose == "student" else booking.tutor.user
        person.timezone = "Europe/Berlin"
        person.save()

        text = "Call 0151 23456789"
        assert (
            state(reviews.write_review(booking.pk, author=booking.student, rating=5, comment=text)) == HIDDEN_FOR_DATA
        )
        assert state(write(text)) == SHOWN


class TestEditing:
    def edit(self, review, **changes):
        reviews.edit_review(review.pk, changes, author=review.student)

    def test_its_author_takes_the_personal_data_out_and_it_is_shown_again(self):
        review = write(PHONE)

        self.edit(review, comment=HARMLESS)

        assert (state(review), again(review).hidden_reason) == (SHOWN, "")
        assert counts(review) == (1, 5, 5)
        assert told(review.student) == ["review_hidden", "review_shown"]
        assert told(review.tutor.user) == ["review_received"]
        assert AuditEntry.objects.get(action="review.shown").actor_id == review.student_id

    def test_a_moderator_has_it_in_the_queue_all_the_same(self):
        review = write(PHONE)

        self.edit(review, comment=HARMLESS)

        assert review.reports.get().state == "open"

    def test_as_long_as_some_is_left_it_stays_hidden_and_its_author_is_told_so(self):
        review = write(PHONE)

        self.edit(review, comment="Write to her: jane@example.com")

        assert (state(review), counts(review)) == (HIDDEN_FOR_DATA, (0, 0, 0))
        assert told(review.student) == ["review_hidden", "review_hidden"]
        assert review.reports.count() == 1

    def test_a_threat_is_not_mended(self):
        review = write(THREAT)

        with pytest.raises(ReviewNotEditable):
            self.edit(review, comment=HARMLESS)

        assert (state(review), again(review).comment) == (HIDDEN_FOR_THREAT, THREAT)

    def test_nor_is_what_a_moderator_has_hidden(self, admin):
        review = write(PHONE)
        review_moderation.hide(review.pk, reason="Privacy", actor=admin)

        with pytest.raises(ReviewNotEditable):
            self.edit(review, comment=HARMLESS)

        assert state(review) == HIDDEN_BY_ADMIN

    def test_mending_ends_with_the_time_for_changes(self):
        review = write(PHONE)
        Review.objects.update(created_at=timezone.now() - timedelta(hours=49))

        with pytest.raises(ReviewNotEditable):
            self.edit(review, comment=HARMLESS)

        assert state(review) == HIDDEN_FOR_DATA

    @pytest.mark.parametrize(("comment", "expected"), [(PHONE, HIDDEN_FOR_DATA), (THREAT, HIDDEN_FOR_THREAT)])
    def test_a_shown_one_is_hidden_when_it_is_changed_to_what_may_not_be_shown(self, comment, expected):
        review = write(HARMLESS)

        self.edit(review, comment=comment)

        assert (state(review), counts(review)) == (expected, (0, 0, 0))
        assert told(review.student) == ["review_hidden"]

    def test_other_words_than_those_a_moderator_let_stand_are_looked_at_anew(self, admin):
        review = write(PHONE)
        review_moderation.show(review.pk, actor=admin)
        self.edit(review, rating=4)
        assert state(review) == SHOWN

        self.edit(review, comment="Write to her: jane@example.com")

        assert state(review) == HIDDEN_FOR_DATA


class TestReporting:
    @pytest.mark.parametrize(("comment", "expected"), [(PHONE, HIDDEN_FOR_DATA), (THREAT, HIDDEN_FOR_THREAT)])
    def test_of_what_may_not_be_shown_hides_it_at_once(self, comment, expected):
        review = published(comment)
        assert counts(review) == (1, 5, 5)

        made = report(review)

        assert (state(review), counts(review)) == (expected, (0, 0, 0))
        assert made.state == "open"
        assert list(review.reports.all()) == [made]
        assert told(review.student) == ["review_hidden"]

    def test_of_anything_else_hides_nothing(self):
        review = published("He drinks.")

        report(review)

        assert (state(review), counts(review), told(review.student)) == (SHOWN, (1, 5, 5), [])

    def test_what_is_hidden_is_not_there_to_be_reported_or_answered(self):
        review = write(PHONE)

        with pytest.raises(NotFound):
            report(review)

    @pytest.mark.parametrize("decide", [review_moderation.show, review_moderation.keep])
    @pytest.mark.parametrize("comment", [PHONE, THREAT])
    def test_what_a_moderator_has_shown_again_no_further_report_hides(self, admin, decide, comment):
        review = published(comment)
        report(review)

        decide(review.pk, actor=admin)

        assert (state(review), counts(review)) == (SHOWN, (1, 5, 5))
        assert review.reports.get().state == "kept"
        report(review)
        assert state(review) == SHOWN
        assert told(review.student) == ["review_hidden", "review_shown"]

    def test_nor_what_a_moderator_kept_before_it_was_ever_hidden(self, admin):
        review = published("He drinks.")
        report(review)
        review_moderation.keep(review.pk, actor=admin)
        Review.objects.filter(pk=review.pk).update(comment=PHONE)  # as a longer list of phrases would find it

        report(review)

        assert state(review) == SHOWN


class TestDeciding:
    def test_a_moderator_hides_for_good_what_the_rule_has_hidden(self, admin):
        review = write(PHONE)

        review_moderation.hide(review.pk, reason="Privacy", actor=admin)

        assert (state(review), again(review).hidden_reason) == (HIDDEN_BY_ADMIN, "Privacy")
        assert review.reports.get().state == "hidden"
        assert counts(review) == (0, 0, 0)
        with pytest.raises(InvalidTransition):
            review_moderation.hide(review.pk, reason="Again", actor=admin)

    def test_the_tutor_hears_of_it_once_it_is_shown(self, admin):
        review = write(PHONE)

        review_moderation.show(review.pk, actor=admin)

        assert told(review.tutor.user) == ["review_received"]
        assert Review.objects.get(state=ReviewState.PUBLISHED).cleared_at is not None

    @pytest.mark.parametrize("decide", ["show", "keep"])
    def test_is_for_admins(self, decide):
        review = write(PHONE)

        for person in (review.student, review.tutor.user, StudentFactory()):
            with pytest.raises(Forbidden):
                getattr(review_moderation, decide)(review.pk, actor=person)

        assert state(review) == HIDDEN_FOR_DATA
