"""The student side of a person."""

from typing import Any

from django.db import transaction

from accounts.models import StudentProfile, User
from accounts.services import profile
from catalog import languages

EDITABLE = frozenset(
    {
        *("bio", "grade_level", "school_name", "university", "major", "year"),
        *("learning_goals", "interests", "skills", "preferred_language", "language_preferences", "kind"),
        *("academic_level", "academic_subjects", "degree_type", "semester", "cgpa"),
    }
)


def own_student_side(user: User) -> StudentProfile:
    """The user's student side; made if a student has none yet, as somebody who became one by hand."""
    return StudentProfile.objects.get_or_create(user=user)[0]


@transaction.atomic
def update_student_side(user: User, changes: dict[str, Any]) -> StudentProfile:
    """Write the valid `changes`: those of `EDITABLE`, and what `profile.update_own` writes to the user.

    Raises Invalid for a language that cannot be newly chosen.
    """
    profile.update_own(user, changes)
    student = own_student_side(user)
    fields = sorted(EDITABLE & changes.keys())
    _require_languages(student, changes)
    for field in fields:
        setattr(student, field, changes[field])
    if fields:
        student.save(update_fields=[*fields, "updated_at"])
    return student


def _require_languages(student: StudentProfile, changes: dict[str, Any]) -> None:
    spoken = {each["code"] for each in changes.get("language_preferences", ())}
    known = {student.preferred_language, *(each["code"] for each in student.language_preferences)}
    languages.require_offered(spoken - known, field="language_preferences")
    languages.require_offered({changes.get("preferred_language", "")} - known, field="preferred_language")
