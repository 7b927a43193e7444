from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from bookings.models import ReviewReport, ReviewState
from bookings.services import ratings, review_moderation, reviews
from common.errors import Forbidden, InvalidTransition, NotFound
from notifications.models import Notification
from tests.factories import AdminFactory, BookingFactory, StudentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def review():
    booking = BookingFactory(status="completed", starts_at=timezone.now() - timedelta(days=1))
    written = reviews.write_review(booking.pk, author=booking.student, rating=1, comment="He drinks.")
    reviews.report(written.pk, "A lie.", reporter=booking.tutor.user)
    return written


def report_states():
    return list(ReviewReport.objects.values_list("state", flat=True))


def actions():
    return list(AuditEntry.objects.filter(action__startswith="review.").values_list("action", "reason"))


def test_hiding_needs_a_reason_that_stays_on_record_and_tells_the_author(review, admin):
    review_moderation.hide(review.pk, reason="Slander", actor=admin)

    review.refresh_from_db()
    assert (review.state, review.hidden_reason, review.comment) == (ReviewState.HIDDEN, "Slander", "He drinks.")
    assert actions() == [("review.hidden", "Slander")]
    assert report_states() == ["hidden"]
    assert Notification.objects.filter(recipient=review.student, type="review_hidden").count() == 1


def test_a_hidden_review_can_be_shown_again(review, admin):
    review_moderation.hide(review.pk, reason="Slander", actor=admin)

    review_moderation.show(review.pk, actor=admin)

    review.refresh_from_db()
    assert (review.state, review.hidden_reason) == (ReviewState.PUBLISHED, "")
    assert [action for action, _ in actions()] == ["review.shown", "review.hidden"]


def test_a_reported_review_can_be_kept(review, admin):
    review_moderation.keep(review.pk, actor=admin)
    review_moderation.keep(review.pk, actor=admin)

    assert report_states() == ["kept"]
    assert [action for action, _ in actions()] == ["review.kept"]


def test_its_author_hears_that_it_can_be_seen_again_and_its_tutor_is_not_told_of_it_twice(review, admin):
    review_moderation.hide(review.pk, reason="Slander", actor=admin)

    review_moderation.show(review.pk, actor=admin)

    assert Notification.objects.filter(recipient=review.student, type="review_shown").count() == 1
    assert Notification.objects.filter(recipient=review.tutor.user, type="review_received").count() == 1


def test_hiding_or_showing_twice_changes_nothing(review, admin):
    with pytest.raises(InvalidTransition):
        review_moderation.show(review.pk, actor=admin)
    review_moderation.hide(review.pk, reason="Slander", actor=admin)
    with pytest.raises(InvalidTransition):
        review_moderation.hide(review.pk, reason="Again", actor=admin)

    review.tutor.refresh_from_db()
    assert (review.tutor.total_reviews, len(actions())) == (0, 1)


def test_it_is_for_admins_and_for_reviews_that_exist(review, admin):
    for person in (review.tutor.user, StudentFactory()):
        with pytest.raises(Forbidden):
            review_moderation.hide(review.pk, reason="Mine", actor=person)
    with pytest.raises(NotFound):
        review_moderation.keep(999_999, actor=admin)
    assert ratings.platform_mean(fresh=True) == 1
