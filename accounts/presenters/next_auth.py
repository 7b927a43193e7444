"""What a next-auth front end reads of a person, in its session and in its token."""

from collections.abc import Mapping
from typing import Any

from accounts.models import TutorProfile, TutorStatus, User
from accounts.presenters.avatars import avatar_url
from accounts.presenters.verification import WORDS


def person(user: User, roles: Mapping[str, str]) -> dict[str, Any]:
    """The user of a session. `roles` are the contract's words."""
    return {
        "name": user.full_name,
        "email": user.email,
        "image": avatar_url(user.avatar.name or "") if user.avatar else None,
        "id": user.pk,
        "roles": [roles.get(user.role, user.role)],
        "is_verified": user.is_verified,
        "onboarding_completed": user.onboarded_at is not None,
        "mentor_verification_status": _verification(user),
    }


def token_facts(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the token says of the person whom `person` shows: the names are next-auth's and its middleware's."""
    return {
        "name": shown["name"],
        "email": shown["email"],
        "picture": shown["image"],
        "roles": shown["roles"],
        "isVerified": shown["is_verified"],
        "onboardingCompleted": shown["onboarding_completed"],
        "mentorVerificationStatus": shown["mentor_verification_status"],
    }


def _verification(user: User) -> str | None:
    """Of a mentor, and of a student who has applied."""
    status = TutorProfile.objects.filter(user=user).values_list("status", flat=True).first()
    if status is None and not user.is_tutor:
        return None
    return WORDS[TutorStatus(status or TutorStatus.DRAFT)]
