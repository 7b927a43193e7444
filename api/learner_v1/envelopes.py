"""What the examples of the learner_v1 contract share."""

from typing import Any

AVATAR = "https://peerlearn.example/api/avatars/default.png"
NUMBERS = {"page": 1, "limit": 10, "total": 1}


def data(body: Any) -> dict[str, Any]:
    return {"status": "success", "data": body}


def page(*items: Any, limit: int = 10) -> dict[str, Any]:
    numbers = NUMBERS | {"limit": limit}
    return data(list(items)) | {"metadata": numbers, "pagination": numbers}
