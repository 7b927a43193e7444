"""Who is asking: a Bearer token, the session cookie of next-auth, or Django's own session for the browsable API."""

from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.errors import TokenInvalid
from accounts.next_auth import cookies, csrf
from accounts.services.tokens import user_of_access_token, user_of_session_token
from common import origins


class BadToken(AuthenticationFailed):
    """The domain's refusal in the form that REST framework expects here."""

    def __init__(self, error: TokenInvalid) -> None:
        super().__init__(error.message, code=error.code)


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`. Cookies are not looked at when the header is there."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token.strip()
        if not token or " " in token or "," in token:
            raise BadToken(TokenInvalid())
        try:
            return user_of_access_token(token)
        except TokenInvalid as error:
            raise BadToken(error) from error

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class NextAuthCookieAuthentication(BaseAuthentication):
    """The session cookie of next-auth. A cookie that is no good is none: the browser sends it until it is taken away.

    Browsers send cookies whoever asks them to. Hence a write must come from a page of ours, or bring the CSRF token.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        secure = origins.is_secure(request)
        token = cookies.session_token(request.COOKIES, secure=secure)
        if not token:
            return None
        try:
            found = user_of_session_token(token)
        except TokenInvalid:
            return None
        if request.method not in SAFE_METHODS and not _is_meant(request, secure=secure):
            raise PermissionDenied("CSRF Failed: neither a page of this site nor a CSRF token.")
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _is_meant(request: Request, *, secure: bool) -> bool:
    """Whether the user meant this request. Browsers say which page a write comes from; others send the token."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None:
        return origins.is_own_page(origin, host=request.get_host())
    sent = request.META.get("HTTP_X_CSRFTOKEN") or request.META.get("HTTP_X_CSRF_TOKEN", "")
    cookie = cookies.decoded(request.COOKIES.get(cookies.names(secure=secure).csrf, ""))
    return csrf.matches(sent, cookie, secret=settings.NEXTAUTH_SECRET)


class BrowserSessionAuthentication(SessionAuthentication):
    """The browsable API's sign-in. Writes need the CSRF token."""
