"""What admins write to other people's accounts through the API; each part is `moderation`'s, which audits it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import AccountErased
from accounts.images import Upload
from accounts.models import Role, TutorProfile, User
from accounts.services import avatars, moderation
from accounts.services.moderators import lock_other, require_admin
from accounts.services.profile import CORRECTABLE
from common.errors import NotFound


@transaction.atomic
def update_account(user_id: int, changes: dict[str, Any], *, actor: User, reason: str = "") -> User:
    """Write the valid `changes`, all or none: `role`, `is_active`, `is_verified`, and what `CORRECTABLE` has.

    What is as it was changes nothing, and ends no sign-in. The first three are nobody's to change of themselves.
    Raises Forbidden, NotFound, NotOnYourself, or as `moderation.reactivate`.
    """
    require_admin(actor)
    if user_id != actor.pk:
        lock_other(user_id, actor)
    user = _find(user_id)
    if changes.get("role", user.role) != user.role:
        user = moderation.change_role(user_id, Role(changes["role"]), actor=actor, reason=reason)
    if changes.get("is_active", user.is_active) != user.is_active:
        decide = moderation.deactivate if user.is_active else moderation.reactivate
        user = decide(user_id, actor=actor, reason=reason)
    if changes.get("is_verified", user.is_verified) != user.is_verified:
        user = moderation.set_verified(user_id, changes["is_verified"], actor=actor, reason=reason)
    if CORRECTABLE & changes.keys():
        user = moderation.correct_details(user_id, changes, actor=actor)
    return user


def set_avatar(user_id: int, upload: Upload, *, actor: User, now: datetime) -> User:
    """Show another picture of somebody.

    Raises Forbidden, NotFound, AccountErased, or one of `accounts.images.REFUSALS`.
    """
    require_admin(actor)
    user = _find(user_id)
    if user.erased_at is not None:
        raise AccountErased
    return avatars.set_avatar(user, upload, now=now, by=actor)


def _find(user_id: int) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound("User not found")
    return user


def account_of_tutor(tutor_id: int) -> int:
    """The id of the account that a tutor profile belongs to. Raises NotFound."""
    user_id = TutorProfile.objects.filter(pk=tutor_id).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFound("Mentor not found")
    return user_id
