"""Students, and the tutors that they remember, as they are answered."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import FavouriteTutor, StudentProfile, User
from accounts.presenters.avatars import avatar_url

_PERSON = ("id", "first_name", "last_name", "email", "role", "is_verified", "created_at")
_ABOUT = (
    *("bio", "major", "university", "year", "skills", "interests"),
    *("learning_goals", "grade_level", "school_name", "preferred_language"),
)


def student_profile(student: StudentProfile, user: User) -> dict[str, Any]:
    """The student's own profile; `user` is whose it is. Lists become one string, as the document shows them."""
    return {
        "id": student.pk,
        "user_id": user.pk,
        "phone": user.phone,
        "bio": student.bio,
        "grade_level": student.grade_level,
        "school_name": student.school_name,
        "learning_goals": ", ".join(map(str, student.learning_goals)),
        "interests": ", ".join(map(str, student.interests)),
        "preferred_language": student.preferred_language,
        "timezone": user.timezone,
        "total_sessions": student.total_sessions,
        "created_at": student.created_at,
        "updated_at": max(student.updated_at, user.updated_at),
    }


def learner(student: StudentProfile, user: User) -> dict[str, Any]:
    """The same as the learner_v1 client reads it: lists are lists, and the user stands in it under both its names.

    Other apps add what they know (`settings.LEARNER_PROFILE_SECTIONS`).
    """
    about = {name: getattr(student, name) for name in _ABOUT}
    for section in settings.LEARNER_PROFILE_SECTIONS:
        about |= import_string(section)(user)
    # The client reads the profile from the user in it, where there is one.
    person = person_of(user) | about
    return {
        "id": student.pk,
        **{name: person[name] for name in ("name", "first_name", "last_name", "email", "role", "avatar")},
        **about,
        "phone": user.phone,
        "timezone": user.timezone,
        "total_sessions": student.total_sessions,
        "created_at": user.created_at,
        "updated_at": max(student.updated_at, user.updated_at),
        "user_id": person,
        "user": person,
    }


def person_of(user: User) -> dict[str, Any]:
    """The account, as its owner's profile in the learner_v1 contract has it."""
    person = {name: getattr(user, name) for name in _PERSON}
    return person | {"name": user.full_name, "avatar": avatar_url(user.avatar.name or "")}


def favourite(row: FavouriteTutor) -> dict[str, Any]:
    """That somebody is a favourite, as the client reads it."""
    return {
        "id": row.pk,
        "student_id": row.student_id,
        "tutor_profile_id": row.tutor_id,
        "created_at": row.created_at,
    }
