"""What people say of themselves when they join, and that they have said enough."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import NotYourPicture
from accounts.models import StudentProfile, User
from accounts.presenters.avatars import avatar_url
from accounts.services import avatars, guardians, settings, students
from accounts.services.profile import update_own
from common.errors import NotFound


def require_own(user: User, user_id: int | None) -> None:
    """Raises NotFound for anybody else's id; None, where a form names nobody, is the user."""
    if user_id not in (None, user.pk):
        raise NotFound("User not found")


@transaction.atomic
def update_profile(user: User, changes: dict[str, Any], *, now: datetime) -> User:
    """Write the valid `changes`: what `update_own` writes, a student's `bio`, and

    - `profile_image`: the address of the picture that the user has (nothing changes), or empty for the default one;
    - `preferences`: what pages keep for themselves;
    - `birth_date` and `guardian`, as `guardians` has them;
    - `onboarding_completed`: whether the first steps are done. That they are is dated the first time only.

    `user_id`, where it is given, must be the user's own. Raises NotFound, NotYourPicture, or as
    `guardians` does.
    """
    require_own(user, changes.get("user_id"))
    _tell_age(user, changes)
    if "profile_image" in changes:
        _show_picture(user, changes["profile_image"] or "", now=now)
    if user.is_student:
        students.update_student_side(user, {name: changes[name] for name in ("bio",) if name in changes})
    settings.update_settings(user, {name: changes[name] for name in ("preferences",) if name in changes})
    update_own(user, changes)
    if "onboarding_completed" in changes:
        _mark_onboarded(user, now if changes["onboarding_completed"] else None)
    return user


@transaction.atomic
def complete(user: User, changes: dict[str, Any], *, now: datetime) -> User:
    """The first steps are done; safe to repeat. `profile_image` as `update_profile` has it. Raises NotYourPicture."""
    return update_profile(user, changes | {"onboarding_completed": True}, now=now)


@transaction.atomic
def choose_languages(user: User, changes: dict[str, Any]) -> StudentProfile:
    """Write a student's `language_preferences` and `preferred_language`; whoever never named one prefers the first.

    Raises NotFound for a `user_id` that is not the student's own.
    """
    require_own(user, changes.pop("user_id", None))
    chosen = changes.get("language_preferences")
    student = students.update_student_side(user, changes)
    if chosen and not student.preferred_language:
        student = students.update_student_side(user, {"preferred_language": chosen[0]["code"]})
    return student


def _tell_age(user: User, changes: dict[str, Any]) -> None:
    if "birth_date" in changes:
        guardians.tell_birth_date(user, changes["birth_date"])
    if "guardian" in changes:
        guardians.name_guardian(user, changes["guardian"])


def _show_picture(user: User, address: str, *, now: datetime) -> None:
    if not address:
        avatars.remove_avatar(user, now=now)
    elif address != avatar_url(user.avatar.name or ""):
        raise NotYourPicture(errors={"profile_image": [NotYourPicture.message]})


def _mark_onboarded(user: User, moment: datetime | None) -> None:
    if (user.onboarded_at is None) != (moment is None):
        user.onboarded_at = moment
        user.save(update_fields=["onboarded_at", "updated_at"])
