"""Writing reviews, and the tutors' answers to them (R-REV-1 to R-REV-4, R-REV-6)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings.errors import (
    AlreadyAnswered,
    AlreadyReported,
    AlreadyReviewed,
    NotReviewable,
    ResponseRefused,
    ReviewNotEditable,
    ReviewWindowClosed,
)
from bookings.models import Booking, BookingStatus, Review, ReviewEdit, ReviewKind, ReviewReport, ReviewState
from bookings.services import ratings, review_news, review_rule
from common.errors import NotFound

REVIEW_WINDOW = timedelta(days=14)
RESPONSE_WINDOW = timedelta(days=30)
EDIT_WINDOW = timedelta(hours=48)
# What kind of review a booking of each status gets; none of any other (R-REV-1, R-NS-6).
KINDS = {BookingStatus.COMPLETED: ReviewKind.LESSON, BookingStatus.NO_SHOW_TUTOR: ReviewKind.NO_SHOW}


def write_review(
    booking_id: int, *, author: User, rating: int, comment: str = "", aspects: Mapping[str, int | None] | None = None
) -> Review:
    """Say what one thinks of a lesson that one had, within 14 days of its end; once a booking.

    `aspects` are the sub-scores `clarity, progress, preparation, reassurance`, each 1 to 5. Raises NotFound for what is
    not one's own booking, NotReviewable, AlreadyReviewed or ReviewWindowClosed.
    """
    now = timezone.now()
    with transaction.atomic():
        booking = _lock_own_booking(booking_id, author)
        kind = _kind_for(booking)
        if Review.objects.filter(booking=booking).exists():
            raise AlreadyReviewed
        if now > booking.ends_at + REVIEW_WINDOW:
            raise ReviewWindowClosed
        review = Review.objects.create(
            booking=booking,
            tutor=booking.tutor,
            student=author,
            kind=kind,
            rating=rating,
            comment=comment,
            **(aspects or {}),
        )
        if not review_rule.hide_at_once(review):
            review_news.received(review)
        review_rule.follow(review, now=now)
    return review


def edit_review(review_id: int, changes: Mapping[str, Any], *, author: User) -> Review:
    """Change `rating` or `comment` of one's own review; what it said before is kept (R-REV-3).

    One that was hidden for personal data in it can be mended so, and is shown again (R-REV-7).
    Raises NotFound, or ReviewNotEditable after 48 hours, once the tutor has answered, or if it is hidden otherwise.
    """
    now = timezone.now()
    with transaction.atomic():
        review = _lock(review_id, student=author)
        _require_editable(review, now)
        former = ReviewEdit(review=review, rating=review.rating, comment=review.comment, replaced_at=now)
        for name, value in changes.items():
            setattr(review, name, value)
        if (former.rating, former.comment) != (review.rating, review.comment):
            former.save()
            review.edited_at = now
            if former.comment != review.comment:
                review.cleared_at = None  # these are not the words that a moderator has read
            review.save(update_fields=["rating", "comment", "edited_at", "cleared_at", "updated_at"])
            review_rule.look_again(review, actor=author)
            review_rule.follow(review, now=now)
    return review


def respond(review_id: int, text: str, *, actor: User) -> Review:
    """Answer a review of oneself, once, within 30 days (R-REV-4). Raises NotFound, AlreadyAnswered, ResponseRefused."""
    now = timezone.now()
    with transaction.atomic():
        review = _lock(review_id, tutor__user=actor)
        if review.response:
            raise AlreadyAnswered
        _require_answerable(review, until=review.created_at + RESPONSE_WINDOW, now=now)
        review.response, review.responded_at = text, now
        review.save(update_fields=["response", "responded_at", "updated_at"])
        review_news.answered(review)
    return review


def edit_response(review_id: int, text: str | None, *, actor: User) -> Review:
    """Change one's answer, within 48 hours of giving it; None leaves it. Raises NotFound or ResponseRefused."""
    now = timezone.now()
    with transaction.atomic():
        review = _lock(review_id, tutor__user=actor)
        if review.responded_at is None:
            raise ResponseRefused("There is no answer yet to be changed.")
        _require_answerable(review, until=review.responded_at + EDIT_WINDOW, now=now)
        if text not in (None, review.response):
            review.response, review.response_edited_at = text, now
            review.save(update_fields=["response", "response_edited_at", "updated_at"])
    return review


@transaction.atomic
def report(review_id: int, reason: str, *, reporter: User) -> ReviewReport:
    """Ask a moderator to look at a review; until then it stays as it is, unless personal data or a threat in it hides
    it at once (R-REV-7). Raises NotFound, AlreadyReported.
    """
    review = _lock(review_id, state=ReviewState.PUBLISHED)
    if review.reports.filter(reporter=reporter).exists():
        raise AlreadyReported
    made = ReviewReport.objects.create(review=review, reporter=reporter, reason=reason)
    if review_rule.hide_at_once(review):
        review_rule.follow(review, now=timezone.now())
    return made


def follow_booking(booking: Booking, *, now: datetime) -> None:
    """After moderators have changed what a lesson was, or what of it was given back: its review is one of that, and
    counts by that (R-RAT-4, R-REV-6). The booking is locked.
    """
    review = Review.objects.select_for_update(of=("self",), no_key=True).filter(booking=booking).first()
    if review is None:
        return
    kind = KINDS.get(BookingStatus(booking.status), review.kind)
    if kind != review.kind:
        review.kind = ReviewKind(kind)
        review.save(update_fields=["kind", "updated_at"])
    ratings.recompute(review.tutor_id, now=now)


def _lock_own_booking(booking_id: int, author: User) -> Booking:
    """Locked, so that of two reviews at once the second sees the first."""
    own = (
        Booking.objects.select_for_update(of=("self",), no_key=True)
        .select_related("tutor__user")
        .filter(student=author)
    )
    booking = own.filter(pk=booking_id).first()
    if booking is None:
        raise NotFound("Booking not found")
    return booking


def _kind_for(booking: Booking) -> ReviewKind:
    kind = KINDS.get(BookingStatus(booking.status))
    if kind is None or booking.tutor.user_id == booking.student_id:
        raise NotReviewable
    if kind == ReviewKind.LESSON and booking.refund_percent == 100:
        raise NotReviewable("A lesson that was refunded in full cannot be reviewed.")
    return kind


def _lock(review_id: int, **which: Any) -> Review:
    own = Review.objects.select_for_update(of=("self",), no_key=True).select_related(
        "booking", "student", "tutor__user"
    )
    review = own.filter(pk=review_id, **which).first()
    if review is None:
        raise NotFound("Review not found")
    return review


def _require_editable(review: Review, now: datetime) -> None:
    is_hidden = review.state == ReviewState.HIDDEN and not review_rule.may_be_mended(review)
    if is_hidden or review.response or now > review.created_at + EDIT_WINDOW:
        raise ReviewNotEditable


def _require_answerable(review: Review, *, until: datetime, now: datetime) -> None:
    if review.state == ReviewState.HIDDEN:
        raise ResponseRefused("A hidden review cannot be answered.")
    if now > until:
        raise ResponseRefused
