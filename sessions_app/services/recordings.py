"""Keeping recordings of sessions and handing them out, as long as everybody agrees (R-GDPR-6, R-GDPR-7)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.services import record
from common import files as storage
from common.errors import NotFound
from notifications.services import Notice, notify
from sessions_app.errors import ConsentMissing, LinkExpired, NotRecordable, RecordingExists
from sessions_app.models import (
    RECORDINGS_FOLDER,
    Participant,
    Recording,
    SessionStatus,
    TutoringSession,
)
from sessions_app.querysets import RecordingQuerySet
from sessions_app.recording_files import EXTENSIONS, Film
from sessions_app.services import access, consents, events, members

LINK_LASTS = timedelta(hours=1)
KEPT_FOR = timedelta(days=180)
# So long after somebody has withdrawn a recording is still there, for nobody: they may have been mistaken.
WITHDRAWN_FOR = timedelta(days=1)
_SALT = "sessions_app.recording"


class Link(NamedTuple):
    """An address that hands a recording out to one person for a while, without signing in."""

    url: str
    expires_at: datetime


def add_file(session_id: int, film: Film, *, actor: User, title: str = "") -> Recording:
    """Keep an examined file as the recording of one's session. Raises as `add_address`, or StorageUnavailable."""
    _require_recordable(access.find(session_id, actor), actor)
    key = storage.keep(film.file, folder=RECORDINGS_FOLDER, kind=EXTENSIONS[film.media_type])
    try:
        said = {"file": key, "name": film.name, "media_type": film.media_type, "size": film.size}
        return _add(session_id, actor=actor, title=title, **said)
    except BaseException:
        storage.discard([key])
        raise


def add_address(session_id: int, url: str, *, provider: str, actor: User, title: str = "") -> Recording:
    """Register a recording that is at a provider's.

    Raises NotFound, NotTheCreator, NotRecordable, RecordingExists or ConsentMissing.
    """
    return _add(session_id, actor=actor, title=title, provider=provider, provider_url=url)


def require_host(session_id: int, actor: User) -> None:
    """Before a large body is looked at. Raises NotFound or NotTheCreator."""
    access.require_creator(access.find(session_id, actor), actor, "record")


@transaction.atomic
def delete_recording(session_id: int, *, actor: User) -> None:
    """Take a recording away, and its file; the host or an admin may. Raises NotFound or NotTheCreator."""
    session = access.lock(session_id, actor)
    access.require_creator(session, actor, "delete the recording of", or_admin=True)
    recording = Recording.objects.filter(session=session).first()
    if recording is None:
        raise NotFound("Recording not found")
    _delete(recording, actor=actor, reason="")


def find_recording(session_id: int, viewer: User) -> Recording:
    """The recording of a session that one is in. Raises NotFound, NotInSession or ConsentMissing."""
    session = members.find(session_id, viewer, or_admin=True)
    return _require_agreed(Recording.objects.filter(session=session))


def recordings_of(viewer: User) -> RecordingQuerySet:
    """Those that the viewer may have now."""
    return Recording.objects.visible_to(viewer).filter(consents.agreed())


def link_to(recording_id: int, user: User, *, now: datetime) -> Link:
    """For this person only, and only as long as they may have the recording: `open_link` asks again."""
    expires_at = (now + LINK_LASTS).replace(microsecond=0)
    signature = signing.dumps([recording_id, user.pk, int(expires_at.timestamp())], salt=_SALT)
    path = f"/api/uploads/session-recordings/{recording_id}/file?signature={signature}"
    return Link(settings.PUBLIC_URL + path, expires_at)


def open_link(recording_id: int, signature: str, *, now: datetime) -> Recording:
    """The recording behind a link, if its person may still have it at this moment.

    Raises NotFound (also for a signature that is none of ours), LinkExpired or ConsentMissing.
    """
    user_id, expires_at = _read(recording_id, signature)
    if now.timestamp() >= expires_at:
        raise LinkExpired
    user = User.objects.active().filter(pk=user_id).first()
    if user is None:
        raise NotFound("Recording not found")
    return _require_agreed(Recording.objects.visible_to(user).filter(pk=recording_id))


def delete_old(*, now: datetime, limit: int = 500) -> int:
    """Delete what is older than half a year, or what somebody has withdrawn from (R-GDPR-6). Safe to repeat."""
    found = Recording.objects.filter(ended(now)).order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(_delete_one(pk, now) for pk in list(found))


def ended(now: datetime) -> Q:
    """Those that nobody may keep any longer."""
    return Q(created_at__lte=now - KEPT_FOR) | consents.withdrawn_by(now - WITHDRAWN_FOR)


def _delete_one(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        recording = Recording.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if recording is None:
            return False
        is_old = recording.created_at <= now - KEPT_FOR
        _delete(recording, actor=None, reason="old" if is_old else "consent_withdrawn")
    return True


def _delete(recording: Recording, *, actor: User | None, reason: str) -> None:
    was = {"session": recording.session_id, "size": recording.size, "provider": recording.provider}
    record("recording.deleted", actor=actor, obj=recording, before=was, reason=reason)
    storage.discard_after_commit(str(recording.file.name or ""))
    recording.delete()


def _add(session_id: int, *, actor: User, title: str, **said: Any) -> Recording:
    with transaction.atomic():
        session = access.lock(session_id, actor)  # of two at once the second sees the first, and any withdrawal
        _require_recordable(session, actor)
        recording = Recording.objects.create(session=session, added_by=actor, title=title, **said)
        after = {"session": session.pk, "size": recording.size, "provider": recording.provider}
        record("recording.added", actor=actor, obj=recording, after=after)
        notify(_news(session, recording, actor))
    return recording


def _require_recordable(session: TutoringSession, actor: User) -> None:
    access.require_creator(session, actor, "record")
    if session.status not in (SessionStatus.ONGOING, SessionStatus.COMPLETED):
        raise NotRecordable
    if Recording.objects.filter(session=session).exists():
        raise RecordingExists
    if missing := consents.missing(session):
        raise ConsentMissing(user_ids=missing)


def _require_agreed(found: RecordingQuerySet) -> Recording:
    """Raises NotFound or ConsentMissing."""
    recording = found.annotate(is_agreed=consents.agreed()).select_related("session").first()
    if recording is None:
        raise NotFound("Recording not found")
    if not recording.is_agreed:
        raise ConsentMissing
    return recording


def _read(recording_id: int, signature: str) -> tuple[int, int]:
    """Whose link it is, and until when. Raises NotFound."""
    try:
        known_id, user_id, expires_at = signing.loads(signature, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound("Recording not found") from None
    if known_id != recording_id:
        raise NotFound("Recording not found")
    return user_id, expires_at


def _news(session: TutoringSession, recording: Recording, actor: User) -> list[Notice]:
    words = f"The recording of {session.title} is there for its people."
    seats = Participant.objects.joined().filter(session=session).values_list("user_id", flat=True)
    notices = (events.notice(user, session, "recording_added", "A recording", words, actor) for user in seats)
    return [replace(notice, dedupe_key=f"recording:{recording.pk}:added") for notice in notices]
