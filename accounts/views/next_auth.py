"""The actions of next-auth's handler, `/api/auth/[...nextauth]`, as next-auth 4 answers them to its own client.

Forms prove themselves by a CSRF token and its cookie. The client reads `url` of every answer to a form: where to go,
with what went wrong in its query. Refusals have the one body, and `url` beside it.
"""

import logging
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import (
    AccountLocked,
    CredentialsMissing,
    InvalidCredentials,
    SessionUpdateRefused,
    SignInLocked,
    TokenInvalid,
)
from accounts.models import User
from accounts.serializers.next_auth import (
    CredentialsSerializer,
    CsrfTokenSerializer,
    FormSerializer,
    ProvidersSerializer,
    SessionSerializer,
    SessionUpdateSerializer,
    WhereToSerializer,
)
from accounts.services import next_auth
from accounts.services.sign_in import check_credentials
from accounts.services.tokens import user_of_session_token
from accounts.tokens import Claims
from accounts.views.next_auth_base import NextAuthView
from common.client_address import client_address

log = logging.getLogger("peerlearn.next_auth")

HANDLER = "/api/auth"
# Pages of the front end.
LOGIN_PAGE, VERIFY_PAGE = "/login", "/verify-email"
# What went wrong before anybody signed in: the page to sign in says so.
KNOWN_ERRORS = frozenset(
    ("Signin", "OAuthSignin", "OAuthCallback", "OAuthCreateAccount", "EmailCreateAccount", "Callback")
    + ("OAuthAccountNotLinked", "EmailSignin", "CredentialsSignin", "SessionRequired")
)
UNCACHED = {"Cache-Control": "private, no-cache, no-store", "Pragma": "no-cache", "Expires": "0"}
FORM = "application/x-www-form-urlencoded"
_LONGEST_LOGGED, _LONGEST_ERROR = 100, 300


class ProvidersView(NextAuthView):
    """How one can sign in: with e-mail and password."""

    answers = {"get": ProvidersSerializer}

    def get(self, request: Request) -> Response:
        base = f"{self.origin}{HANDLER}"
        credentials = dict.fromkeys(("id", "name", "type"), "credentials")
        urls = {"signin_url": f"{base}/signin/credentials", "callback_url": f"{base}/callback/credentials"}
        return Response({"credentials": credentials | urls})


class CsrfView(NextAuthView):
    """The token that every form of this browser must bring; its cookie is set with it."""

    answers = {"get": CsrfTokenSerializer}

    def get(self, request: Request) -> Response:
        token, cookie = self.give_csrf_token()
        response = Response({"csrf_token": token}, headers=UNCACHED)
        self.remember(response, self.where_to(), cookie)
        return response


