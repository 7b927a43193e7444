"""Who was there. Whoever has a seat counts as having been there unless the host says otherwise."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from audit.services import record
from sessions_app.errors import NotSeated, PrivateSession
from sessions_app.models import Participant, SeatState, SessionKind, SessionStatus, TutoringSession
from sessions_app.services import access, events


def mark(session_id: int, marks: Mapping[int, SeatState], *, actor: User) -> TutoringSession:
    """Say of people, by user id, whether they attended or were absent, during the session or after it.

    May be corrected at any time. Its creator or an admin may. Raises NotFound, NotTheCreator, InvalidTransition,
    NotSeated, or PrivateSession: a booking knows by itself who came.
    """
    with transaction.atomic():
        session = access.lock(session_id, actor)
        if session.kind == SessionKind.PRIVATE:
            raise PrivateSession
        access.require_creator(session, actor, "mark the attendance of", or_admin=True)
        access.require_status(session, SessionStatus.ONGOING, SessionStatus.COMPLETED, verb="mark the attendance of")
        seats = Participant.objects.joined().filter(session=session, user__in=marks.keys())
        before = dict(seats.values_list("user_id", "state"))
        if strangers := sorted(marks.keys() - before.keys()):
            raise NotSeated(user_ids=strangers)
        changed = {user: state for user, state in marks.items() if before[user] != state}
        for state in set(changed.values()):
            seats.filter(user__in=[user for user, new in changed.items() if new == state]).update(state=state)
        if changed:
            session.version += 1
            session.save(update_fields=["version", "updated_at"])
            was = {str(user): before[user] for user in changed}
            record("session.attendance_marked", actor=actor, obj=session, before=was, after=_by_text(changed))
            events.follow(session, "session_attendance_marked", actor=actor)
    return session


def _by_text(marks: Mapping[int, SeatState]) -> dict[str, str]:
    return {str(user): str(state) for user, state in marks.items()}
