"""The student's points follow what has become of a lesson, and of the review of it (R-PRG-4)."""

from bookings.models import Booking, BookingStatus, Review, ReviewState
from courses.models import PointsReason
from courses.services import attending, points


def follow_booking(booking: Booking) -> None:
    """A lesson that took place is worth something, unless all of it was given back. Its session is moved already."""
    if booking.status == BookingStatus.COMPLETED and booking.refund_percent != 100:
        attending.took_place(booking.session)
    else:
        attending.did_not_take_place(booking.session)


def follow_review(review: Review) -> None:
    """As long as it is shown."""
    source = f"review:{review.pk}"
    if review.state == ReviewState.PUBLISHED:
        points.award(review.student, PointsReason.REVIEW, source)
    else:
        points.take_back([review.student_id], PointsReason.REVIEW, source)
