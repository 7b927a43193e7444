"""What people who were in a session think of it (R-REV-1 to R-REV-3, as far as they concern a seat in a group)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from notifications.services import notify
from sessions_app.errors import NotInSession, NotRateable, RatingClosed
from sessions_app.models import Participant, SeatState, SessionRating, SessionStatus, TutoringSession
from sessions_app.services import access, events, private
from sessions_app.services.private import Rating

RATING_WINDOW = timedelta(days=14)
EDIT_WINDOW = timedelta(hours=48)


def rating_by(session_id: int, user: User) -> Rating | None:
    """The user's own rating of a session that they may see. Raises NotFound."""
    session = access.find(session_id, user)
    if owner := private.owner_of(session_id, user):
        return owner.rating_by(session_id, user)
    row = SessionRating.objects.filter(session=session, user=user).first()
    return _rating(row) if row else None


def rate_session(session_id: int, *, user: User, rating: int, comment: str | None = None) -> tuple[Rating, bool]:
    """Rate a completed session that one had a seat in, within 14 days of its end; again within 48 hours changes it.

    Of a private session it is the review of its booking. Without a `comment` that of before stays. Returns the rating,
    and whether it is a new one. Raises NotFound, NotInSession, NotRateable or RatingClosed; for a private session what
    its owner raises.
    """
    if owner := private.owner_of(session_id, user):
        return owner.rate(session_id, actor=user, rating=rating, comment=comment)
    now = timezone.now()
    with transaction.atomic():
        session = access.lock(session_id, user)  # of two ratings at once the second sees the first
        present = Participant.objects.joined().exclude(state=SeatState.ABSENT)
        if not present.filter(session=session, user=user).exists():
            raise NotInSession("Only who was in a session can rate it.")
        if session.status != SessionStatus.COMPLETED:
            raise NotRateable
        row = SessionRating.objects.filter(session=session, user=user).first()
        if row is None:
            return _rate(session, user, rating, comment or "", now), True
        return _change(row, rating, row.comment if comment is None else comment, now), False


def _rate(session: TutoringSession, user: User, rating: int, comment: str, now: datetime) -> Rating:
    if now > session.ends_at + RATING_WINDOW:
        raise RatingClosed
    row = SessionRating.objects.create(session=session, user=user, rating=rating, comment=comment)
    record("session.rated", actor=user, obj=session, after={"rating": rating, "comment": comment})
    notify([events.rated(session, user, rating)])
    return _rating(row)


def _change(row: SessionRating, rating: int, comment: str, now: datetime) -> Rating:
    before = {"rating": row.rating, "comment": row.comment}
    after = {"rating": rating, "comment": comment}
    if before == after:
        return _rating(row)
    if now > row.created_at + EDIT_WINDOW:
        raise RatingClosed("A rating can be changed for 48 hours.")
    row.rating, row.comment, row.edited_at = rating, comment, now
    row.save(update_fields=["rating", "comment", "edited_at", "updated_at"])
    record("session.rating_changed", actor=row.user, obj=row.session, before=before, after=after)
    return _rating(row)


def _rating(row: SessionRating) -> Rating:
    return Rating(row.rating, row.comment, row.created_at, row.edited_at)
