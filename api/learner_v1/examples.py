"""Examples of the learner_v1 contract; its document names the fields only."""

from typing import Any

from api.learner_v1 import client_examples as client
from api.learner_v1 import course_examples as courses
from api.learner_v1 import progress_examples as progress
from api.learner_v1 import seat_examples as seats
from api.learner_v1.envelopes import AVATAR, NUMBERS, data, page

ACCESS = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."
REFRESH = "eyJhbGciOiJIUzI1NiIsInR5cCI6InJlZnJlc2gifQ..."
USER = {
    "_id": "7",
    "id": "7",
    "email": "grace@example.com",
    "role": "student",
    "name": "Grace Hopper",
    "isActive": True,
    "isVerified": False,
    "firstName": "Grace",
    "lastName": "Hopper",
    "phone": "",
    "avatarUrl": "https://peerlearn.example/api/avatars/default.png",
    "currency": "USD",
    "timezone": "UTC",
    "createdAt": "2026-01-31T14:00:00Z",
    "updatedAt": "2026-01-31T14:00:00Z",
}
ADA = {"_id": "12", "id": "12", "email": "ada@example.com", "role": "tutor", "name": "Ada Lovelace"}
TUTOR = USER | ADA | {"firstName": "Ada", "lastName": "Lovelace"}
TOKENS = {
    "token": ACCESS,
    "accessToken": ACCESS,
    "refreshToken": REFRESH,
    "tokenType": "bearer",
    "expiresIn": 3600,
}


def signed_in(user: dict[str, Any] = USER, **more: Any) -> dict[str, Any]:
    person = {name: user[name] for name in ("_id", "id", "name", "email", "role")}
    return {"status": "success", "token": ACCESS, "user": user, "data": person | more | TOKENS | {"user": user}}


SENDER = {"_id": "7", "id": "7", "name": "Grace Hopper", "avatar": AVATAR}
TEXT = "Shall we meet before the exam?"
MESSAGE: dict[str, Any] = {
    "_id": "1",
    "id": "1",
    "conversationId": "3",
    "senderId": "7",
    "recipientId": "12",
    "sender": SENDER,
    "bookingId": None,
    "clientMsgId": "tmp-1",
    "message": TEXT,
    "isRead": False,
    "readAt": None,
    "deliveredAt": None,
    "isEdited": False,
    "editedAt": None,
    "isDeleted": False,
    "deletedAt": None,
    "contactHidden": False,
    "hasAttachment": False,
    "attachmentCount": 0,
    "attachments": [],
    "reactions": [],
    "createdAt": "2026-01-31T14:00:00Z",
    "receiverId": "12",
}
CHAT = {
    "_id": "1",
    "id": "1",
    "conversationId": "3",
    "sender": SENDER,
    "text": TEXT,
    "read": False,
    "edited": False,
    "deleted": False,
    "clientMsgId": "tmp-1",
    "attachments": [],
    "reactions": [],
    "createdAt": "2026-01-31T14:00:00Z",
}
REACTED = CHAT | {"reactions": [{"emoji": "👍", "userIds": ["12"]}]}
OTHER = {"_id": "12", "id": "12", "name": "Alan Turing", "email": None, "role": "student", "avatar": AVATAR}
CONVERSATION = {
    "_id": "3",
    "id": "3",
    "participants": [{**SENDER, "email": "grace@example.com", "role": "student"}, OTHER],
    "lastMessage": TEXT,
    "lastMessageAt": "2026-01-31T14:00:00Z",
    "unread": 0,
    "createdAt": "2026-01-30T09:00:00Z",
}
CONTACT = OTHER | {"firstName": "Alan", "lastName": "Turing", "avatarUrl": AVATAR}
SAID = {
    "_id": "9",
    "id": "9",
    "sessionId": "5",
    "sender": SENDER,
    "message": "I am two minutes late.",
    "text": "I am two minutes late.",
    "createdAt": "2026-01-31T14:00:00Z",
}
NOTIFICATION = {
    "_id": "1",
    "id": "1",
    "type": "booking_confirmed",
    "title": "Booking Confirmed",
    "message": "Your session with John Tutor is confirmed",
    "link": "/bookings/123",
    "data": {"bookingId": "123"},
    "isRead": False,
    "read": False,
    "createdAt": "2026-01-31T14:00:00Z",
}

