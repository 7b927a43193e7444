"""What a review says is looked at when it is written, changed or reported: personal data and threats hide it (R-REV-7).

At once, because what is copied within minutes cannot be taken back, and whom it harms may be the last to see it. The
author is told why and can mend personal data; a threat is for moderators alone. They have it in their queue either way.
"""

from datetime import datetime

from babel.core import get_global

from accounts.models import User
from audit.services import record
from bookings.models import Review, ReviewReport, ReviewState
from bookings.models.review import HiddenRule
from bookings.services import ratings, review_news, rewards
from bookings.unsafe_text import reason_to_hide

# What the author is told; never the words themselves.
REASONS = {
    HiddenRule.PERSONAL_DATA: "It seems to hold an e-mail address, a phone number, a messenger's link or a card's "
    "number. Take that out within the time for changes, and it is shown again; or wait for a moderator, who decides.",
    HiddenRule.THREAT: "It seems to threaten somebody. A moderator decides.",
}


def hide_at_once(review: Review) -> bool:
    """Hide a locked, published review if its words ask for it and no moderator has let them stand; whether it did.

    Its figures and points are the caller's to bring up to date (`follow`).
    """
    found = "" if review.cleared_at else reason_to_hide(review.comment, regions=_regions(review))
    if found:
        _write(review, HiddenRule(found), actor=None)
        _put_in_queue(review, HiddenRule(found))
        review_news.hidden(review)
    return bool(found)


def look_again(review: Review, *, actor: User) -> None:
    """After its author has changed a locked review: hidden, or shown again because the personal data has gone.

    What moderators have to look at stays in their queue.
    """
    was_hidden = review.state == ReviewState.HIDDEN
    if not hide_at_once(review) and was_hidden:
        _write(review, None, actor=actor)
        review_news.shown(review, was_hidden_by_rule=True)


def may_be_mended(review: Review) -> bool:
    return review.hidden_rule == HiddenRule.PERSONAL_DATA


def follow(review: Review, *, now: datetime) -> None:
    """The tutor's figures and the author's points, after a review was hidden or shown (R-RAT-4, R-PRG-4)."""
    ratings.recompute(review.tutor_id, now=now)
    rewards.follow_review(review)


def _write(review: Review, rule: HiddenRule | None, *, actor: User | None) -> None:
    before, review.state = review.state, ReviewState.HIDDEN if rule else ReviewState.PUBLISHED
    review.hidden_rule, review.hidden_reason = rule, REASONS[rule] if rule else ""
    review.save(update_fields=["state", "hidden_rule", "hidden_reason", "updated_at"])
    record(
        "review.hidden" if rule else "review.shown",
        actor=actor,
        obj=review,
        before={"state": before},
        after={"state": review.state},
        reason=rule or "mended by its author",
    )


def _put_in_queue(review: Review, rule: HiddenRule) -> None:
    """Whoever has reported it has put it there already."""
    if not review.reports.filter(state=ReviewReport.State.OPEN).exists():
        ReviewReport.objects.create(review=review, reporter=None, reason=f"Hidden by rule: {rule.label}.")


def _regions(review: Review) -> set[str]:
    """Where author and tutor dial without a country's code, by their clocks."""
    countries = get_global("zone_territories")
    zones = (review.student.timezone, review.tutor.user.timezone)
    return {countries[zone] for zone in zones if zone in countries}
