"""Finding a session and making sure that this person may do this to it: the first steps of every service here."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, Q
from django.utils import timezone

from accounts.models import TutorProfile, TutorStatus, User
from accounts.services import tutor_moves
from common.compiled import compiled, somebody
from common.errors import InvalidTransition, NotFound, StaleVersion
from sessions_app.errors import InstructorsOnly, NotTheCreator, TutorSuspended
from sessions_app.models import TRANSITIONS, Participant, SessionKind, SessionStatus, TutoringSession


def find(session_id: int, viewer: User, **besides: Callable[[], Exists]) -> TutoringSession:
    """The session with its host, as far as `viewer` may see it, and what is asked of it `besides`. Raises NotFound."""
    session = _find.first(viewer.is_admin, tuple(besides.items()), pk=session_id, viewer=viewer.pk)
    if session is None:
        raise NotFound("Session not found")
    return session


@compiled
def _find(is_admin: bool, besides: tuple[tuple[str, Callable[[], Exists]], ...], *, pk: Any, viewer: Any) -> Any:
    visible = TutoringSession.objects.visible_to(somebody(viewer, is_admin=is_admin)).filter(pk=pk).order_by()
    return visible.select_related("creator", "subject").annotate(**{name: ask() for name, ask in besides})


def find_hosted(session_id: int, host: User) -> TutoringSession:
    """The session, if that user hosts it. Raises NotFound."""
    session = TutoringSession.objects.hosted_by(host).select_related("creator", "subject").filter(pk=session_id).first()
    if session is None:
        raise NotFound("Session not found")
    return session


def lock(session_id: int, actor: User, *, version: int | None = None) -> TutoringSession:
    """The same, locked until the transaction ends. `version` is what the caller believes to change.

    Raises NotFound or StaleVersion.
    """
    session = (
        TutoringSession.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("creator", "subject")
        .filter(pk=session_id)
        .first()
    )
    if session is None:
        raise NotFound("Session not found")
    if version is not None and version != session.version:
        raise StaleVersion(current_version=session.version)
    return session


def lock_unless_busy(session_id: int) -> TutoringSession | None:
    """For the clock: the session, locked; None while somebody else is at it, who will see to it themselves."""
    free = TutoringSession.objects.select_for_update(of=("self",), skip_locked=True)
    return free.select_related("creator", "subject").filter(pk=session_id).first()


def require_creator(session: TutoringSession, actor: User, verb: str, *, or_admin: bool = False) -> None:
    """Raises NotTheCreator for anybody else; `or_admin` lets admins pass."""
    if actor.pk != session.creator_id and not (or_admin and actor.is_admin):
        raise NotTheCreator(f"Only the creator can {verb} a session")


def require_host(user: User) -> None:
    """Raises InstructorsOnly, or TutorSuspended for a tutor who may not host at the moment."""
    if not user.is_tutor:
        raise InstructorsOnly
    profile = _present_tutor_side(user)
    status = profile.status if profile else TutorStatus.DRAFT
    needs_approval = settings.SESSION_CREATE_NEEDS_APPROVAL
    if status in (TutorStatus.SUSPENDED, TutorStatus.CLOSED) or (needs_approval and status != TutorStatus.APPROVED):
        raise TutorSuspended


def _present_tutor_side(user: User) -> TutorProfile | None:
    """As the clock has left it (R-GEN-4)."""
    own = TutorProfile.objects.filter(user=user).only("status", "suspended_until")
    profile, now = own.first(), timezone.now()
    if profile and profile.has_served_suspension(now) and tutor_moves.reinstate_if_over(profile.pk, now=now):
        return own.first()
    return profile


def require_fit_creator(session: TutoringSession, actor: User) -> None:
    """A host who was suspended after publishing may still cancel, complete and delete, but not go on hosting."""
    if actor.pk == session.creator_id and session.kind == SessionKind.GROUP:
        require_host(actor)


def require_status(session: TutoringSession, *allowed: SessionStatus, verb: str) -> None:
    """Raises InvalidTransition unless the session is in one of the states."""
    if session.status not in allowed:
        raise InvalidTransition(
            f"Cannot {verb} a session that is {session.status}",
            current=session.status,
            allowed=sorted(TRANSITIONS.get(session.status, ())),
        )


def clashes(user: User, starts_at: datetime, ends_at: datetime, *, but: int | None = None) -> list[dict]:
    """The live sessions that take this person's time then, as `{id, title, date}`; `but` leaves one out."""
    rows = _clashes(user=user.pk, starts_at=starts_at, ends_at=ends_at, but=but or 0)
    return [{"id": row["id"], "title": row["title"], "date": row["starts_at"]} for row in rows]


def busy(user_ids: Collection[int], session: TutoringSession) -> set[int]:
    """Of these people those who have `clashes` with the session, all at once."""
    at_that_time = TutoringSession.objects.live().overlapping(session.starts_at, session.ends_at)
    others = at_that_time.exclude(pk=session.pk).order_by()
    hosts = others.filter(creator__in=user_ids).values_list("creator_id", flat=True)
    seats = Participant.objects.joined().filter(user__in=user_ids, session__in=others.values("pk"))
    return {*hosts, *seats.values_list("user_id", flat=True)}


@compiled
def _clashes(*, user: Any, starts_at: Any, ends_at: Any, but: Any) -> Any:
    others = TutoringSession.objects.live().mine(somebody(user)).overlapping(starts_at, ends_at).filter(~Q(pk=but))
    return others.order_by("starts_at", "pk").values("id", "title", "starts_at")[:5]
