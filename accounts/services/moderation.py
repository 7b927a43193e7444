"""What admins do to other people's accounts. Each of these is audited, and ends the person's tokens where it must."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.errors import ClosedTooLongAgo, NotOnYourself
from accounts.models import OutgoingMail, Role, TokenFamily, TutorProfile, TutorStatus, User
from accounts.models.tutor import TRANSITIONS
from accounts.models.user import normalise_email
from accounts.services import listing, mail, tutor_moves
from accounts.services.leaving import RESTORABLE
from accounts.services.profile import EDITABLE
from accounts.services.recovery import void_reset_links
from accounts.services.registration import ensure_profile
from accounts.services.tokens import revoke_all
from audit.services import record
from common.errors import Forbidden, Invalid, InvalidTransition


@transaction.atomic
def deactivate(user_id: int, *, actor: User, reason: str = "") -> User:
    """Close an account: every token of it ends at once. Nobody can do this to themselves."""
    user = _lock_other(user_id, actor)
    void_reset_links(user_id)
    return _change(user, actor, "account.deactivated", reason, ends_tokens=True, is_active=False)


@transaction.atomic
def reactivate(user_id: int, *, actor: User, reason: str = "") -> User:
    """Open a closed account again; one that its owner closed, within 30 days (R-GDPR-1). What was called off stays so.

    Raises ClosedTooLongAgo.
    """
    user = _lock_other(user_id, actor)
    if user.deleted_at is not None and user.deleted_at + RESTORABLE <= timezone.now():
        raise ClosedTooLongAgo
    return _change(user, actor, "account.reactivated", reason, is_active=True, deleted_at=None)


@transaction.atomic
def mark_verified(user_id: int, *, actor: User) -> User:
    """Vouch for somebody's e-mail address."""
    return _change(_lock_other(user_id, actor), actor, "account.verified_by_admin", "", is_verified=True)


@transaction.atomic
def change_role(user_id: int, role: Role, *, actor: User) -> User:
    """Make somebody a student, a tutor or an admin. Every token of theirs ends at once."""
    user = _lock_other(user_id, actor)
    staff = role == Role.ADMIN
    _change(user, actor, "account.role_changed", "", ends_tokens=True, role=role, is_staff=staff, is_superuser=staff)
    ensure_profile(user)
    return user


@transaction.atomic
def create_account(user: User, *, actor: User) -> User:
    """Save the new, valid `user`, whose password is hashed already, with the profile and rights of the role."""
    _require_admin(actor)
    user.email = normalise_email(user.email)
    user.is_staff = user.is_superuser = user.role == Role.ADMIN
    user.save(force_insert=True)
    ensure_profile(user)
    record("account.created_by_admin", actor=actor, obj=user, after={"role": user.role})
    return user


@transaction.atomic
def correct_details(user_id: int, changes: dict[str, Any], *, actor: User) -> User:
    """Write the valid `changes` to those fields that people may edit themselves."""
    _require_admin(actor)
    user = _lock_account(user_id)
    return _change(user, actor, "account.corrected_by_admin", "", **{f: changes[f] for f in EDITABLE & changes.keys()})


@transaction.atomic
def sign_out_everywhere(user_id: int, *, actor: User) -> None:
    """End every sign-in of somebody else at once."""
    revoke_all(_lock_other(user_id, actor), actor=actor)


@transaction.atomic
def end_sign_in(family_id: UUID, *, actor: User) -> None:
    """Sign one device out. Safe to repeat."""
    _require_admin(actor)
    family = TokenFamily.objects.select_for_update(of=("self",)).get(pk=family_id)
    if family.revoked_at is None:
        family.revoked_at = timezone.now()
        family.save(update_fields=["revoked_at"])
        record("auth.sign_in_ended_by_admin", actor=actor, obj=family)


@transaction.atomic
def send_reset_link(user_id: int, *, actor: User) -> None:
    """Mail somebody a link to set a new password: admins never get to know one."""
    user = _lock_other(user_id, actor)
    mail.request(OutgoingMail.Kind.RESET, user.email)
    record("account.reset_link_sent_by_admin", actor=actor, obj=user)


@transaction.atomic
def suspend_tutor(user_id: int, *, actor: User, reason: str, until: datetime | None = None) -> TutorProfile:
    """A suspended tutor keeps the account but cannot host, and nobody finds them; what is booked is called off
    (R-BOOK-7). It ends at `until`, or when somebody reinstates the tutor.

    Raises InvalidTransition for who is suspended already, or has closed, and Invalid for an end in the past.
    """
    if until is not None and until <= timezone.now():
        message = "The end of a suspension must be in the future."
        raise Invalid(message, errors={"until": [message]})
    profile = _lock_tutor(user_id, actor)
    if not profile.can_become(TutorStatus.SUSPENDED):
        raise InvalidTransition(
            f"The tutor is {profile.get_status_display().lower()} already.",
            current=profile.status,
            allowed=sorted(TRANSITIONS.get(profile.status, ())),
        )
    profile.suspended_until, profile.status_before_suspension = until, profile.status
    written = ("suspended_until", "status_before_suspension")
    return tutor_moves.move(profile, TutorStatus.SUSPENDED, "suspended", *written, actor=actor, reason=reason)


@transaction.atomic
def reinstate_tutor(user_id: int, *, actor: User, reason: str = "") -> TutorProfile:
    """Let a suspended tutor be again what they were. Raises InvalidTransition for anybody else."""
    profile = _lock_tutor(user_id, actor)
    if profile.status != TutorStatus.SUSPENDED:
        raise InvalidTransition(
            f"Only a suspended tutor can be reinstated, not one that is {profile.get_status_display().lower()}.",
            current=profile.status,
            allowed=[TutorStatus.SUSPENDED],
        )
    return tutor_moves.reinstate(profile, actor=actor, reason=reason)


def _lock_tutor(user_id: int, actor: User) -> TutorProfile:
    _require_admin(actor)
    return TutorProfile.objects.select_for_update(of=("self",), no_key=True).get(user_id=user_id)


def _lock_other(user_id: int, actor: User) -> User:
    _require_admin(actor)
    if user_id == actor.pk:
        raise NotOnYourself
    return _lock_account(user_id)


def _lock_account(user_id: int) -> User:
    """Not against foreign keys: somebody may be told something while their tutor side is locked."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)


def _require_admin(actor: User) -> None:
    if not actor.is_admin:
        raise Forbidden


def _change(user: User, actor: User, action: str, reason: str, *, ends_tokens: bool = False, **values: Any) -> User:
    before = {field: getattr(user, field) for field in values}
    if before == values:
        return user
    for field, value in values.items():
        setattr(user, field, value)
    if ends_tokens:
        user.token_version += 1
    user.save(update_fields=[*values, "token_version", "updated_at"])
    listing.refresh_of(user)
    record(action, actor=actor, obj=user, before=before, after=values, reason=reason)
    return user
