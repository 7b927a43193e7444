"""What happens to a private session from the side of sessions, done to its booking (PRIVATE_SESSIONS_BELONG_TO).

Each checks the session's own version first. Whatever moves the session from here on changes the booking's version, too,
so that passing that one on leaves no gap between looking and locking.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Review
from bookings.services import attendance, cancelling, rescheduling, reviews
from common.errors import NotFound, StaleVersion
from sessions_app.errors import TooEarly
from sessions_app.services.private import Rating


def rate(session_id: int, *, actor: User, rating: int, comment: str | None) -> tuple[Rating, bool]:
    """The review of the lesson, written or changed. Raises as `reviews.write_review` and `reviews.edit_review`."""
    known = _known(session_id, actor, None)
    said: dict[str, Any] = {"rating": rating} | ({} if comment is None else {"comment": comment})
    own = Review.objects.filter(booking=known.booking_id, student=actor).first()
    if own is None:
        return _rating(reviews.write_review(known.booking_id, author=actor, **said)), True
    return _rating(reviews.edit_review(own.pk, said, author=actor)), False


def rating_by(session_id: int, user: User) -> Rating | None:
    known = _known(session_id, user, None)
    own = Review.objects.filter(booking=known.booking_id, student=user).first()
    return _rating(own) if own else None


def _rating(review: Review) -> Rating:
    return Rating(review.rating, review.comment, review.created_at, review.edited_at)


class _Known(NamedTuple):
    booking_id: int
    version: int
    starts_at: datetime


def start(session_id: int, *, actor: User, version: int | None) -> None:
    """The same as coming to the lesson, but only once its time has come. Raises TooEarly as well."""
    known = _known(session_id, actor, version)
    if timezone.now() < known.starts_at:
        raise TooEarly(allowed_at=known.starts_at)
    attendance.join_lesson(known.booking_id, actor=actor, version=known.version)


def complete(session_id: int, *, actor: User, version: int | None) -> None:
    known = _known(session_id, actor, version)
    attendance.complete_booking(known.booking_id, actor=actor, version=known.version)


def cancel(session_id: int, *, actor: User, reason: str, version: int | None) -> None:
    known = _known(session_id, actor, version)
    cancelling.cancel_booking(known.booking_id, actor=actor, reason=reason, version=known.version)


def reschedule(session_id: int, *, starts: Sequence[datetime], reason: str, actor: User, version: int | None) -> None:
    known = _known(session_id, actor, version)
    rescheduling.reschedule_booking(known.booking_id, actor=actor, starts=starts, reason=reason, version=known.version)


def _known(session_id: int, actor: User, version: int | None) -> _Known:
    """Raises NotFound or StaleVersion."""
    rows = Booking.objects.visible_to(actor).filter(session=session_id)
    row = rows.values_list("pk", "version", "starts_at", "session__version").first()
    if row is None:
        raise NotFound("Session not found")
    booking_id, booking_version, starts_at, current = row
    if version is not None and version != current:
        raise StaleVersion(current_version=current)
    return _Known(booking_id, booking_version, starts_at)
