"""Signing in, oneself, health."""

from typing import Any

from tests.authorization.matrix import Rule, everybody, signed_in
from tests.factories import PASSWORD


def _registration(_: dict[str, Any]) -> dict[str, str]:
    return {"email": "new@example.com", "password": "Password!23", "first_name": "New", "role": "student"}


def _credentials(world: dict[str, Any]) -> dict[str, str]:
    return {"email": world["stranger"].email, "password": PASSWORD}


def _refresh(world: dict[str, Any]) -> dict[str, str]:
    return {"refresh_token": world["refresh_token"]}


def _new_password(_: dict[str, Any]) -> dict[str, str]:
    return {"current_password": PASSWORD, "new_password": "Quite-New-1!"}


EMAIL = {"email": "nobody@example.com"}
BAD_LINK = {"token": "unknown", "password": "password123"}

RULES: dict[str, Rule] = {
    "GET /": everybody(200),
    # Health
    "GET /health": everybody(200),
    "GET /api/health": everybody(200),
    "GET /api/health/database": everybody(200),
    "GET /api/health/services": everybody(200),
    "GET /api/health/integrity": signed_in(403, None, admin=200),
    # Signing in
    "POST /auth/register": everybody(201, _registration),
    "POST /api/auth/register": everybody(201, _registration),
    "POST /api/v1/learner/auth/register": everybody(201, _registration),
    "POST /auth/login": everybody(200, _credentials),
    "POST /api/auth/login": everybody(200, _credentials),
    "POST /api/v1/learner/auth/login": everybody(200, _credentials),
    "POST /auth/refresh": everybody(200, _refresh),
    "POST /api/auth/refresh": everybody(200, _refresh),
    "POST /api/v1/learner/auth/refresh": everybody(200, _refresh),
    "POST /auth/logout": signed_in(200),
    "POST /api/auth/logout": signed_in(200),
    "POST /api/v1/learner/auth/logout": signed_in(200),
    "POST /auth/logout-all": signed_in(200),
    "POST /api/auth/logout-all": signed_in(200),
    "POST /api/v1/learner/auth/change-password": signed_in(200, _new_password),
    "POST /api/auth/mentor-register": everybody(201, _registration),
    # next-auth's handler, which asks nobody who they are but by its own cookie
    "GET /api/auth/providers": everybody(200),
    "GET /api/auth/csrf": everybody(200),
    "GET /api/auth/session": everybody(200),
    "POST /api/auth/session": everybody(400),
    "GET /api/auth/signin": everybody(302),
    "POST /api/auth/signin": everybody(302),
    "GET /api/auth/signin/credentials": everybody(302),
    "POST /api/auth/signin/credentials": everybody(302),
    "POST /api/auth/callback/credentials": everybody(200, {"json": True}),
    "GET /api/auth/signout": everybody(200),
    "POST /api/auth/signout": everybody(302),
    "GET /api/auth/error": everybody(302),
    "GET /api/auth/verify-request": everybody(302),
    "POST /api/auth/_log": everybody(200),
    "POST /api/auth/verify-email": everybody(400, {"token": "unknown"}),
    "POST /api/auth/verify-otp": everybody(400, EMAIL | {"otp": "123456"}),
    "POST /api/auth/resend-verification": everybody(200, EMAIL),
    "POST /api/auth/forgot-password": everybody(200, EMAIL),
    "POST /api/auth/reset-password": everybody(400, BAD_LINK),
    # Oneself
    "GET /auth/me": signed_in(200),
    "GET /api/auth/me": signed_in(200),
    "GET /users/me": signed_in(200),
    "PUT /auth/me": signed_in(200, {"first_name": "Ada"}),
    "PUT /api/auth/me": signed_in(200, {"first_name": "Ada"}),
}
