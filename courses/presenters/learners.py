"""Learners as they and the admins see them."""

from typing import Any

from accounts.models import StudentProfile, User
from accounts.presenters.avatars import avatar_url
from courses.services import points, study
from courses.services.levels import level_of
from courses.services.overview import counts_of


def profile(learner: User, student: StudentProfile) -> dict[str, Any]:
    """Who the learner is, and how far they have come."""
    courses = counts_of(learner.pk)
    return {
        "id": learner.pk,
        "role": learner.role,
        "email": learner.email,
        "name": learner.full_name,
        "first_name": learner.first_name,
        "last_name": learner.last_name,
        "phone": learner.phone,
        "avatar_url": avatar_url(learner.avatar.name or ""),
        "timezone": learner.timezone,
        "is_verified": learner.is_verified,
        "bio": student.bio,
        "grade_level": student.grade_level,
        "school_name": student.school_name,
        "interests": student.interests,
        "learning_goals": student.learning_goals,
        "preferred_language": student.preferred_language,
        "total_sessions": student.total_sessions,
        "enrolled_courses": courses.active,
        "completed_courses": courses.completed,
        "points": points_of(points.total_of(learner.pk)),
        **studied(study.minutes_of(learner.pk)),
        "created_at": learner.created_at,
        "updated_at": max(learner.updated_at, student.updated_at),
    }


def points_of(total: int) -> dict[str, Any]:
    level = level_of(total)
    return {"total": total, "level": level.number, "next_level_at": level.next_at}


def studied(minutes: int) -> dict[str, Any]:
    return {"study_minutes": minutes, "study_hours": round(minutes / 60, 1)}
