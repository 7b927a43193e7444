"""People as the mentor platform's profile pages show them to themselves."""

from typing import Any

from accounts.models import Guardian, LearnerSettings, StudentProfile, User
from accounts.presenters.avatars import avatar_url
from catalog import languages

_ACCOUNT = ("id", "email", "role", "first_name", "last_name", "phone", "timezone", "currency", "is_verified")


def own_profile(
    user: User, settings: LearnerSettings, student: StudentProfile | None, guardian: Guardian | None
) -> dict[str, Any]:
    """The account, what pages keep for it, and student side and guardian where there are. For its owner only."""
    return {
        **{name: getattr(user, name) for name in _ACCOUNT},
        "name": user.full_name,
        "profile_image": avatar_url(user.avatar.name or ""),
        "onboarding_completed": user.onboarded_at is not None,
        "date_of_birth": user.birth_date,
        "guardian": {"name": guardian.name, "email": guardian.email} if guardian else None,
        "preferences": settings.preferences,
        "student": _student_side(student) if student else None,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }


def _student_side(student: StudentProfile) -> dict[str, Any]:
    return {
        "user_type": student.kind.upper(),
        "bio": student.bio,
        "goals": student.learning_goals,
        "interests": student.interests,
        "primary_language": student.preferred_language,
    }


def academic_details(student: StudentProfile) -> dict[str, Any]:
    return {
        "academic_level": student.academic_level,
        "school_name": student.school_name,
        "class_grade": student.grade_level,
        "subjects": student.academic_subjects,
        "university_name": student.university,
        "degree_type": student.degree_type,
        "major": student.major,
        "semester": student.semester,
        "cgpa": None if student.cgpa is None else float(student.cgpa),
    }


def language_preferences(student: StudentProfile) -> dict[str, Any]:
    names = languages.names()
    spoken = [
        {"code": each["code"], "name": names.get(each["code"], each["code"]), "level": each["level"]}
        for each in student.language_preferences
    ]
    return {
        "primary_language": student.preferred_language,
        "language_preferences": spoken,
        "user": {
            "id": student.user_id,
            "primary_language": student.preferred_language,
            "languages_spoken": [each["name"] for each in spoken],
        },
    }
