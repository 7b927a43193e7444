"""What moderators do with reviews: hidden with a reason, never deleted (R-REV-3, R-REV-7)."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import require_admin
from audit.services import record
from bookings.models import Review, ReviewReport, ReviewState
from bookings.services import review_news, review_rule
from common.errors import InvalidTransition, NotFound

_OTHER = {ReviewState.PUBLISHED: ReviewState.HIDDEN, ReviewState.HIDDEN: ReviewState.PUBLISHED}


@transaction.atomic
def hide(review_id: int, *, reason: str, actor: User) -> Review:
    """Show a review to nobody but moderators and count it no more; one that a rule has hidden stays so for good.

    Raises InvalidTransition for one that a moderator has hidden.
    """
    review = _lock(review_id, actor)
    _move(review, ReviewState.HIDDEN, reason=reason, actor=actor)
    _close_reports(review, ReviewReport.State.HIDDEN)
    review_rule.follow(review, now=timezone.now())
    review_news.hidden(review)
    return review


@transaction.atomic
def show(review_id: int, *, actor: User) -> Review:
    """Publish a hidden review again: no rule hides these words any more. Raises InvalidTransition for one that is
    published.
    """
    review = _lock(review_id, actor)
    _show(review, actor)
    _close_reports(review, ReviewReport.State.KEPT)
    return review


@transaction.atomic
def keep(review_id: int, *, actor: User) -> Review:
    """Decide that what was reported may stand: no rule hides these words any more, and what one has hidden is shown
    again. Safe to repeat.
    """
    review = _lock(review_id, actor)
    if _close_reports(review, ReviewReport.State.KEPT):
        record("review.kept", actor=actor, obj=review)
        if review.hidden_rule:
            _show(review, actor)
        else:
            review.cleared_at = timezone.now()
            review.save(update_fields=["cleared_at", "updated_at"])
    return review


def _show(review: Review, actor: User) -> None:
    was_hidden_by_rule = bool(review.hidden_rule)
    review.cleared_at = timezone.now()
    _move(review, ReviewState.PUBLISHED, reason="", actor=actor)
    review_rule.follow(review, now=review.cleared_at)
    review_news.shown(review, was_hidden_by_rule=was_hidden_by_rule)


def _lock(review_id: int, actor: User) -> Review:
    require_admin(actor)
    review = (
        Review.objects.select_for_update(of=("self",), no_key=True)
        .select_related("booking", "tutor__user", "student")
        .filter(pk=review_id)
        .first()
    )
    if review is None:
        raise NotFound("Review not found")
    return review


def _move(review: Review, state: ReviewState, *, reason: str, actor: User) -> None:
    if review.state == state and not (state == ReviewState.HIDDEN and review.hidden_rule):
        other = _OTHER[state]
        raise InvalidTransition(f"The review is {state} already.", current=review.state, allowed=[other])
    before, review.state, review.hidden_reason, review.hidden_rule = review.state, state, reason, None
    review.save(update_fields=["state", "hidden_reason", "hidden_rule", "cleared_at", "updated_at"])
    action = "review.hidden" if state == ReviewState.HIDDEN else "review.shown"
    record(action, actor=actor, obj=review, before={"state": before}, after={"state": state}, reason=reason)


def _close_reports(review: Review, state: ReviewReport.State) -> int:
    open_reports = review.reports.filter(state=ReviewReport.State.OPEN)
    return open_reports.update(state=state, updated_at=timezone.now())
