"""What admins do to other people's accounts. Each of these is audited, and ends the person's tokens where it must."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.errors import AccountErased, AccountNotDeleted, ClosedTooLongAgo
from accounts.models import OutgoingMail, Role, TokenFamily, TutorProfile, TutorStatus, User
from accounts.models.tutor import TRANSITIONS
from accounts.models.user import normalise_email
from accounts.services import listing, mail, tutor_moves
from accounts.services.leaving import RESTORABLE, close
from accounts.services.moderators import lock_other, require_no_deputy, require_reason
from accounts.services.profile import CORRECTABLE
from accounts.services.recovery import void_reset_links
from accounts.services.registration import ensure_profile
from accounts.services.tokens import revoke_all
from audit.services import record
from common.errors import DomainError, Forbidden, Invalid, InvalidTransition, NotFound


@transaction.atomic
def deactivate(user_id: int, *, actor: User, reason: str = "") -> User:
    """Close an account: every token of it ends at once, a tutor's lessons to come are called off (R-BOOK-7), and seats
    in sessions to come are given up (R-SEAT-13). Nobody can do this to themselves.
    """
    user = lock_other(user_id, actor)
    void_reset_links(user_id)
    _change(user, actor, "account.deactivated", reason, ends_tokens=True, is_active=False)
    _call_off(user)
    return user


@transaction.atomic
def reactivate(user_id: int, *, actor: User, reason: str = "") -> User:
    """Open a closed account again; one that its owner closed, within 30 days (R-GDPR-1). What was called off stays so.

    Raises ClosedTooLongAgo or AccountErased.
    """
    user = lock_other(user_id, actor)
    _require_restorable(user, timezone.now())
    return _change(user, actor, "account.reactivated", reason, is_active=True, was_deactivated=False, deleted_at=None)


@transaction.atomic
def soft_delete(user_id: int, *, actor: User, reason: str = "", now: datetime) -> User:
    """Close somebody else's account as its owner could: it can be restored for 30 days (R-GDPR-1). Safe to repeat.

    Raises NotFound or NotOnYourself.
    """
    user = lock_other(user_id, actor)
    if user.deleted_at is None:
        close(user, actor=actor, action="account.deleted", reason=reason, now=now)
    return user


@transaction.atomic
def restore(user_id: int, *, actor: User, reason: str = "", now: datetime) -> User:
    """Bring back an account that was closed less than 30 days ago; what was called off stays so, and who had been
    deactivated still is.

    Raises NotFound, NotOnYourself, AccountNotDeleted, ClosedTooLongAgo or AccountErased.
    """
    user = lock_other(user_id, actor)
    if user.deleted_at is None:
        raise AccountNotDeleted
    _require_restorable(user, now)
    values: dict[str, Any] = {"is_active": not user.was_deactivated, "was_deactivated": False, "deleted_at": None}
    return _change(user, actor, "account.restored", reason, **values)


def why_not_restored(user: User, now: datetime) -> DomainError | None:
    """The refusal that an attempt to open the closed account would meet."""
    if user.erased_at is not None or import_string(settings.ERASURE_HAS_BEGUN)(user):
        return AccountErased()
    if user.deleted_at is not None and user.deleted_at + RESTORABLE <= now:
        return ClosedTooLongAgo()
    return None


def _require_restorable(user: User, now: datetime) -> None:
    if refusal := why_not_restored(user, now):
        raise refusal


@transaction.atomic
def mark_verified(user_id: int, *, actor: User) -> User:
    """Vouch for somebody's e-mail address."""
    return set_verified(user_id, True, actor=actor)


@transaction.atomic
def set_verified(user_id: int, is_verified: bool, *, actor: User, reason: str = "") -> User:
    """Say whether somebody's e-mail address is proven."""
    event = "account.verified_by_admin" if is_verified else "account.verification_withdrawn"
    return _change(lock_other(user_id, actor), actor, event, reason, is_verified=is_verified)


@transaction.atomic
def change_role(user_id: int, role: Role, *, actor: User, reason: str = "") -> User:
    """Make somebody a student, a tutor or an admin. Every token of theirs ends at once.

    Who is no tutor any more is hidden, and what they were to teach is called off (R-BOOK-7); the profile stays as it is
    for the case that they become one again. Who is no admin any more has no tickets to look after.
    """
    user = lock_other(user_id, actor)
    before, is_admin = user.role, role == Role.ADMIN
    if is_admin:
        require_no_deputy(actor)
    values = {"role": role, "is_staff": is_admin or user.groups.exists(), "is_superuser": is_admin}
    _change(user, actor, "account.role_changed", reason, ends_tokens=True, **values)
    ensure_profile(user)
    if before not in (role, Role.STUDENT):
        _call_off(user)
    return user


@transaction.atomic
def create_account(user: User, *, actor: User) -> User:
    """Save the new, valid `user`, whose password is hashed already, with the profile and rights of the role."""
    _require_admin(actor)
    if user.role == Role.ADMIN:
        require_no_deputy(actor)
    user.email = normalise_email(user.email)
    user.is_staff = user.is_superuser = user.role == Role.ADMIN
    user.save(force_insert=True)
    ensure_profile(user)
    record("account.created_by_admin", actor=actor, obj=user, after={"role": user.role})
    return user