class SessionView(NextAuthView):
    """Who is signed in, as the database knows them; `{}` for nobody. The cookie lasts another day from here."""

    input_serializer = SessionUpdateSerializer
    answers = {"get": SessionSerializer, "post": SessionSerializer}
    refusals = {"post": (SessionUpdateRefused,)}

    def perform_authentication(self, request: Request) -> None:
        """A session that stands is counted by its user; one that does not is nobody's, and no refusal."""
        try:
            request.user, request.auth = user_of_session_token(self.session_token)
        except TokenInvalid:
            super().perform_authentication(request)

    def get(self, request: Request) -> Response:
        return self._answer(request, UNCACHED)

    def post(self, request: Request) -> Response:
        """The session anew, as `useSession().update()` asks for it. What is sent changes nothing in it."""
        if not self.is_ours(self.read(request).get("csrf_token")):
            raise SessionUpdateRefused
        return self._answer(request)

    def _answer(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        user = request.user
        if not (isinstance(user, User) and isinstance(request.auth, Claims)):
            response = Response({}, headers=headers)
            self.forget_session(response)
            return response
        session = next_auth.renew(user, request.auth, roles=self.roles, now=timezone.now())
        response = Response({"user": session.shown, "expires": session.expires_at}, headers=headers)
        self.keep_session(response, session)
        return response


class SigninView(NextAuthView):
    """The page to sign in, which is the front end's."""

    input_serializer = FormSerializer
    consumes = (FORM, "application/json")
    answers: ClassVar[dict[str, Any]] = {"get": {302: None}, "post": {200: WhereToSerializer, 302: None}}
    names_provider = False

    def get(self, request: Request) -> Response:
        """Sends the browser to the front end's page to sign in, with where it came from."""
        url = self.where_to()
        error = request.query_params.get("error")
        response = self.go(f"{LOGIN_PAGE}?callbackUrl={quote(url, safe='')}{_query(error, '&')}")
        self.remember(response, url)
        return response

    def post(self, request: Request) -> Response:
        """Where to sign in: there is no other way than the form of `callback/credentials`."""
        sent = self.read(request)
        is_known = self.names_provider and self.is_ours(sent.get("csrf_token"))
        url = f"{self.origin}{HANDLER}/signin" + ("" if is_known else "?csrf=true")
        response = self.go(url, as_json=sent.get("json", False))
        self.remember(response, self.where_to(sent.get("callback_url")))
        return response


class ProviderSigninView(SigninView):
    names_provider = True


class CredentialsView(NextAuthView):
    """Sign in with e-mail and password. The session is a cookie that scripts do not see.

    A 401 brings `url`, with the reason in its `error`. Without `json` all answers are redirects. A form without this
    browser's CSRF token is a 200 that leads to `signin?csrf=true`, and signs nobody in.
    """

    input_serializer = CredentialsSerializer
    consumes = (FORM, "application/json")
    answers: ClassVar[dict[str, Any]] = {"post": {200: WhereToSerializer, 302: None}}
    refusals: ClassVar[dict[str, Any]] = {"post": (InvalidCredentials, CredentialsMissing, SignInLocked)}
    throttle_scope = "login"
    # Until the form was read.
    as_json = True

    def post(self, request: Request) -> Response:
        sent = self.read(request)
        self.as_json, url = sent.get("json", False), self.where_to(sent.get("callback_url"))
        if not self.is_ours(sent.get("csrf_token")):
            return self.go(f"{self.origin}{HANDLER}/signin?csrf=true", as_json=self.as_json)
        user = self._check(sent)
        session = next_auth.open_session(
            user,
            roles=self.roles,
            now=timezone.now(),
            ip=client_address(request),
            user_agent=request.META.get("HTTP_USER_AGENT", ""),
        )
        response = self.go(url, as_json=self.as_json)
        self.remember(response, url)
        self.keep_session(response, session)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """The client makes an address of `url`, whatever the answer is, and shows the `error` in it."""
        response = super().handle_exception(exc)
        url = f"{self.origin}{HANDLER}/error?error={quote(str(response.data['error']), safe='')}"
        if not self.as_json and response.status_code == status.HTTP_401_UNAUTHORIZED:
            return self.go(url)
        response.data["url"] = url
        return response

    def _check(self, sent: Mapping[str, Any]) -> User:
        email, password = sent.get("email"), sent.get("password")
        if not email or not password:
            raise CredentialsMissing
        try:
            return check_credentials(email, password, address=client_address(self.request))
        except AccountLocked as error:
            raise SignInLocked from error


class SignoutView(NextAuthView):
    """End this browser's session, here and in every token that was made of it."""

    input_serializer = FormSerializer
    consumes = (FORM, "application/json")
    produces = ("text/html",)
    answers: ClassVar[dict[str, Any]] = {
        "get": serializers.FileField(),
        "post": {200: WhereToSerializer, 302: None},
    }

    def get(self, request: Request) -> HttpResponse:
        """A page with a button, for who comes without the front end."""
        token, cookie = self.give_csrf_token()
        page = render(request, "accounts/next_auth/signout.html", {"csrf_token_of_next_auth": token})
        self.remember(page, self.where_to(), cookie)
        return page

    def post(self, request: Request) -> Response:
        sent = self.read(request)
        as_json, url = sent.get("json", False), self.where_to(sent.get("callback_url"))
        if not self.is_ours(sent.get("csrf_token")):
            return self.go(f"{self.origin}{HANDLER}/signout?csrf=true", as_json=as_json)
        next_auth.end(self.session_token)
        response = self.go(url, as_json=as_json)
        self.remember(response, url)
        self.forget_session(response)
        return response


class ErrorView(NextAuthView):
    """Where a sign-in that went wrong leads: to the front end's page to sign in, which shows `error`."""

    answers: ClassVar[dict[str, Any]] = {"get": {302: None}}

    def get(self, request: Request) -> Response:
        error = request.query_params.get("error", "")
        page = f"{self.origin}{HANDLER}/signin" if error in KNOWN_ERRORS else LOGIN_PAGE
        return self.go(f"{page}{_query(error, '?')}")


class VerifyRequestView(NextAuthView):
    """Sends the browser to the front end's page for who still has to prove an e-mail address."""

    answers: ClassVar[dict[str, Any]] = {"get": {302: None}}

    def get(self, request: Request) -> Response:
        return self.go(VERIFY_PAGE)


class ClientLogView(NextAuthView):
    """What went wrong in the client, for our log. Anything may be sent."""

    answers: ClassVar[dict[str, Any]] = {"post": {200: None}}

    def post(self, request: Request) -> Response:
        try:
            sent = request.data
        except APIException:
            sent = None
        code = sent.get("code") if isinstance(sent, dict) else None
        # Only the code: the rest may be anything, also what is nobody's business.
        shown = str(code)[:_LONGEST_LOGGED]
        log.warning("client_error", extra={"client_code": shown if shown.isprintable() else "odd"})
        return Response(status=status.HTTP_200_OK)


def _query(error: str | None, mark: str) -> str:
    return f"{mark}error={quote(error[:_LONGEST_ERROR], safe='')}" if error else ""
