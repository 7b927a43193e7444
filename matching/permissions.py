"""A coarse gate by role."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.errors import StudentsOnly
from accounts.models import Role


class IsStudentOrAdmin(BasePermission):
    message = StudentsOnly.message
    code = StudentsOnly.code

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.role in (Role.STUDENT, Role.ADMIN))
