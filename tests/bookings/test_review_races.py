"""Reviews that are written at the same moment, on the engine of this run."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from bookings.errors import AlreadyReviewed
from bookings.models import BookingStatus, Review
from bookings.services import ratings, review_moderation, reviews
from common.errors import NotFound
from tests.factories import AdminFactory, BookingFactory, ReviewFactory, StudentFactory, TutorProfileFactory
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def lesson(tutor, hours):
    starts_at = timezone.now() - timedelta(hours=hours)
    return BookingFactory(tutor=tutor, status=BookingStatus.COMPLETED, starts_at=starts_at)


def outcomes(results):
    return Counter(type(result).__name__ for result in results)


def test_of_ten_reviews_of_one_booking_at_once_one_is_written():
    booking = lesson(TutorProfileFactory(), 2)

    results = at_once([partial(reviews.write_review, booking.pk, author=booking.student, rating=5)] * 10)

    assert outcomes(results) == {"Review": 1, AlreadyReviewed.__name__: 9}
    booking.tutor.refresh_from_db()
    assert (booking.tutor.total_reviews, booking.tutor.rating_sum) == (1, 5)


def test_the_figures_of_a_tutor_miss_none_of_many_reviews_at_once():
    tutor = TutorProfileFactory()
    bookings = [lesson(tutor, 2 * number + 2) for number in range(20)]
    calls = [
        partial(reviews.write_review, booking.pk, author=booking.student, rating=1 + number % 5)
        for number, booking in enumerate(bookings)
    ]

    results = at_once(calls)

    assert outcomes(results) == {"Review": 20}
    tutor.refresh_from_db()
    assert (tutor.total_reviews, tutor.rating_sum, tutor.average_rating) == (20, 60, 3)
    assert [getattr(tutor, f"rated_{stars}") for stars in range(1, 6)] == [4] * 5


def test_hiding_and_editing_at_once_leave_figures_that_add_up():
    admin, tutor = AdminFactory(), TutorProfileFactory()
    written = [
        reviews.write_review(booking.pk, author=booking.student, rating=5)
        for booking in (lesson(tutor, 2 * number + 2) for number in range(6))
    ]
    calls = [
        call
        for review in written
        for call in (
            partial(reviews.edit_review, review.pk, {"rating": 1}, author=review.student),
            partial(review_moderation.hide, review.pk, reason="Slander", actor=admin),
        )
    ]

    at_once(calls)

    tutor.refresh_from_db()
    assert not Review.objects.published().exists()
    assert (tutor.total_reviews, tutor.rating_sum, tutor.average_rating) == (0, 0, 0)
    assert not ratings.recompute(tutor.pk, now=timezone.now())


def test_of_many_reports_and_a_moderator_at_once_what_the_moderator_has_shown_stays_so():
    admin = AdminFactory()
    booking = lesson(TutorProfileFactory(), 2)
    review = reviews.write_review(booking.pk, author=booking.student, rating=5, comment="jane@example.com")
    reporters = StudentFactory.create_batch(6)
    reports = [partial(reviews.report, review.pk, "Look.", reporter=reporter) for reporter in reporters]

    results = at_once([*reports, partial(review_moderation.show, review.pk, actor=admin)])

    assert set(outcomes(results)) <= {"Review", "ReviewReport", NotFound.__name__}
    assert Review.objects.get().state == "published"
    booking.tutor.refresh_from_db()
    assert (booking.tutor.total_reviews, booking.tutor.rating_sum) == (1, 5)


def test_of_many_reports_at_once_one_hides_and_the_figures_add_up():
    tutor = TutorProfileFactory()
    review = ReviewFactory(booking=lesson(tutor, 2), comment="Call +49 151 23456789")
    ratings.recompute(tutor.pk, now=timezone.now())
    reporters = StudentFactory.create_batch(6)

    results = at_once([partial(reviews.report, review.pk, "Look.", reporter=each) for each in reporters])

    assert outcomes(results) == {"ReviewReport": 1, NotFound.__name__: 5}
    assert AuditEntry.objects.filter(action="review.hidden").count() == 1
    tutor.refresh_from_db()
    assert (tutor.total_reviews, tutor.rating_sum) == (0, 0)
