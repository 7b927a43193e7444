"""Signing in, oneself, health."""

from typing import Any

USER = {
    "id": 42,
    "email": "student@example.com",
    "role": "student",
    "is_active": True,
    "is_verified": False,
    "first_name": "John",
    "last_name": "Doe",
    "avatar_url": "https://api.valsa.solutions/api/avatars/default.png",
    "currency": "USD",
    "timezone": "UTC",
    "created_at": "2025-01-24T10:30:00.000Z",
    "updated_at": "2025-01-24T10:30:00.000Z",
    # What the document has elsewhere, or not at all.
    "name": "John Doe",
    "phone": "",
}
ME = USER | {"phone": "+1234567890", "timezone": "America/New_York", "is_verified": True}
CREDENTIALS = {"email": "student@example.com", "password": "password123"}
LOGIN_FORM = {"username": "student@example.com", "password": "password123"}
NEW_ACCOUNT = CREDENTIALS | {"first_name": "John", "last_name": "Doe", "role": "student"}
ACCESS = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."
REFRESH = "eyJhbGciOiJIUzI1NiIsInR5cCI6InJlZnJlc2gifQ..."
TOKENS = {
    "access_token": ACCESS,
    "token_type": "bearer",
    "user": USER,
    "token": ACCESS,
    "refresh_token": REFRESH,
    "expires_in": 3600,
}
CHANGES = {"first_name": "John", "last_name": "Smith", "phone": "+1234567890", "timezone": "America/New_York"}
HEALTHY = {"status": "healthy", "timestamp": "2025-01-24T10:30:00.000Z", "database": "connected"}
UNHEALTHY = {
    "status": "unhealthy",
    "timestamp": "2025-01-24T10:30:00.000Z",
    "database": "disconnected",
    "error": "Connection timeout",
}

WRONG_COUNT = {
    "check": "sessions.seats",
    "message": "It should be that sessions count the people who have a seat, are offered one and wait.",
    "count": 1,
    "can_repair": True,
    "repaired": 1,
    "remaining": 0,
    "examples": [
        {
            "object": "sessions_app.tutoringsession:12",
            "message": "sessions_app.tutoringsession:12 has seats_taken 3; the rows behind it say 2.",
        }
    ],
}
INTEGRITY = {
    "status": "healthy",
    "report": {
        "health_status": "healthy",
        "total_users": 1000,
        "role_counts": {"student": 800, "tutor": 150, "admin": 50},
        "issues": [WRONG_COUNT],
        "timestamp": "2025-01-24T10:30:00Z",
    },
}

_REFRESH = {"request": {"refresh_token": REFRESH}, 200: TOKENS}
_LOGOUT = {"request": {"refresh_token": REFRESH}, 200: {"message": "Signed out"}}
_LOGOUT_ALL = {200: {"message": "Signed out everywhere"}}
_CHANGE_ME = {"request": CHANGES, 200: ME | CHANGES | {"name": "John Smith"}}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "POST /auth/register": {"request": NEW_ACCOUNT, 201: USER},
    "POST /auth/login": {"request": CREDENTIALS, "form": LOGIN_FORM, 200: TOKENS},
    "POST /auth/refresh": _REFRESH,
    "POST /api/auth/refresh": _REFRESH,
    "POST /auth/logout": _LOGOUT,
    "POST /api/auth/logout": _LOGOUT,
    "POST /auth/logout-all": _LOGOUT_ALL,
    "POST /api/auth/logout-all": _LOGOUT_ALL,
    "GET /auth/me": {200: ME},
    "GET /api/auth/me": {200: ME},
    "GET /users/me": {200: ME},
    "PUT /auth/me": _CHANGE_ME,
    "PUT /api/auth/me": _CHANGE_ME,
    "GET /health": {200: HEALTHY, 503: UNHEALTHY},
    "GET /api/health/integrity": {200: INTEGRITY},
}
