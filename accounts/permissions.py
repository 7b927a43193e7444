"""Coarse gates by role. Whose thing it is, the services decide."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.errors import LearnerOnly, StudentsOnly, TutorOnly
from accounts.models import Role, TutorProfile


class IsTutor(BasePermission):
    message = "Only tutors may do that."
    code = "TUTORS_ONLY"

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.is_tutor)


class TutorOrApplicant(IsTutor):
    """For tutors, and for students whose application was not granted yet: it is theirs to see to."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) or bool(
            request.user.is_authenticated and TutorProfile.objects.applying(request.user).exists()
        )


class MentorAccess(IsTutor):
    """For mentors and admins, in the words of the mentor contract."""

    message = "Mentor access required"

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) or bool(request.user.is_authenticated and request.user.is_admin)


class ApplicationAccess(MentorAccess, TutorOrApplicant):
    """As `MentorAccess`, and for students who have applied."""


class IsStudent(BasePermission):
    message = StudentsOnly.message
    code = StudentsOnly.code

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.role == Role.STUDENT)


class LearnerSide(IsStudent):
    """As `IsStudent`, in the words of the learner_v1 client."""

    message = LearnerOnly.message
    code = LearnerOnly.code


class TutorSide(IsTutor):
    """As `IsTutor`, in the words of the learner_v1 client."""

    message = TutorOnly.message
    code = TutorOnly.code


class IsAdmin(BasePermission):
    message = "Only admins may do that."
    code = "ADMINS_ONLY"

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.is_admin)
