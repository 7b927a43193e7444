"""People in the learner_v1 contract: a learner's own profile, and how tutors come in."""

from typing import Any, ClassVar

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.errors import AccountLocked, EmailChangeRefused, EmailTaken, InvalidCredentials, NotATutor
from accounts.permissions import LearnerSide, TutorSide
from accounts.presenters import students as presenters
from accounts.requests import SignedInRequest
from accounts.serializers.client import (
    LearnerChangesSerializer,
    LearnerProfileSerializer,
    TutorRegisteredSerializer,
    TutorRegistrationSerializer,
)
from accounts.services import profile, registration, students
from accounts.services.sign_in import check_credentials
from accounts.views.account import ChangePasswordView, LoginView, RegisterView, open_family, signed_in
from accounts.views.base import AccountView
from common.client_address import client_address


class LearnerMeView(AccountView):
    """A learner's own profile. Learners only."""

    permission_classes = (LearnerSide,)
    input_serializer: ClassVar[type[Serializer]] = LearnerChangesSerializer
    answers = dict.fromkeys(("get", "patch"), LearnerProfileSerializer)
    refusals = {"patch": (EmailChangeRefused,)}

    def get(self, request: SignedInRequest) -> Response:
        """The caller's own profile."""
        return Response(presenters.learner(students.own_student_side(request.user), request.user))

    def patch(self, request: SignedInRequest) -> Response:
        """Change the caller's own profile. What is left out stays as it is; the e-mail address always does."""
        changes = self.read(request)
        profile.require_own_email(request.user, changes.pop("email", None))
        return Response(presenters.learner(students.update_student_side(request.user, changes), request.user))


class TutorRegisterView(RegisterView):
    """Make a tutor's account, signed in at once. Its profile is a draft until an admin approves it."""

    input_serializer = TutorRegistrationSerializer
    answers = {"post": {201: TutorRegisteredSerializer}}
    refusals = {"post": (EmailTaken,)}

    def post(self, request: Request) -> Response:
        sent = self.read(request)
        unknown = sent.pop("unknown_subjects")
        user = registration.register(**sent)
        tokens = signed_in(user, open_family(request, user))
        return Response(tokens | {"unknown_subjects": unknown}, status=status.HTTP_201_CREATED)


class TutorLoginView(LoginView):
    """Sign a tutor in. Somebody else with the right password is told that this is not their door."""

    refusals: ClassVar[dict[str, Any]] = {"post": (InvalidCredentials, AccountLocked, NotATutor)}

    def post(self, request: Request) -> Response:
        user = check_credentials(**self.read(request), address=client_address(request))
        if not user.is_tutor:
            raise NotATutor
        return Response(self.answer(user, open_family(request, user)))


class TutorChangePasswordView(ChangePasswordView):
    permission_classes = (TutorSide,)
