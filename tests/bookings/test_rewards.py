"""Points follow what has become of a lesson, and of the review of it (R-PRG-4)."""

import pytest

from bookings.services import attendance, disputes, no_shows, review_moderation, reviews
from courses.services import points
from courses.services.study import minutes_of
from tests.bookings.conftest import HOUR, MINUTE
from tests.factories import AdminFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(agreed, clock):
    """One of 60 minutes, forty minutes after it began."""
    booking = agreed(hours=24)
    clock.move_to(booking.starts_at + 40 * MINUTE)
    return booking


def resolve(booking, result, refund_percent=0):
    return disputes.resolve_dispute(
        booking.pk, actor=AdminFactory(), result=result, refund_percent=refund_percent, reason="Logs"
    )


def test_a_completed_lesson_is_worth_something_to_its_student_alone(lesson, student, tutor):
    attendance.complete_booking(lesson.pk, actor=tutor.user)

    assert (points.total_of(student.pk), points.total_of(tutor.user_id)) == (20, 0)
    assert minutes_of(student.pk) == 60


def test_of_a_lesson_those_minutes_count_in_which_its_student_was_there(agreed, student, tutor, clock):
    booking = agreed(hours=24)
    clock.move_to(booking.starts_at - 5 * MINUTE)
    attendance.join_lesson(booking.pk, actor=student)
    clock.move_to(booking.starts_at + 20 * MINUTE)
    attendance.leave_lesson(booking.pk, actor=student)
    clock.move_to(booking.starts_at + 30 * MINUTE)
    attendance.join_lesson(booking.pk, actor=student)
    clock.move_to(booking.starts_at + 45 * MINUTE)

    attendance.complete_booking(booking.pk, actor=tutor.user)

    assert minutes_of(student.pk) == 20 + 15
    assert points.total_of(student.pk) == 10, "one full half hour"


def test_a_missed_lesson_is_worth_nothing(lesson, student, tutor):
    no_shows.mark_student_absent(lesson.pk, actor=tutor.user, was_present=True)

    assert (points.total_of(student.pk), minutes_of(student.pk)) == (0, 0)


def test_a_no_show_that_is_overturned_gives_the_points_after_all(lesson, student, tutor):
    no_shows.mark_student_absent(lesson.pk, actor=tutor.user, was_present=True)
    no_shows.contest_no_show(lesson.pk, actor=student)

    resolve(lesson, "completed")

    assert (points.total_of(student.pk), minutes_of(student.pk)) == (20, 60)


@pytest.mark.parametrize(("result", "refund_percent"), [("no_show_tutor", 100), ("completed", 100)])
def test_a_lesson_that_did_not_take_place_or_was_given_back_takes_the_points_back(
    lesson, student, tutor, result, refund_percent
):
    attendance.complete_booking(lesson.pk, actor=tutor.user)
    no_shows.mark_tutor_absent(lesson.pk, actor=student)

    resolve(lesson, result, refund_percent)

    assert points.total_of(student.pk) == 0
    assert student.points.count() == 2


def test_a_lesson_that_is_refunded_in_part_keeps_its_points(lesson, student, tutor):
    attendance.complete_booking(lesson.pk, actor=tutor.user)
    no_shows.mark_tutor_absent(lesson.pk, actor=student)

    resolve(lesson, "completed", 50)

    assert points.total_of(student.pk) == 20


def test_a_review_is_worth_something_as_long_as_it_is_shown(lesson, student, tutor, clock):
    attendance.complete_booking(lesson.pk, actor=tutor.user)
    clock.shift(HOUR)
    review, admin = reviews.write_review(lesson.pk, author=student, rating=5), AdminFactory()
    had = [points.total_of(student.pk)]

    review_moderation.hide(review.pk, reason="Slander", actor=admin)
    had.append(points.total_of(student.pk))
    review_moderation.show(review.pk, actor=admin)
    had.append(points.total_of(student.pk))

    assert had == [25, 20, 25]
