"""Notes, recordings and reports as data, in canonical form."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts import ages
from accounts.models import User
from messaging.presenters.people import name_of, row_of
from sessions_app import recording_terms
from sessions_app.models import ConflictReport, Participant, Recording, RecordingConsent, TutoringSession
from sessions_app.services import consents, recordings

_NOTE = (
    *("id", "session_id", "content", "visibility", "author_id", "created_at", "updated_at"),
    *(f"author__{name}" for name in ("id", "first_name", "last_name", "deleted_at")),
)


def notes(page: QuerySet) -> list[dict[str, Any]]:
    """The notes of one page, in its order."""
    return [
        {
            "id": row["id"],
            "session_id": row["session_id"],
            "author": {"id": row["author_id"], "name": name_of(row, "author__")},
            "content": row["content"],
            "visibility": row["visibility"],
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }
        for row in page.values(*_NOTE)
    ]


def recording(kept: Recording, viewer: User, *, now: datetime) -> dict[str, Any]:
    """A recording that the viewer may have, with a link for them; `kept` has its session loaded."""
    link = recordings.link_to(kept.pk, viewer, now=now)
    return {
        "id": kept.pk,
        "session_id": kept.session_id,
        "session_title": kept.session.title,
        "title": kept.title,
        "source": kept.provider or "upload",
        "file_name": kept.name or None,
        "media_type": kept.media_type or None,
        "size": kept.size if kept.file else None,
        "url": link.url,
        "expires_at": link.expires_at,
        "created_at": kept.created_at,
    }


def consent(session: TutoringSession, viewer: User) -> dict[str, Any]:
    """What the viewer is asked, what they have said, and whether it is enough; to the host, what everybody has said."""
    said = {each.user_id: each for each in RecordingConsent.objects.filter(session=session)}
    own, missing = said.get(viewer.pk), consents.missing(session)
    runs = viewer.is_admin or session.creator_id == viewer.pk
    return {
        "session_id": session.pk,
        "text_version": recording_terms.CURRENT,
        "text": recording_terms.TEXTS[recording_terms.CURRENT],
        "consent": own.is_given if own else None,
        "agreed_version": own.text_version if own and own.is_given else None,
        "given_at": own.given_at if own else None,
        "withdrawn_at": own.withdrawn_at if own else None,
        "guardian": _guardian(own, viewer),
        "everybody_agrees": not missing,
        "people": _people(session, said) if runs else None,
    }


def _guardian(own: RecordingConsent | None, viewer: User) -> dict[str, Any]:
    return {
        "needs_guardian": ages.is_minor(viewer.birth_date),
        "guardian_agreed_at": own.guardian_agreed_at if own and own.guardian_agrees else None,
        "guardian_refused_at": own.guardian_refused_at if own else None,
    }


def _people(session: TutoringSession, said: dict[int, RecordingConsent]) -> list[dict[str, Any]]:
    seats = Participant.objects.joined().filter(session=session).select_related("user").order_by("joined_at", "id")
    people = [session.creator, *(seat.user for seat in seats)]
    return [
        {
            "user_id": person.pk,
            "name": name_of(row_of(person)),
            "consent": said[person.pk].is_given if person.pk in said else None,
            "text_version": said[person.pk].text_version if person.pk in said else None,
            "waits_for_guardian": consents.waits_for_guardian(said.get(person.pk), person),
        }
        for person in people
    ]


def conflicts(page: Iterable[ConflictReport]) -> list[dict[str, Any]]:
    """Reports as their reporters see them; with their sessions loaded."""
    return [
        {
            "id": report.pk,
            "session_id": report.session_id,
            "session_title": report.session.title,
            "type": report.kind,
            "description": report.description,
            "user_id": report.reported_id,
            "status": report.state,
            "outcome": report.outcome or None,
            "resolution_note": report.resolution_note,
            "decided_at": report.decided_at,
            "created_at": report.created_at,
        }
        for report in page
    ]
