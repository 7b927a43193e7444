"""Material changes of an approved profile: the old version stays public until an admin approves the new one.

`hold` and `hold_list` take what the tutor writes and keep what has to wait; the profile's row is locked by then, which
makes one writer at a time of tutors and admins.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.errors import NotOnYourself
from accounts.models import (
    RevisionState,
    TutorCertification,
    TutorEducation,
    TutorProfile,
    TutorRevision,
    TutorStatus,
    User,
)
from accounts.services import tutor_moves
from common import files
from common.errors import Forbidden, InvalidTransition, NotFound

# What students choose a tutor by, beside the two lists.
WORDS = frozenset({"title", "bio", "video_url"})
LISTS: dict[str, type[Any]] = {"certifications": TutorCertification, "education": TutorEducation}


class _Content(NamedTuple):
    words: dict[str, Any]
    lists: list[str]


def waiting(profile: TutorProfile) -> TutorRevision | None:
    """What waits for approval."""
    return profile.revisions.filter(state=RevisionState.PENDING).first()


def shown_list(profile: TutorProfile, name: str) -> list[Any]:
    """The certificates or degrees as their tutor sees them: those that wait, or else the approved ones."""
    revision = waiting(profile)
    if revision and name in revision.lists:
        return list(getattr(revision, name).order_by("id"))
    return list(getattr(profile, name).approved().order_by("id"))


def hold(profile: TutorProfile, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Let those of the changes wait that need approval; returns the others, which the caller writes."""
    held = {field: value for field, value in changes.items() if field in WORDS}
    if not held or not _is_needed(profile):
        return dict(changes)
    former = waiting(profile)
    words = (former.words if former else {}) | held
    news = {field: value for field, value in words.items() if value != getattr(profile, field)}
    _put(profile, former, _Content(news, former.lists if former else []))
    return {field: value for field, value in changes.items() if field not in held}


def hold_list(profile: TutorProfile, name: str, rows: Sequence[Any]) -> bool:
    """Let these new rows wait as all that there is of `LISTS[name]`; whether they had to, and were stored.

    The list as it was approved needs no approval: then nothing waits.
    """
    if not _is_needed(profile):
        return False
    former = waiting(profile)
    others = [each for each in former.lists if each != name] if former else []
    approved = [_identity(row) for row in getattr(profile, name).approved().order_by("id")]
    is_new = [_identity(row) for row in rows] != approved
    if former and name in former.lists:
        getattr(former, name).all().delete()
    lists = [each for each in LISTS if each in others or (each == name and is_new)]
    revision = _put(profile, former, _Content(former.words if former else {}, lists))
    if is_new and revision:
        for row in rows:
            row.revision = revision
        LISTS[name].objects.bulk_create(rows)
    return True


def withdraw(profile: TutorProfile) -> bool:
    """Forget what waits; whether there was anything. The profile is locked."""
    revision = waiting(profile)
    if revision:
        _drop(revision, RevisionState.WITHDRAWN)
    return revision is not None


@transaction.atomic
def approve(revision_id: int, *, actor: User, now: datetime) -> TutorProfile:
    """Let everybody read the new version. Raises Forbidden, NotFound, NotOnYourself, or InvalidTransition for one that
    does not wait any more, as the tutor has changed it since.
    """
    revision, profile = _lock_for_decision(revision_id, actor, goal=RevisionState.APPROVED)
    for field, value in revision.words.items():
        setattr(profile, field, value)
    for name in revision.lists:
        replaced = getattr(profile, name).approved()
        scans = list(replaced.exclude(file="").values_list("file", flat=True))
        replaced.delete()
        getattr(revision, name).all().update(revision=None)
        files.discard_after_commit(*scans)
    _decide(revision, RevisionState.APPROVED, actor=actor, now=now)
    tutor_moves.close(profile, *revision.words)
    return _tell(profile, "revision_approved", revision, actor=actor)


