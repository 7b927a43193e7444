"""Messages."""

from typing import Any

AVATAR = "https://peerlearn.example/api/avatars/default.png"
TEXT = "Hi! I'd like to book a session."
MESSAGE = {
    "id": 1,
    "sender_id": 42,
    "recipient_id": 10,
    "message": TEXT,
    "is_read": False,
    "created_at": "2025-01-24T10:30:00Z",
    # What the document has elsewhere, or not at all.
    "conversation_id": 3,
    "sender": {"id": 42, "name": "Jane Doe", "avatar": AVATAR},
    "booking_id": 123,
    "client_msg_id": None,
    "read_at": None,
    "delivered_at": None,
    "is_edited": False,
    "edited_at": None,
    "is_deleted": False,
    "deleted_at": None,
    "contact_hidden": False,
    "has_attachment": False,
    "attachment_count": 0,
    "attachments": [],
    "reactions": [],
}
RECEIVED = MESSAGE | {
    "message": "Hello!",
    "booking_id": None,
    "is_read": True,
    "read_at": "2025-01-24T09:05:00Z",
    "delivered_at": "2025-01-24T09:00:01Z",
    "created_at": "2025-01-24T09:00:00Z",
}
FILE = {
    "id": 7,
    "name": "homework.pdf",
    "media_type": "application/pdf",
    "size": 48213,
    "scan_state": "not_scanned",
    "download_url": "https://peerlearn.example/api/messages/attachments/7/download",
}
PERSON = {
    "id": 10,
    "first_name": "John",
    "last_name": "Tutor",
    "name": "John Tutor",
    "email": None,
    "role": "tutor",
    "avatar": AVATAR,
    "avatar_url": AVATAR,
}
THREAD = {
    "other_user_id": 10,
    "other_user_name": "John Tutor",
    "other_user_avatar": "https://peerlearn.example/api/avatars/default.png",
    "last_message": "See you tomorrow!",
    "last_message_at": "2025-01-24T10:30:00Z",
    "unread_count": 2,
    # What the client reads besides.
    "conversation_id": 3,
    "other_user_first_name": "John",
    "other_user_last_name": "Tutor",
    "other_user_email": None,
    "other_user_role": "tutor",
    "last_message_time": "2025-01-24T10:30:00Z",
    "last_message_has_attachment": False,
    "last_sender_id": 10,
}
BLOCKED = {"message": "User blocked", "user_id": 10, "is_blocked": True}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "POST /api/messages": {
        "request": {"recipient_id": 10, "message": TEXT, "booking_id": 123},
        201: MESSAGE,
    },
    "GET /api/messages/threads": {200: [THREAD]},
    "GET /api/messages/threads/{id}": {
        200: {
            "messages": [RECEIVED],
            "total": 45,
            "page": 1,
            "page_size": 50,
            "total_pages": 1,
            "has_more": False,
            "next_before": None,
        }
    },
    "PATCH /api/messages/threads/{id}/read-all": {200: {"message": "All messages marked as read", "updated": 2}},
    "GET /api/messages/search": {
        200: {
            "messages": [MESSAGE],
            "total": 1,
            "page": 1,
            "page_size": 20,
            "total_pages": 1,
            "pages": 1,
            "has_next": False,
            "has_prev": False,
        }
    },
    "POST /api/messages/with-attachment": {
        201: MESSAGE | {"has_attachment": True, "attachment_count": 1, "attachments": [FILE]}
    },
    "GET /api/messages/unread/count": {200: {"unread_count": 5, "total": 5, "by_sender": {"10": 3, "12": 2}}},
    "PATCH /api/messages/{id}": {
        "request": {"message": "Updated message content"},
        200: MESSAGE | {"message": "Updated message content", "is_edited": True, "edited_at": "2025-01-24T10:32:00Z"},
    },
    "PATCH /api/messages/{id}/read": {200: RECEIVED},
    "POST /api/messages/{id}/report": {
        "request": {"reason": "An insult."},
        201: {"message": "Message reported", "id": 4, "message_id": 1, "state": "open"},
    },
    "GET /api/messages/users/{id}": {200: PERSON},
    "POST /api/messages/users/{id}/block": {200: BLOCKED},
    "DELETE /api/messages/users/{id}/block": {200: BLOCKED | {"message": "User unblocked", "is_blocked": False}},
    "GET /api/messages/blocks": {200: [PERSON | {"blocked_at": "2025-01-24T10:30:00Z"}]},
    "GET /api/messages/settings": {200: {"read_receipts": True}},
    "PUT /api/messages/settings": {"request": {"read_receipts": False}, 200: {"read_receipts": False}},
}
