"""Reports of conflicts in sessions: made by their people, looked into by moderators. Every decision is on record.

Whoever is reported hears what was found, never by whom or what was written.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.moderators import require_admin, require_no_party
from audit.services import record
from common.errors import InvalidTransition, NotFound
from notifications.services import Notice, notify
from sessions_app.errors import ConflictReportedAlready, NotInConflict, NotInSession
from sessions_app.models import (
    CONFLICT_MOVES,
    UNDECIDED,
    ConflictOutcome,
    ConflictReport,
    ConflictState,
    ConflictType,
    Participant,
    SeatState,
    SessionKind,
    TutoringSession,
)
from sessions_app.services import access, members

# How soon a moderator should have decided about a report.
TARGET = timedelta(hours=72)
# The others are about nobody unless the reporter says so.
ABOUT_SOMEBODY = (ConflictType.NO_SHOW, ConflictType.LATE, ConflictType.BEHAVIOUR, ConflictType.QUALITY)


def report_conflict(
    session_id: int, *, reporter: User, kind: str, description: str, user_id: int | None = None
) -> ConflictReport:
    """Ask moderators to look into a session that one is, or was, in. `user_id` is whom it is about, if not the host.

    Raises NotFound, NotInSession, NotInConflict or ConflictReportedAlready.
    """
    session = access.find(session_id, reporter)
    if not members.was_inside(session, reporter):
        raise NotInSession(members.NOT_FOR_OTHERS)
    reported = _reported(session, reporter, kind, user_id)
    _require_none_open(session, reporter)
    try:
        with transaction.atomic():
            report = ConflictReport.objects.create(
                session=session, reporter=reporter, reported_id=reported, kind=kind, description=description
            )
            record("session_conflict.reported", actor=reporter, obj=report, after={"session": session.pk, "kind": kind})
    except IntegrityError:
        _require_none_open(session, reporter)  # of two at once the database lets one through
        raise
    return report


@transaction.atomic
def take_up(report_id: int, *, actor: User) -> ConflictReport:
    """Begin to look into a report. Raises Forbidden, NotFound or InvalidTransition."""
    report = _lock(report_id, actor)
    _move(report, ConflictState.UNDER_REVIEW, actor)
    record("session_conflict.taken_up", actor=actor, obj=report)
    return report


@transaction.atomic
def resolve(report_id: int, *, outcome: str, note: str = "", actor: User) -> ConflictReport:
    """Decide what was the matter. Both sides are told the outcome, the reporter the note as well.

    Raises Forbidden, NotFound or InvalidTransition.
    """
    report = _lock(report_id, actor)
    report.outcome, report.resolution_note = outcome, note
    _move(report, ConflictState.RESOLVED, actor)
    record("session_conflict.resolved", actor=actor, obj=report, after={"outcome": outcome})
    found = ConflictOutcome(outcome).label
    title = report.session.title
    news = [_decided(report, f"We have looked into your report of {title}: {found}. {note}".strip())]
    if report.reported_id:
        words = f"We have looked into {title}: {found}."
        news.append(_notice(report, report.reported_id, "session_conflict_outcome", "The outcome for you", words))
    notify(news)
    return report


@transaction.atomic
def dismiss(report_id: int, *, note: str = "", actor: User) -> ConflictReport:
    """Find nothing to decide; only the reporter is told. Raises Forbidden, NotFound or InvalidTransition."""
    report = _lock(report_id, actor)
    report.resolution_note = note
    _move(report, ConflictState.DISMISSED, actor)
    record("session_conflict.dismissed", actor=actor, obj=report)
    notify(
        [_decided(report, f"We have looked into your report of {report.session.title}, and leave it. {note}".strip())]
    )
    return report


def _reported(session: TutoringSession, reporter: User, kind: str, user_id: int | None) -> int | None:
    """Whom the report is about. Raises NotInConflict."""
    others = Participant.objects.filter(session=session).exclude(state=SeatState.LEFT)
    if user_id is not None:
        is_there = user_id == session.creator_id or others.filter(user=user_id).exists()
        if user_id == reporter.pk or not is_there:
            raise NotInConflict
        return user_id
    if kind not in ABOUT_SOMEBODY:
        return None
    if reporter.pk != session.creator_id:
        return session.creator_id
    return others.values_list("user_id", flat=True).first() if session.kind == SessionKind.PRIVATE else None


def _require_none_open(session: TutoringSession, reporter: User) -> None:
    undecided = ConflictReport.objects.filter(session=session, reporter=reporter, state__in=UNDECIDED)
    known = undecided.values_list("pk", flat=True).first()
    if known:
        raise ConflictReportedAlready(report_id=known)


def _lock(report_id: int, actor: User) -> ConflictReport:
    """Whoever wrote it, is reported by it, or held the session, does not decide. Raises Forbidden or NotFound."""
    require_admin(actor)
    rows = ConflictReport.objects.select_for_update(of=("self",), no_key=True).select_related("session")
    report = rows.filter(pk=report_id).first()
    if report is None:
        raise NotFound("Report not found")
    require_no_party(actor, report.reporter_id, report.reported_id, report.session.creator_id)
    return report


def _move(report: ConflictReport, state: ConflictState, actor: User) -> None:
    if not report.can_become(state):
        raise InvalidTransition(
            f"This report is {report.get_state_display().lower()} already.",
            current=report.state,
            allowed=sorted(CONFLICT_MOVES.get(report.state, ())),
        )
    report.state, report.reviewer = state, actor
    report.decided_at = None if state in UNDECIDED else timezone.now()
    report.save(update_fields=["state", "outcome", "resolution_note", "reviewer", "decided_at", "updated_at"])


def _decided(report: ConflictReport, words: str) -> Notice:
    return _notice(report, report.reporter_id, "session_conflict_decided", "Your report is decided", words)


def _notice(report: ConflictReport, recipient: int, kind: str, title: str, words: str) -> Notice:
    """Of the report only what concerns the recipient: its number is for its reporter."""
    mine = {"report_id": report.pk} if recipient == report.reporter_id else {}
    return Notice(
        recipient_id=recipient,
        kind=kind,
        title=title,
        message=words,
        link=f"/sessions/{report.session_id}",
        data={"session_id": report.session_id, "outcome": report.outcome} | mine,
        about=f"session:{report.session_id}",
        dedupe_key=f"conflict:{report.pk}:{kind}",
    )
