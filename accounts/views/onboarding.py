"""One's own profile as the mentor platform's pages ask for it, from the first steps on."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.errors import BirthDateKnown, GuardianChangedTooOften, GuardianIsOneself, NotYourPicture
from accounts.models import User
from accounts.permissions import IsStudent
from accounts.presenters import onboarding as presenters
from accounts.requests import SignedInRequest
from accounts.serializers.onboarding import (
    AcademicDetailsAnswerSerializer,
    AcademicDetailsSerializer,
    GoalsAnswerSerializer,
    GoalsSerializer,
    LanguagePreferencesAnswerSerializer,
    LanguagePreferencesSerializer,
    LearnerKindAnswerSerializer,
    LearnerKindSerializer,
    OnboardedSerializer,
    OnboardingCompletedSerializer,
    OwnProfileAnswerSerializer,
    OwnProfileSerializer,
)
from accounts.services import guardians, onboarding, students
from accounts.services.settings import settings_of
from accounts.views.base import AccountView
from common.errors import NotFound


class OwnProfileView(AccountView):
    """The caller's account and what belongs to it."""

    permission_classes = (IsAuthenticated,)
    input_serializer = OwnProfileSerializer
    answers = dict.fromkeys(("get", "put"), OwnProfileAnswerSerializer)
    refusals: ClassVar[dict[str, Any]] = {
        "put": (NotYourPicture, NotFound, BirthDateKnown, GuardianIsOneself, GuardianChangedTooOften)
    }

    def get(self, request: SignedInRequest) -> Response:
        """Who the caller is."""
        return Response({"user": _shown(request.user)})

    def put(self, request: SignedInRequest) -> Response:
        """Change the caller's own data. What is left out stays as it is."""
        user = onboarding.update_profile(request.user, self.read(request), now=timezone.now())
        return Response({"user": _shown(user)})


class CompleteOnboardingView(AccountView):
    """The end of the first steps."""

    permission_classes = (IsAuthenticated,)
    input_serializer = OnboardingCompletedSerializer
    answers: ClassVar[dict[str, Any]] = {"post": OnboardedSerializer}
    refusals: ClassVar[dict[str, Any]] = {"post": (NotYourPicture,)}

    def post(self, request: SignedInRequest) -> Response:
        """Remember that the caller's first steps are done. Safe to repeat."""
        user = onboarding.complete(request.user, self.read(request), now=timezone.now())
        return Response({"success": True, "message": "Onboarding completed", "user": _shown(user)})


class LearnerKindView(AccountView):
    """Who learns. Students only."""

    permission_classes = (IsStudent,)
    input_serializer = LearnerKindSerializer
    answers: ClassVar[dict[str, Any]] = {"post": LearnerKindAnswerSerializer}

    def post(self, request: SignedInRequest) -> Response:
        """Say whether the caller is a student, a parent or a professional."""
        student = students.update_student_side(request.user, {"kind": self.read(request)["user_type"]})
        return Response({"success": True, "user": {"id": request.user.pk, "user_type": student.kind.upper()}})


class AcademicDetailsView(AccountView):
    """What the caller studies. Students only."""

    permission_classes = (IsStudent,)
    input_serializer = AcademicDetailsSerializer
    answers = dict.fromkeys(("get", "put"), AcademicDetailsAnswerSerializer)

    def get(self, request: SignedInRequest) -> Response:
        """What the caller said of their studies."""
        student = students.own_student_side(request.user)
        return Response({"academic_details": presenters.academic_details(student)})

    def put(self, request: SignedInRequest) -> Response:
        """Say it. What the level does not ask for, and is left out, stays as it is."""
        student = students.update_student_side(request.user, self.read(request))
        return Response({"academic_details": presenters.academic_details(student)})


class LanguagePreferencesView(AccountView):
    """In which languages the caller wants to learn. Students only: what tutors speak is part of their profile."""

    permission_classes = (IsStudent,)
    input_serializer = LanguagePreferencesSerializer
    answers = dict.fromkeys(("get", "put", "post"), LanguagePreferencesAnswerSerializer)
    refusals: ClassVar[dict[str, Any]] = dict.fromkeys(("put", "post"), (NotFound,))

    def get(self, request: SignedInRequest) -> Response:
        """The caller's languages, and which of them comes first."""
        return Response(presenters.language_preferences(students.own_student_side(request.user)))

    def put(self, request: SignedInRequest) -> Response:
        """Choose languages. A list replaces the one before it; what is left out stays."""
        student = onboarding.choose_languages(request.user, self.read(request))
        return Response(presenters.language_preferences(student))

    def post(self, request: SignedInRequest) -> Response:
        """The same, as the page of the first steps sends it."""
        return self.put(request)


class GoalsView(AccountView):
    """What the caller wants to achieve. Students only."""

    permission_classes = (IsStudent,)
    input_serializer = GoalsSerializer
    answers: ClassVar[dict[str, Any]] = {"post": GoalsAnswerSerializer}

    def post(self, request: SignedInRequest) -> Response:
        """Name goals. They replace those before them."""
        student = students.update_student_side(request.user, {"learning_goals": self.read(request)["goals"]})
        return Response({"success": True, "goals": student.learning_goals})


def _shown(user: User) -> dict[str, Any]:
    student = students.own_student_side(user) if user.is_student else None
    return presenters.own_profile(user, settings_of(user), student, guardians.guardian_of(user))