_HERE: dict[str, dict[Any, Any]] = {
    "GET /api/v1/notifications": {
        200: {"status": "success", "data": [NOTIFICATION], "metadata": NUMBERS, "pagination": NUMBERS}
    },
    "DELETE /api/v1/notifications": {
        200: {"status": "success", "data": {"message": "All notifications deleted", "deleted": 1}}
    },
    "GET /api/v1/notifications/unread-count": {200: {"status": "success", "data": {"count": 1, "unreadCount": 1}}},
    "PATCH /api/v1/notifications/read-all": {
        200: {"status": "success", "data": {"message": "All notifications marked as read", "updated": 1}}
    },
    "PATCH /api/v1/notifications/{id}/read": {
        200: {"status": "success", "data": NOTIFICATION | {"isRead": True, "read": True}}
    },
    "POST /api/v1/learner/auth/register": {
        "request": {
            "name": "Grace Hopper",
            "email": "grace@example.com",
            "password": "Compiler#1952",
            "interests": ["compilers", "ships"],
        },
        201: signed_in(),
    },
    "POST /api/v1/learner/auth/login": {
        "request": {"email": "grace@example.com", "password": "Compiler#1952"},
        "form": {"username": "grace@example.com", "password": "Compiler#1952"},
        200: signed_in(),
    },
    "POST /api/v1/learner/auth/refresh": {"request": {"refreshToken": REFRESH}, 200: signed_in()},
    "POST /api/v1/learner/auth/logout": {
        "request": {"refreshToken": REFRESH},
        200: {"status": "success", "data": {"message": "Signed out"}},
    },
    "POST /api/v1/learner/auth/change-password": {
        "request": {"currentPassword": "Compiler#1952", "newPassword": "Nanosecond!30cm"},
        200: signed_in(message="Password changed"),
    },
    "POST /api/v1/tutor/auth/register": {
        "request": {
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "password": "Engine#1843",
            "bio": "I teach numbers and engines.",
            "subjects": ["Physics", "Needlework"],
            "hourlyRate": 45,
        },
        201: signed_in(TUTOR, unknownSubjects=["Needlework"]),
    },
    "POST /api/v1/tutor/auth/login": {
        "request": {"email": "ada@example.com", "password": "Engine#1843"},
        "form": {"username": "ada@example.com", "password": "Engine#1843"},
        200: signed_in(TUTOR),
    },
    "POST /api/v1/tutor/auth/refresh": {"request": {"refreshToken": REFRESH}, 200: signed_in(TUTOR)},
    "POST /api/v1/tutor/auth/logout": {
        "request": {"refreshToken": REFRESH},
        200: {"status": "success", "data": {"message": "Signed out"}},
    },
    "POST /api/v1/tutor/auth/change-password": {
        "request": {"currentPassword": "Engine#1843", "newPassword": "Poetical!1843"},
        200: signed_in(TUTOR, message="Password changed"),
    },
    "POST /api/v1/learner/messages": {
        "request": {"receiverId": 12, "message": TEXT, "clientMsgId": "tmp-1"},
        201: data(MESSAGE),
    },
    "GET /api/v1/learner/messages/{id}": {200: page(MESSAGE)},
    "GET /api/v1/chat/conversations": {200: page(CONVERSATION, limit=50)},
    "POST /api/v1/chat/conversations": {
        "request": {"recipientId": 12},
        200: data(CONVERSATION),
        201: data(CONVERSATION | {"lastMessage": None, "lastMessageAt": None}),
    },
    "GET /api/v1/chat/conversations/{id}/messages": {
        200: data(
            {
                "messages": [CHAT],
                "total": 1,
                "page": 1,
                "pageSize": 50,
                "totalPages": 1,
                "hasMore": False,
                "nextBefore": None,
            }
        )
    },
    "POST /api/v1/chat/conversations/{id}/messages": {
        "request": {"text": TEXT, "clientMsgId": "tmp-1"},
        201: data(CHAT),
    },
    "PATCH /api/v1/chat/conversations/{id}/read": {200: data({"message": "Conversation marked as read", "updated": 2})},
    "GET /api/v1/chat/contacts": {200: page(CONTACT, limit=50)},
    "PATCH /api/v1/chat/messages/{id}": {
        "request": {"text": "Shall we meet after the exam?"},
        200: data(CHAT | {"text": "Shall we meet after the exam?", "edited": True}),
    },
    "POST /api/v1/chat/messages/{id}/react": {"request": {"emoji": "👍"}, 200: data(REACTED)},
    "DELETE /api/v1/chat/messages/{id}/react": {200: data(CHAT)},
    "GET /api/v1/chat/sessions/{id}/chat": {200: data({"messages": [SAID], "pagination": NUMBERS | {"limit": 50}})},
    "POST /api/v1/chat/sessions/{id}/chat": {"request": {"message": "I am two minutes late."}, 201: data(SAID)},
}

EXAMPLES = _HERE | client.EXAMPLES | courses.EXAMPLES | progress.EXAMPLES | seats.EXAMPLES
