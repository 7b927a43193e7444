"""A tutor's way through approval.

A tutor submits, withdraws, pauses, resumes and closes; admins approve, reject and ask for changes. Suspension is
`moderation`'s.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NoReturn

from django.db import transaction

from accounts.errors import NotOnYourself, ProfileIncomplete, ResubmittedTooEarly, SubmittedTooOften
from accounts.models import Role, TutorProfile, TutorStatus, User
from accounts.models.tutor import TRANSITIONS
from accounts.services import checklist, moderation, revisions, tutor_moves
from accounts.services.moderators import lock_other
from accounts.services.tutor_side import ANY, Expected, lock_own
from common.errors import Forbidden, InvalidTransition, NotFound

MOST_SUBMISSIONS = 5
PAUSE_AFTER_REJECTION = timedelta(hours=24)

# What admins may ask to be changed: the parts of a profile by the names that they have in it.
PARTS: tuple[str, ...] = (
    *("title", "headline", "bio", "description", "teaching_philosophy", "experience_years", "languages", "subjects"),
    *("hourly_rate", "pricing_options", "availability", "photo", "video_url", "certifications", "education"),
)


@transaction.atomic
def submit(user: User, *, now: datetime, expected: Expected = ANY) -> TutorProfile:
    """Ask the admins to look at the profile; until they have, it cannot be changed.

    Raises StaleVersion, StaleProfile, InvalidTransition, ProfileIncomplete, ResubmittedTooEarly or SubmittedTooOften.
    """
    profile = lock_own(user, expected)
    _require_way(profile, TutorStatus.PENDING_APPROVAL, verb="submit")
    missing = checklist.missing(profile)
    if missing:
        raise ProfileIncomplete(f"The profile is incomplete: {', '.join(missing)} missing.", missing=missing)
    _require_patience(profile, now)
    return _hand_in(profile, now)


def submit_application(profile: TutorProfile, *, now: datetime) -> TutorProfile:
    """Ask the admins to look at an application, whose profile is locked; what it lacks of a profile its owner adds when
    it is approved. Raises InvalidTransition, ResubmittedTooEarly or SubmittedTooOften.
    """
    _require_way(profile, TutorStatus.PENDING_APPROVAL, verb="submit")
    _require_patience(profile, now)
    return _hand_in(profile, now)


@transaction.atomic
def withdraw(user: User, *, expected: Expected = ANY) -> TutorProfile:
    """Take the profile back to change it; of an approved one, what waits to be read. Raises StaleVersion, StaleProfile
    or InvalidTransition.
    """
    profile = lock_own(user, expected)
    if profile.is_approved and revisions.withdraw(profile):
        tutor_moves.close(profile)
        tutor_moves.note(profile, "revision_withdrawn", actor=user)
        return profile
    _require_way(profile, TutorStatus.DRAFT, verb="withdraw")
    return tutor_moves.move(profile, TutorStatus.DRAFT, "withdrawn", actor=user)


@transaction.atomic
def approve(tutor_id: int, *, actor: User, now: datetime) -> TutorProfile:
    """Let everybody find the tutor; a student who applied becomes one by that, and signs in anew.

    Raises NotFound, Forbidden, NotOnYourself or InvalidTransition.
    """
    applicants = User.objects.filter(role=Role.STUDENT, tutor_profile=tutor_id, deleted_at=None)
    applicant = applicants.first() if actor.is_admin else None
    if applicant:
        lock_other(applicant.pk, actor)  # the account before its profile, as everywhere: one order, no deadlock
    profile = _lock_for_decision(tutor_id, actor, verb="approve")
    if applicant:
        moderation.change_role(applicant.pk, Role.TUTOR, actor=actor)
    profile.decided_at, profile.rejection_reason = now, ""
    return tutor_moves.move(profile, TutorStatus.APPROVED, "approved", "decided_at", "rejection_reason", actor=actor)


@transaction.atomic
def reject(tutor_id: int, *, actor: User, reason: str, now: datetime) -> TutorProfile:
    """Say no, and why; the tutor reads the reason. Raises NotFound, Forbidden, NotOnYourself or InvalidTransition."""
    profile = _lock_for_decision(tutor_id, actor, verb="reject")
    profile.decided_at, profile.rejection_reason = now, reason
    return tutor_moves.move(
        profile, TutorStatus.REJECTED, "rejected", "decided_at", "rejection_reason", actor=actor, reason=reason
    )


@transaction.atomic
def request_changes(
    tutor_id: int, *, actor: User, reason: str, fields: Sequence[str] = (), now: datetime
) -> TutorProfile:
    """Send the profile back: the tutor reads what is to be changed, and may submit again at once.

    `fields` names the parts. Raises NotFound, Forbidden, NotOnYourself or InvalidTransition.
    """
    profile = _lock_for_decision(tutor_id, actor, verb="ask for changes of")
    profile.decided_at, profile.rejection_reason = now, reason
    profile.requested_changes = list(dict.fromkeys(fields))
    written = ("decided_at", "rejection_reason", "requested_changes")
    status = TutorStatus.CHANGES_REQUESTED
    return tutor_moves.move(profile, status, "changes_requested", *written, actor=actor, reason=reason)


@transaction.atomic
def close(user: User, *, expected: Expected = ANY) -> TutorProfile:
    """Teach no more, for good: nobody finds the profile. The account stays.

    Raises StaleVersion, StaleProfile, InvalidTransition, or the refusal of whom `settings.TUTOR_FOLLOWERS` names, as
    for lessons that are still to come.
    """
    profile = lock_own(user, expected)
    _require_way(profile, TutorStatus.CLOSED, verb="close")
    revisions.withdraw(profile)
    return tutor_moves.move(profile, TutorStatus.CLOSED, "closed", actor=user)


@transaction.atomic
def set_accepting(user: User, accepts: bool, *, expected: Expected = ANY) -> TutorProfile:
    """Pause, or go on: without `accepts` nobody can book anew; what is booked stays. Safe to repeat.

    Raises StaleVersion, StaleProfile, or InvalidTransition for who is not approved.
    """
    profile = lock_own(user, expected)
    if not profile.is_approved:
        _refuse(profile, "pause" if not accepts else "resume")
    if profile.accepts_bookings == accepts:
        return profile
    profile.accepts_bookings = accepts
    tutor_moves.close(profile, "accepts_bookings")
    tutor_moves.note(profile, "resumed" if accepts else "paused", actor=user)
    return profile


def _hand_in(profile: TutorProfile, now: datetime) -> TutorProfile:
    profile.submissions += 1
    profile.submitted_at, profile.requested_changes = now, []
    fields = ("submissions", "submitted_at", "requested_changes")
    return tutor_moves.move(profile, TutorStatus.PENDING_APPROVAL, "submitted", *fields, actor=profile.user)


def _lock_for_decision(tutor_id: int, actor: User, *, verb: str) -> TutorProfile:
    if not actor.is_admin:
        raise Forbidden
    profile = TutorProfile.objects.select_for_update(of=("self",), no_key=True).filter(pk=tutor_id).first()
    if profile is None or not TutorProfile.objects.present().filter(pk=tutor_id).exists():  # read after the lock
        raise NotFound("Tutor not found")
    if profile.user_id == actor.pk:
        raise NotOnYourself
    if profile.status != TutorStatus.PENDING_APPROVAL:  # a suspended tutor is reinstated instead
        _refuse(profile, verb)
    return profile


def _require_way(profile: TutorProfile, status: TutorStatus, *, verb: str) -> None:
    if not profile.can_become(status) or profile.status == TutorStatus.SUSPENDED:  # which ends another way
        _refuse(profile, verb)


def _refuse(profile: TutorProfile, verb: str) -> NoReturn:
    raise InvalidTransition(
        f"Cannot {verb} a profile that is {profile.get_status_display().lower()}.",
        current=profile.status,
        allowed=sorted(TRANSITIONS.get(profile.status, ())),
    )


def _require_patience(profile: TutorProfile, now: datetime) -> None:
    if profile.submissions >= MOST_SUBMISSIONS:
        raise SubmittedTooOften
    if profile.status == TutorStatus.REJECTED and profile.decided_at:
        allowed_at = profile.decided_at + PAUSE_AFTER_REJECTION
        if now < allowed_at:
            raise ResubmittedTooEarly(allowed_at=allowed_at)
