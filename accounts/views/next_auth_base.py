"""What the actions of next-auth's handler share: our origin, the browser's cookies, the address to go to."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.utils.encoding import iri_to_uri
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.next_auth import cookies, csrf
from accounts.services.next_auth import Session
from accounts.views.base import OpenView
from common import origins


class NextAuthView(OpenView):
    """One action, for the request that it answers."""

    request: Request
    # The words of the contract for the three stored roles.
    roles: ClassVar[Mapping[str, str]] = {}

    @property
    def origin(self) -> str:
        return origins.own_origin(self.request)

    @property
    def is_secure(self) -> bool:
        return origins.is_secure(self.request)

    @property
    def names(self) -> cookies.Names:
        return cookies.names(secure=self.is_secure)

    @property
    def session_token(self) -> str:
        return cookies.session_token(self.request.COOKIES, secure=self.is_secure)

    def where_to(self, sent: str | None = None) -> str:
        """The address that was sent, or was remembered, if it is ours; else our origin."""
        address = sent or self.request.query_params.get("callback_url") or self._cookie(self.names.callback_url)
        return origins.own_address(address, origin=self.origin)

    def go(self, url: str, *, as_json: bool = False) -> Response:
        if as_json:
            return Response({"url": url})
        return Response(status=status.HTTP_302_FOUND, headers={"Location": iri_to_uri(url)})

    # --- cookies ------------------------------------------------------------------------------------------------------

    def is_ours(self, csrf_token: str | None) -> bool:
        """Whether a form came from a page that was given this browser's token."""
        return csrf.matches(csrf_token or "", self._cookie(self.names.csrf), secret=settings.NEXTAUTH_SECRET)

    def give_csrf_token(self) -> tuple[str, str | None]:
        """The token of this browser, and the new cookie where it had none of ours."""
        token = csrf.token_of(self._cookie(self.names.csrf), secret=settings.NEXTAUTH_SECRET)
        if token:
            return token, None
        cookie = csrf.make(secret=settings.NEXTAUTH_SECRET)
        return csrf.token_of(cookie, secret=settings.NEXTAUTH_SECRET), cookie

    def remember(self, response: HttpResponse, url: str, csrf_cookie: str | None = None) -> None:
        """Set the cookies that the browser does not have yet."""
        if csrf_cookie:
            self._set(response, self.names.csrf, cookies.encoded(csrf_cookie))
        if url != self._cookie(self.names.callback_url):
            self._set(response, self.names.callback_url, cookies.encoded(url))

    def keep_session(self, response: HttpResponse, session: Session) -> None:
        self.forget_session(response, but=self.names.session)
        self._set(response, self.names.session, session.token, expires=session.expires_at)

    def forget_session(self, response: HttpResponse, *, but: str = "") -> None:
        """Take the session cookie away, whole or in parts."""
        for name in cookies.session_cookies(self.request.COOKIES, secure=self.is_secure):
            if name != but:
                self._set(response, name, "", max_age=0)

    def _cookie(self, name: str) -> str:
        return cookies.decoded(self.request.COOKIES.get(name, ""))

    def _set(
        self,
        response: HttpResponse,
        name: str,
        value: str,
        *,
        expires: datetime | None = None,
        max_age: int | None = None,
    ) -> None:
        response.set_cookie(
            name, value, expires=expires, max_age=max_age, secure=self.is_secure, httponly=True, samesite="Lax"
        )