@transaction.atomic
def correct_details(user_id: int, changes: dict[str, Any], *, actor: User) -> User:
    """Write the valid `changes` to the fields of `CORRECTABLE`. A date of birth is for admins in person."""
    _require_admin(actor)
    if "birth_date" in changes:
        require_no_deputy(actor)
    user = _lock_account(user_id, actor)
    values = {field: changes[field] for field in CORRECTABLE & changes.keys()}
    return _change(user, actor, "account.corrected_by_admin", "", **values)


@transaction.atomic
def sign_out_everywhere(user_id: int, *, actor: User) -> None:
    """End every sign-in of somebody else at once."""
    revoke_all(lock_other(user_id, actor), actor=actor)


@transaction.atomic
def end_sign_in(family_id: UUID, *, actor: User) -> None:
    """Sign one device out. Safe to repeat."""
    _require_admin(actor)
    family = TokenFamily.objects.select_for_update(of=("self",)).select_related("user").get(pk=family_id)
    if family.user.is_staff:
        require_no_deputy(actor)
    if family.revoked_at is None:
        family.revoked_at = timezone.now()
        family.save(update_fields=["revoked_at"])
        record("auth.sign_in_ended_by_admin", actor=actor, obj=family)


@transaction.atomic
def send_reset_link(user_id: int, *, actor: User) -> None:
    """Mail somebody a link to set a new password: admins never get to know one."""
    user = lock_other(user_id, actor)
    mail.request(OutgoingMail.Kind.RESET, user.email)
    record("account.reset_link_sent_by_admin", actor=actor, obj=user)


def suspend_and_hand_over(user_id: int, *, heir: str, actor: User, reason: str, until: datetime | None = None) -> int:
    """Suspend a tutor after another one, whose address is `heir`, has been given what they can take of the confirmed
    lessons to come (R-BOOK-7); the rest is called off. Returns how many lessons were handed over.

    Each lesson has a transaction of its own, before the suspension: not to be called within one. Raises as
    `suspend_tutor`, before anything is done, and NotFound for an address of no such tutor.
    """
    _require_admin(actor)
    profile = TutorProfile.objects.filter(user=user_id).first()
    if profile is None:
        raise NotFound("Tutor not found")
    _require_suspendable(profile, reason, until)
    handed_over: int = import_string(settings.LESSONS_ARE_HANDED_OVER_BY)(user_id, heir, actor=actor, reason=reason)
    suspend_tutor(user_id, actor=actor, reason=reason, until=until)
    return handed_over


@transaction.atomic
def suspend_tutor(user_id: int, *, actor: User, reason: str, until: datetime | None = None) -> TutorProfile:
    """A suspended tutor keeps the account but cannot host, and nobody finds them; what is booked is called off
    (R-BOOK-7). It ends at `until`, or when somebody reinstates the tutor.

    Raises NotFound, InvalidTransition for who is suspended already, or has closed, and Invalid without a reason or for
    an end in the past.
    """
    profile = _lock_tutor(user_id, actor)
    _require_suspendable(profile, reason, until)
    profile.suspended_until, profile.status_before_suspension = until, profile.status
    written = ("suspended_until", "status_before_suspension")
    return tutor_moves.move(profile, TutorStatus.SUSPENDED, "suspended", *written, actor=actor, reason=reason)


def _require_suspendable(profile: TutorProfile, reason: str, until: datetime | None) -> None:
    require_reason(reason)
    if until is not None and until <= timezone.now():
        message = "The end of a suspension must be in the future."
        raise Invalid(message, errors={"until": [message]})
    if not profile.can_become(TutorStatus.SUSPENDED):
        raise InvalidTransition(
            f"The tutor is {profile.get_status_display().lower()} already.",
            current=profile.status,
            allowed=sorted(TRANSITIONS.get(profile.status, ())),
        )


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
    """The account before its profile, as everywhere: who books with the tutor waits for the account."""
    _require_admin(actor)
    user = _lock_account(user_id, actor)
    profile = TutorProfile.objects.select_for_update(of=("self",), no_key=True).filter(user=user).first()
    if profile is None:
        raise NotFound("Tutor not found")
    profile.user = user
    return profile


def _lock_account(user_id: int, actor: User) -> User:
    """Not against foreign keys: somebody may be told something while their tutor side is locked."""
    user = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound("User not found")
    if user.erased_at is not None:
        raise AccountErased
    if user.is_staff:
        require_no_deputy(actor)
    return user


def _require_admin(actor: User) -> None:
    if not actor.is_admin:
        raise Forbidden


def _call_off(user: User) -> None:
    """What they have ahead is for those to end whom `settings.ACCOUNT_FOLLOWERS` names."""
    for path in settings.ACCOUNT_FOLLOWERS:
        import_string(path)(user)


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
