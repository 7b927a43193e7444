"""Examples of signing in."""

from typing import Any

from api.mentor.examples.shared import VERIFIED

NEW_ACCOUNT = {"email": "ada@example.com", "password": "password123", "name": "Ada Lovelace", "role": "student"}
USER = {
    "id": 42,
    "email": "ada@example.com",
    "role": "student",
    "name": "Ada Lovelace",
    "is_active": True,
    "is_verified": False,
    "first_name": "Ada",
    "last_name": "Lovelace",
    "phone": "",
    "avatar_url": "https://peerlearn.example/api/avatars/default.png",
    "currency": "USD",
    "timezone": "UTC",
    "created_at": "2026-01-31T14:00:00Z",
    "updated_at": "2026-01-31T14:00:00Z",
}
ADDRESS = {"email": "ada@example.com"}
TOKEN = "3q2-7wAAAABqk1Xo9Rj0vQ"  # nosec B105
_SITE = "https://learn.example"
CSRF_TOKEN = "5f0c4c9f2f0a4d53b7c1e6a8d9b0f3e1c2d4a6b8e0f1a3c5d7e9b1a2c3d4e5f6"  # nosec B105
WHERE_TO = {"url": f"{_SITE}/dashboard"}
FORM = {"csrfToken": CSRF_TOKEN, "callbackUrl": "/dashboard", "json": True}
SESSION = {
    "user": {
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "image": None,
        "id": 42,
        "roles": ["MENTOR"],
        "isVerified": True,
        "onboardingCompleted": False,
        "mentorVerificationStatus": "DOCUMENTS_UNDER_REVIEW",
    },
    "expires": "2026-02-01T14:00:00Z",
}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/auth/providers": {
        200: {
            "credentials": {
                "id": "credentials",
                "name": "credentials",
                "type": "credentials",
                "signinUrl": f"{_SITE}/api/auth/signin/credentials",
                "callbackUrl": f"{_SITE}/api/auth/callback/credentials",
            }
        }
    },
    "GET /api/auth/csrf": {200: {"csrfToken": CSRF_TOKEN}},
    "GET /api/auth/session": {200: SESSION},
    "POST /api/auth/session": {"request": {"csrfToken": CSRF_TOKEN, "data": {}}, 200: SESSION},
    "POST /api/auth/signin": {"request": FORM, 200: {"url": f"{_SITE}/api/auth/signin?csrf=true"}},
    "POST /api/auth/signin/credentials": {"request": FORM, 200: {"url": f"{_SITE}/api/auth/signin"}},
    "POST /api/auth/callback/credentials": {
        "request": FORM | {"email": "ada@example.com", "password": "password123"},
        200: WHERE_TO,
    },
    "POST /api/auth/signout": {"request": FORM, 200: WHERE_TO},
    "POST /api/auth/mentor-register": {
        "request": {name: value for name, value in NEW_ACCOUNT.items() if name != "role"},
        201: VERIFIED["user"]
        | {"role": "MENTOR", "isVerified": False, "message": "Account created. Check your e-mail.", "userId": 42},
    },
    "POST /api/auth/register": {
        "request": NEW_ACCOUNT,
        201: USER | {"message": "Account created. Check your e-mail.", "userId": 42},
    },
    "POST /api/auth/verify-email": {"request": {"token": TOKEN}, 200: VERIFIED},
    "POST /api/auth/verify-otp": {"request": ADDRESS | {"otp": "123456"}, 200: VERIFIED},
    "POST /api/auth/resend-verification": {
        "request": ADDRESS,
        200: {"message": "If the address needs it, a new message is on its way"},
    },
    "POST /api/auth/forgot-password": {
        "request": ADDRESS,
        200: {"message": "If the address is known, a message is on its way"},
    },
    "POST /api/auth/reset-password": {
        "request": {"token": TOKEN, "password": "correct-horse"},
        200: {"message": "Password changed"},
    },
}
