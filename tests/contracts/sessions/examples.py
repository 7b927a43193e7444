"""The sessions document's own example bodies, word for word."""

JOHN = {"id": 1, "first_name": "John", "last_name": "Doe", "email": "john@example.com", "role": "instructor"}
ALICE = {"id": 2, "first_name": "Alice", "last_name": "Smith", "email": "alice@example.com", "role": "student"}
BOB = {"id": 3, "first_name": "Bob", "last_name": "Johnson", "email": "bob@example.com", "role": "student"}

SESSION = {
    "id": 1,
    "title": "Advanced JavaScript Concepts",
    "description": "Deep dive into closures, promises, and async/await patterns",
    "date": "2024-01-15T14:00:00Z",
    "max_participants": 8,
    "creator": JOHN,
    "status": "upcoming",
    "created_at": "2024-01-05T09:00:00Z",
    "updated_at": "2024-01-05T09:00:00Z",
}
OPEN = {"is_full": False, "available_spots": 5, "can_join": True}

ALICES_SEAT = {"id": 1, "user": ALICE, "joined_at": "2024-01-10T10:00:00Z", "role": "student"}
BOBS_SEAT = {"id": 2, "user": BOB, "joined_at": "2024-01-11T14:30:00Z", "role": "student"}

LIST = {"count": 1, "next": None, "previous": None, "results": [SESSION | OPEN | {"participant_count": 3}]}
DETAIL = SESSION | {"participants": [ALICES_SEAT], "is_full": False, "available_spots": 7, "can_join": True}

CREATE_REQUEST = {
    "title": "React Hooks Workshop",
    "description": "Learn useState, useEffect, and custom hooks",
    "date": "2024-01-20T16:00:00Z",
    "max_participants": 6,
}
CREATED = CREATE_REQUEST | {
    "creator": {"id": 1, "first_name": "Current", "last_name": "User", "email": "current@example.com"}
    | {"role": "instructor"},
    "participants": [],
    "status": "upcoming",
    "created_at": "2024-01-12T10:00:00Z",
    "updated_at": "2024-01-12T10:00:00Z",
    "is_full": False,
    "available_spots": 6,
    "can_join": True,
}
UPDATE_REQUEST = {
    "title": "Updated React Hooks Workshop",
    "description": "Updated description with more details",
    "date": "2024-01-25T16:00:00Z",
    "max_participants": 8,
}

CURRENT = {"id": 3, "first_name": "Current", "last_name": "User", "email": "current@example.com", "role": "student"}
JOINED = {
    "message": "Successfully joined the session",
    "session": {key: value for key, value in SESSION.items() if key != "updated_at"}
    | {
        "participants": [
            ALICES_SEAT,
            {"user": CURRENT, "joined_at": "2024-01-12T15:30:00Z", "role": "student"},
        ],
        "is_full": False,
        "available_spots": 6,
        "can_join": True,
    },
}

# The document shows these with nobody in the session.
EMPTY = {"participants": [], "is_full": False, "available_spots": 8, "can_join": False}
CANCELLED = {
    "message": "Session cancelled successfully",
    "session": SESSION | EMPTY | {"status": "cancelled", "updated_at": "2024-01-12T16:00:00Z"},
}
STARTED = {
    "message": "Session started successfully",
    "session": SESSION | EMPTY | {"status": "ongoing", "updated_at": "2024-01-15T14:00:00Z"},
}
COMPLETED = {
    "message": "Session completed successfully",
    "session": SESSION | EMPTY | {"status": "completed", "updated_at": "2024-01-15T16:00:00Z"},
}
