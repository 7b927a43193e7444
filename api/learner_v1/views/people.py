"""Signing in."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import views as accounts
from accounts.models import User
from accounts.serializers import StrictRegistrationSerializer, TokensSerializer
from api.learner_v1.dialect import LearnerV1
from api.learner_v1.views.base import LearnerV1Mixin

TOKEN_COOKIE = "token"


class SignedIn(LearnerV1):
    """The answers with a token: at the top as in the document, and in `data` as the client reads it."""

    def item(self, data: Any) -> dict[str, Any]:
        user = data["user"]
        person = {"_id": user["_id"], "id": user["id"], "name": user["name"], "email": user["email"]}
        inner = person | {"role": user["role"]} | data
        return {"status": "success", "token": data["token"], "user": user, "data": inner}

    def item_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        text = {"type": "string"}
        person = dict.fromkeys(("_id", "id", "name", "email", "role"), text)
        envelope = super().item_schema(
            {"allOf": [schema, {"type": "object", "required": list(person), "properties": person}]}
        )
        envelope["required"] += ["token", "user"]
        envelope["properties"] |= {"token": text, "user": {"$ref": "#/components/schemas/LearnerV1User"}}
        return envelope


class SignedInMixin(LearnerV1Mixin):
    """Answers of this kind also set the token as a cookie, which the sockets accept."""

    dialect = SignedIn()

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code < 300 and request.method == "POST":
            response.set_cookie(
                TOKEN_COOKIE,
                response.data["token"],
                max_age=int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response


class RegisterView(SignedInMixin, accounts.RegisterView):
    input_serializer = StrictRegistrationSerializer
    answers = {"post": {201: TokensSerializer}}

    def answer(self, request: Request, user: User) -> dict[str, Any]:
        return accounts.signed_in(user, accounts.open_family(request, user))


class LoginView(SignedInMixin, accounts.LoginView):
    pass


class RefreshView(SignedInMixin, accounts.RefreshView):
    pass


class ChangePasswordView(SignedInMixin, accounts.ChangePasswordView):
    pass


class LogoutView(LearnerV1Mixin, accounts.LogoutView):
    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.delete_cookie(TOKEN_COOKIE, samesite="Lax")
        return response
