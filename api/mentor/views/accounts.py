"""Accounts: made, proved, got back."""

from typing import Any

from rest_framework.request import Request

from accounts import views as accounts
from accounts.models import User
from api.core.dialect import Dialect
from api.core.views import DialectMixin
from api.mentor.serializers import AccountCreatedSerializer, MentorRegistrationSerializer
from api.mentor.views.base import MentorMixin


def created(user: dict[str, Any]) -> dict[str, Any]:
    return user | {"message": "Account created. Check your e-mail.", "userId": user["id"]}


class RegisterView(DialectMixin, accounts.RegisterView):
    """Shared with the edustream client, which reads the bare user object; hence both spellings."""

    dialect = Dialect()
    answers = {"post": {201: AccountCreatedSerializer}}

    def answer(self, request: Request, user: User) -> dict[str, Any]:
        return created(super().answer(request, user))


class MentorRegisterView(MentorMixin, accounts.RegisterView):
    """Make an account as a mentor, with a profile that is a draft. A mail asks to prove the address."""

    input_serializer = MentorRegistrationSerializer
    answers = {"post": {201: AccountCreatedSerializer}}

    def answer(self, request: Request, user: User) -> dict[str, Any]:
        return created(super().answer(request, user))


class VerifyEmailView(MentorMixin, accounts.VerifyEmailView):
    pass


class VerifyCodeView(MentorMixin, accounts.VerifyCodeView):
    pass


class ResendVerificationView(MentorMixin, accounts.ResendVerificationView):
    pass


class ForgotPasswordView(MentorMixin, accounts.ForgotPasswordView):
    pass


class ResetPasswordView(MentorMixin, accounts.ResetPasswordView):
    pass
