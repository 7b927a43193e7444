"""What admins think of sessions that took place. Each admin has one review of a session, and may change it."""

from typing import Any

from django.db import transaction

from accounts.errors import NotOnYourself
from accounts.models import User
from accounts.services.moderators import require_admin
from audit.services import record
from notifications.services import Notice, notify
from sessions_app.errors import NotYetReviewable
from sessions_app.models import TOLD_TO_HOST, QualityOutcome, QualityReview, SessionStatus, TutoringSession
from sessions_app.services import access

WORDS = {
    QualityOutcome.COMMENDED: "We have looked into {title}: it was very good. Thank you!",
    QualityOutcome.NEEDS_IMPROVEMENT: "We have looked into {title}: something about it can be better.",
}


@transaction.atomic
def review(session_id: int, *, score: int, outcome: str, notes: str = "", actor: User) -> tuple[QualityReview, bool]:
    """Write down, or change, the admin's review; and whether it is a new one. The host hears of an outcome that
    concerns them, of each once.

    Raises Forbidden, NotFound, NotOnYourself for one's own session, or NotYetReviewable.
    """
    require_admin(actor)
    session = access.lock(session_id, actor)  # of two reviews at once the second sees the first
    if session.creator_id == actor.pk:
        raise NotOnYourself
    if session.status != SessionStatus.COMPLETED:
        raise NotYetReviewable
    row = QualityReview.objects.filter(session=session, reviewer=actor).first()
    before = _said(row) if row else {}
    row = row or QualityReview(session=session, reviewer=actor)
    row.score, row.outcome, row.notes = score, outcome, notes
    if _said(row) != before:
        row.save()
        deed = "session.quality_review_changed" if before else "session.quality_reviewed"
        record(deed, actor=actor, obj=session, before=before, after=_said(row))
        if outcome in TOLD_TO_HOST and outcome != before.get("outcome"):
            notify([_for_host(row, session)])
    return row, not before


def _said(row: QualityReview) -> dict[str, Any]:
    return {"score": row.score, "outcome": row.outcome, "notes": row.notes}


def _for_host(row: QualityReview, session: TutoringSession) -> Notice:
    """Neither the score, nor the notes, nor who it was."""
    return Notice(
        recipient_id=session.creator_id,
        kind="session_quality_reviewed",
        title="We have looked into a session of yours",
        message=WORDS[QualityOutcome(row.outcome)].format(title=session.title),
        link=f"/sessions/{session.pk}",
        data={"session_id": session.pk, "outcome": row.outcome},
        about=f"session:{session.pk}",
        dedupe_key=f"quality:{session.pk}:{row.outcome}",
    )