@transaction.atomic
def reject(revision_id: int, *, actor: User, reason: str, now: datetime) -> TutorProfile:
    """Keep the old version; the tutor reads why. Raises Forbidden, NotFound, NotOnYourself or InvalidTransition."""
    revision, profile = _lock_for_decision(revision_id, actor, goal=RevisionState.REJECTED)
    revision.reason = reason
    _decide(revision, RevisionState.REJECTED, actor=actor, now=now)
    _delete_lists(revision)
    tutor_moves.close(profile)
    return _tell(profile, "revision_rejected", revision, actor=actor, reason=reason)


def _is_needed(profile: TutorProfile) -> bool:
    """Who is suspended comes back with what was approved before."""
    was_approved = profile.status == TutorStatus.SUSPENDED and profile.status_before_suspension in (
        "",
        TutorStatus.APPROVED,
    )
    return settings.TUTOR_REVISIONS_NEED_APPROVAL and (profile.is_approved or was_approved)


def _put(profile: TutorProfile, former: TutorRevision | None, content: _Content) -> TutorRevision | None:
    """Let `content` be what waits, in the place of `former`, whose lists come along; admins hear of the first."""
    if former and not content.lists and not former.lists and former.words == content.words:
        return former
    if not content.words and not content.lists:
        if former:
            _drop(former, RevisionState.WITHDRAWN)
        return None
    if former:
        former.state = RevisionState.SUPERSEDED
        former.save(update_fields=["state", "updated_at"])
    revision = TutorRevision.objects.create(
        tutor=profile,
        words=content.words,
        lists=content.lists,
        submitted_at=former.submitted_at if former else timezone.now(),
    )
    if former:
        for name in LISTS:
            getattr(former, name).all().update(revision=revision)
    else:
        _tell(profile, "revision_submitted", revision, actor=profile.user)
    return revision


def _drop(revision: TutorRevision, state: RevisionState) -> None:
    revision.state = state
    revision.save(update_fields=["state", "updated_at"])
    _delete_lists(revision)


def _delete_lists(revision: TutorRevision) -> None:
    """With the scans that nothing else has: what was refused is not kept."""
    for name in LISTS:
        rows = getattr(revision, name).all()
        scans = list(rows.exclude(file="").values_list("file", flat=True))
        rows.delete()
        files.discard_after_commit(*scans)


def _lock_for_decision(revision_id: int, actor: User, *, goal: RevisionState) -> tuple[TutorRevision, TutorProfile]:
    if not actor.is_admin:
        raise Forbidden
    found = TutorRevision.objects.filter(pk=revision_id).only("tutor_id").first()
    if found is None:
        raise NotFound("Revision not found")
    profiles = TutorProfile.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    profile = profiles.get(pk=found.tutor_id)
    if not TutorProfile.objects.present().filter(pk=profile.pk).exists():  # read after the lock
        raise NotFound("Revision not found")
    revision = TutorRevision.objects.get(pk=revision_id)  # as it is under the lock
    if profile.user_id == actor.pk:
        raise NotOnYourself
    if revision.state != RevisionState.PENDING:
        message = f"This revision is {revision.state} already and cannot be {goal}."
        raise InvalidTransition(message, current=revision.state, allowed=[])
    return revision, profile


def _decide(revision: TutorRevision, state: RevisionState, *, actor: User, now: datetime) -> None:
    revision.state, revision.decided_at, revision.decided_by = state, now, actor
    revision.save(update_fields=["state", "decided_at", "decided_by", "reason", "updated_at"])


def _tell(profile: TutorProfile, event: str, revision: TutorRevision, *, actor: User, reason: str = "") -> TutorProfile:
    facts = {"revision": revision.pk, "parts": revision.parts}
    tutor_moves.note(profile, event, actor=actor, reason=reason, facts=facts)
    tutor_moves.tell(profile, event, actor=actor, reason=reason)
    return profile


def _identity(row: Any) -> tuple[Any, ...]:
    """What an admin looks at."""
    names = ("title", "issuer") if isinstance(row, TutorCertification) else ("degree", "institution")
    return *(getattr(row, name) for name in names), row.year, row.file.name or ""
