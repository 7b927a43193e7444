"""The calendar of a host: one writer at a time, and never two live sessions at once."""

from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from sessions_app.errors import TimeConflict
from sessions_app.models import TutoringSession


def take(host: User) -> None:
    """Let one writer at a time change this host's calendar, until the transaction ends (R-OVL-2)."""
    User.objects.take_turn(host.pk)


def save(session: TutoringSession, **save: Any) -> None:
    """Save a session of which the host's calendar is taken, or name what is in the way. Raises TimeConflict.

    The look is for the polite answer; the constraint is the guarantee.
    """
    in_the_way = conflicts(session)
    if in_the_way:
        raise TimeConflict(conflicts=in_the_way)
    save_checked(session, **save)


def save_checked(session: TutoringSession, **save: Any) -> None:
    """Save where the caller has looked already. Raises TimeConflict all the same."""
    try:
        with transaction.atomic():
            session.save(**save)
    except IntegrityError as error:
        if "session_host_in_one_place" not in str(error):
            raise
        raise TimeConflict(conflicts=conflicts(session)) from error


def conflicts(session: TutoringSession) -> list[dict]:
    """The host's other live sessions at that time, as `{id, title, date}`."""
    rows = (
        TutoringSession.objects.live()
        .filter(creator_id=session.creator_id)
        .exclude(pk=session.pk)
        .overlapping(session.starts_at, session.ends_at)
        .order_by("starts_at")
        .values("id", "title", "starts_at")[:5]
    )
    return [{"id": row["id"], "title": row["title"], "date": row["starts_at"]} for row in rows]
