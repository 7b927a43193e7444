"""next-auth's handler."""

from collections.abc import Mapping
from typing import ClassVar

from accounts.views import next_auth
from api.mentor.dialect import Mentor
from api.mentor.views.base import MentorMixin


class NextAuthMixin(MentorMixin):
    roles: ClassVar[Mapping[str, str]] = Mentor.roles


class ProvidersView(NextAuthMixin, next_auth.ProvidersView):
    pass


class CsrfView(NextAuthMixin, next_auth.CsrfView):
    pass


class SessionView(NextAuthMixin, next_auth.SessionView):
    pass


class SigninView(NextAuthMixin, next_auth.SigninView):
    pass


class ProviderSigninView(NextAuthMixin, next_auth.ProviderSigninView):
    pass


class CredentialsView(NextAuthMixin, next_auth.CredentialsView):
    pass


class SignoutView(NextAuthMixin, next_auth.SignoutView):
    pass


class ErrorView(NextAuthMixin, next_auth.ErrorView):
    pass


class VerifyRequestView(NextAuthMixin, next_auth.VerifyRequestView):
    pass


class ClientLogView(NextAuthMixin, next_auth.ClientLogView):
    pass
