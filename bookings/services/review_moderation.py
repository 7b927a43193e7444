"""What moderators do with reviews: hidden with a reason, never deleted (R-REV-3, R-REV-7)."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import require_admin
from audit.services import record
from bookings.models import Review, ReviewReport, ReviewState
from bookings.services import ratings, review_news, rewards
from common.errors import InvalidTransition, NotFound

_OTHER = {ReviewState.PUBLISHED: ReviewState.HIDDEN, ReviewState.HIDDEN: ReviewState.PUBLISHED}


@transaction.atomic
def hide(review_id: int, *, reason: str, actor: User) -> Review:
    """Show a review to nobody but moderators and count it no more. Raises InvalidTransition for a hidden one."""
    review = _lock(review_id, actor)
    _move(review, ReviewState.HIDDEN, reason=reason, actor=actor)
    _close_reports(review, ReviewReport.State.HIDDEN)
    ratings.recompute(review.tutor_id, now=timezone.now())
    rewards.follow_review(review)
    review_news.hidden(review)
    return review


@transaction.atomic
def show(review_id: int, *, actor: User) -> Review:
    """Publish a hidden review again. Raises InvalidTransition for one that is not."""
    review = _lock(review_id, actor)
    _move(review, ReviewState.PUBLISHED, reason="", actor=actor)
    ratings.recompute(review.tutor_id, now=timezone.now())
    rewards.follow_review(review)
    return review


@transaction.atomic
def keep(review_id: int, *, actor: User) -> Review:
    """Decide that what was reported may stand. Safe to repeat."""
    review = _lock(review_id, actor)
    if _close_reports(review, ReviewReport.State.KEPT):
        record("review.kept", actor=actor, obj=review)
    return review


def _lock(review_id: int, actor: User) -> Review:
    require_admin(actor)
    review = (
        Review.objects.select_for_update(of=("self",), no_key=True)
        .select_related("booking", "tutor", "student")
        .filter(pk=review_id)
        .first()
    )
    if review is None:
        raise NotFound("Review not found")
    return review


def _move(review: Review, state: ReviewState, *, reason: str, actor: User) -> None:
    if review.state == state:
        other = _OTHER[state]
        raise InvalidTransition(f"The review is {state} already.", current=review.state, allowed=[other])
    before, review.state, review.hidden_reason = review.state, state, reason
    review.save(update_fields=["state", "hidden_reason", "updated_at"])
    action = "review.hidden" if state == ReviewState.HIDDEN else "review.shown"
    record(action, actor=actor, obj=review, before={"state": before}, after={"state": state}, reason=reason)


def _close_reports(review: Review, state: ReviewReport.State) -> int:
    open_reports = review.reports.filter(state=ReviewReport.State.OPEN)
    return open_reports.update(state=state, updated_at=timezone.now())
