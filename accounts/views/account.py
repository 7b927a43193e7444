"""Signing in, oneself, passwords and proven addresses."""

from typing import Any, ClassVar

from rest_framework import status
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import (
    AccountLocked,
    CodeInvalid,
    EmailTaken,
    InvalidCredentials,
    LinkInvalid,
    RefreshTokenSpent,
    TokenExpired,
    TokenInvalid,
    TokenRevoked,
    WrongPassword,
)
from accounts.models import User
from accounts.permissions import IsAdmin
from accounts.requests import SignedInRequest
from accounts.serializers import (
    CodeSerializer,
    EmailSerializer,
    LinkSerializer,
    LoginSerializer,
    LogoutSerializer,
    MessageSerializer,
    PasswordChangedSerializer,
    PasswordChangeSerializer,
    PasswordResetSerializer,
    ProfileSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    TokensSerializer,
    UserSerializer,
    VerifiedSerializer,
)
from accounts.services import profile, recovery, registration, tokens
from accounts.services.sign_in import check_credentials
from accounts.tokens import TokenPair
from accounts.views.base import AccountView, OpenView
from common.client_address import client_address
from common.errors import NotFound


class RegisterView(OpenView):
    """Make an account, as a student or a tutor. A mail asks to prove the address."""

    input_serializer = RegistrationSerializer
    answers = {"post": {201: UserSerializer}}
    refusals = {"post": (EmailTaken,)}
    throttle_scope = "register"

    def post(self, request: Request) -> Response:
        user = registration.register(**self.read(request))
        return Response(self.answer(request, user), status=status.HTTP_201_CREATED)

    def answer(self, request: Request, user: User) -> dict[str, Any]:
        return UserSerializer(user).data


class LoginView(OpenView):
    """Sign in with e-mail and password. The answer has the tokens under each of the names that clients know."""

    input_serializer = LoginSerializer
    consumes = ("application/json", "application/x-www-form-urlencoded")
    answers = {"post": TokensSerializer}
    refusals: ClassVar[dict[str, Any]] = {"post": (InvalidCredentials, AccountLocked)}
    throttle_scope = "login"

    def post(self, request: Request) -> Response:
        credentials = self.read(request)
        user = check_credentials(**credentials, address=client_address(request))
        return Response(self.answer(user, open_family(request, user)))

    def answer(self, user: User, pair: TokenPair) -> dict[str, Any]:
        return signed_in(user, pair)


class RefreshView(OpenView):
    """New tokens for a refresh token, which is spent by that. To use it again later ends the whole sign-in."""

    input_serializer = RefreshSerializer
    answers = {"post": TokensSerializer}
    refusals = {"post": (TokenInvalid, TokenExpired, TokenRevoked, RefreshTokenSpent)}

    def post(self, request: Request) -> Response:
        user, pair = tokens.renew(self.read(request)["refresh_token"])
        return Response(signed_in(user, pair))


class LogoutView(AccountView):
    """End this device's sign-in: that of the access token, and of the refresh token where one is sent."""

    input_serializer = LogoutSerializer
    answers = {"post": MessageSerializer}
    permission_classes = (IsAuthenticated,)

    def post(self, request: SignedInRequest) -> Response:
        refresh_token = self.read(request).get("refresh_token")
        if request.auth:
            tokens.revoke_family(request.auth)
        if refresh_token:
            tokens.revoke_by_refresh_token(refresh_token)
        return Response({"message": "Signed out"})


class LogoutEverywhereView(APIView):
    """End every sign-in of the caller at once."""

    answers: ClassVar[dict[str, Any]] = {"post": MessageSerializer}
    permission_classes = (IsAuthenticated,)

    def post(self, request: SignedInRequest) -> Response:
        tokens.revoke_all(request.user, actor=request.user)
        return Response({"message": "Signed out everywhere"})


