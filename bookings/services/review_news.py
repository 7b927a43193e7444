"""Who is told of a review. Each of these is the one `notify` of its transaction."""

from dataclasses import replace

from bookings.models import Review
from notifications.services import Notice, notify


def received(review: Review) -> None:
    """Tell the tutor."""
    notify([_received(review)])


def answered(review: Review) -> None:
    """Tell the author."""
    message = f"{review.tutor.user.display_name} answered your review."
    notify([_notice(review.student_id, review, "review_answered", "Your review was answered", message)])


def hidden(review: Review) -> None:
    """Tell the author why nobody sees it any more."""
    message = f"Your review was hidden: {review.hidden_reason}"
    notify([_notice(review.student_id, review, "review_hidden", "Your review was hidden", message)])


def shown(review: Review, *, was_hidden_by_rule: bool) -> None:
    """Tell the author that it can be seen again; and the tutor of it, who never heard of what was hidden at once."""
    message = f"Your review of {review.tutor.user.display_name} can be seen again."
    notices = [_notice(review.student_id, review, "review_shown", "Your review can be seen again", message)]
    notify([*notices, _received(review)] if was_hidden_by_rule else notices)


def _received(review: Review) -> Notice:
    """Once a review, whatever becomes of it."""
    message = f"{review.student.display_name} gave you {review.rating} of 5 stars."
    notice = _notice(review.tutor.user_id, review, "review_received", "New review", message)
    return replace(notice, dedupe_key=f"review:{review.pk}:review_received")


def _notice(recipient: int, review: Review, kind: str, title: str, message: str) -> Notice:
    return Notice(
        recipient_id=recipient,
        kind=kind,
        title=title,
        message=message,
        link=f"/tutors/{review.tutor_id}/reviews",
        about=f"review:{review.pk}",
        data={"review_id": review.pk, "booking_id": review.booking_id, "rating": review.rating},
        dedupe_key=f"review:{review.pk}:{kind}:{review.updated_at.timestamp()}",
    )