class MeView(AccountView):
    """Oneself."""

    input_serializer = ProfileSerializer
    answers = {"get": UserSerializer, "put": UserSerializer}
    permission_classes = (IsAuthenticated,)

    def get(self, request: SignedInRequest) -> Response:
        """The caller's own account."""
        return Response(UserSerializer(request.user).data)

    def put(self, request: SignedInRequest) -> Response:
        """Change the caller's own account. What is left out stays as it is."""
        user = profile.update_own(request.user, self.read(request))
        return Response(UserSerializer(user).data)


class PersonView(AccountView):
    """Anybody's account, for admins."""

    answers = {"get": UserSerializer}
    permission_classes = (IsAdmin,)

    def get(self, request: SignedInRequest, pk: int) -> Response:
        """The account with that id, deactivated or not; one that was deleted is gone."""
        user = User.objects.filter(pk=pk, deleted_at=None).first()
        if user is None:
            raise NotFound("User not found")
        return Response(UserSerializer(user).data)


class ChangePasswordView(AccountView):
    """Change the password. Every device is signed out; the caller's goes on with the tokens of the answer."""

    input_serializer = PasswordChangeSerializer
    answers = {"post": PasswordChangedSerializer}
    refusals = {"post": (WrongPassword,)}
    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated,)

    def post(self, request: SignedInRequest) -> Response:
        passwords = self.read(request)
        user = recovery.change_password(
            request.user,
            current=passwords["current_password"],
            new=passwords["new_password"],
            address=client_address(request),
        )
        return Response({"message": "Password changed"} | signed_in(user, open_family(request, user)))


class VerifyEmailView(OpenView):
    """Prove the e-mail address with the token of the mailed link."""

    input_serializer = LinkSerializer
    answers = {"post": VerifiedSerializer}
    refusals = {"post": (LinkInvalid,)}

    def post(self, request: Request) -> Response:
        user = recovery.verify_by_link(self.read(request)["token"])
        return Response({"message": "E-mail address verified", "user": UserSerializer(user).data})


class VerifyCodeView(OpenView):
    """Prove the e-mail address with the mailed code of six digits. A code allows five tries."""

    input_serializer = CodeSerializer
    answers = {"post": VerifiedSerializer}
    refusals = {"post": (CodeInvalid,)}

    def post(self, request: Request) -> Response:
        sent = self.read(request)
        user = recovery.verify_by_code(sent["email"], sent["otp"])
        return Response({"message": "E-mail address verified", "user": UserSerializer(user).data})


class ResendVerificationView(OpenView):
    """Mail the link and the code once more. The answer is the same for every address."""

    input_serializer = EmailSerializer
    answers = {"post": MessageSerializer}

    def post(self, request: Request) -> Response:
        recovery.request_verification(self.read(request)["email"])
        return Response({"message": "If the address needs it, a new message is on its way"})


class ForgotPasswordView(OpenView):
    """Mail a link that sets a new password. The answer is the same for every address."""

    input_serializer = EmailSerializer
    answers = {"post": MessageSerializer}

    def post(self, request: Request) -> Response:
        recovery.request_reset(self.read(request)["email"])
        return Response({"message": "If the address is known, a message is on its way"})


class ResetPasswordView(OpenView):
    """Set a new password with the token of the mailed link. Every device is signed out."""

    input_serializer = PasswordResetSerializer
    answers = {"post": MessageSerializer}
    refusals = {"post": (LinkInvalid,)}

    def post(self, request: Request) -> Response:
        sent = self.read(request)
        recovery.reset_password(sent["token"], sent["password"])
        return Response({"message": "Password changed"})


def open_family(request: Request, user: User) -> TokenPair:
    """Sign the user in on the device that sent this request."""
    return tokens.open_family(user, ip=client_address(request), user_agent=request.META.get("HTTP_USER_AGENT", ""))


def signed_in(user: User, pair: TokenPair) -> dict[str, Any]:
    """What every client of a login or refresh reads, under each of the names that clients know."""
    return {
        "token": pair.access,
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "token_type": "bearer",
        "expires_in": pair.expires_in,
        "user": UserSerializer(user).data,
    }
