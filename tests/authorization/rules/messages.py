"""Messages: `student` and `host` write to each other; to everybody else there is nothing.

`message` is the student's, `received` and the file are the host's to the student; `friend` is the host, to whom anybody
may write.
"""

from typing import Any

from tests.authorization.matrix import Rule, signed_in
from tests.support.uploads import upload


def _to_friend(world: dict[str, Any]) -> dict[str, Any]:
    return {"recipient_id": world["friend"].pk, "message": "Hello!"}


def _to_receiver(world: dict[str, Any]) -> dict[str, Any]:
    return {"receiverId": world["friend"].pk, "message": "Hello!"}


def _with_file(world: dict[str, Any]) -> dict[str, Any]:
    return _to_friend(world) | {"file": upload(b"Notes", "notes.txt", "text/plain")}


def _recipient(world: dict[str, Any]) -> dict[str, Any]:
    return {"recipientId": world["friend"].pk}


NEW = {"message": "Changed"}
EMOJI = {"emoji": "👍"}
SAY = {"message": "I am two minutes late."}

RULES: dict[str, Rule] = {
    # Nobody writes to oneself.
    "POST /api/messages": signed_in(201, _to_friend, host=400),
    "POST /api/messages/with-attachment": signed_in(201, _with_file, host=400).as_multipart(),
    "POST /api/v1/learner/messages": signed_in(201, _to_receiver, host=400),
    "GET /api/messages/threads": signed_in(200),
    "GET /api/messages/threads/<id:pk>": signed_in(200, host=404),
    "PATCH /api/messages/threads/<id:pk>/read-all": signed_in(200, host=404),
    "GET /api/v1/learner/messages/<id:pk>": signed_in(200, host=404),
    "GET /api/messages/search": signed_in(400),  # for nothing
    "GET /api/messages/unread/count": signed_in(200),
    "GET /api/messages/settings": signed_in(200),
    "PUT /api/messages/settings": signed_in(200, {"read_receipts": False}),
    "GET /api/messages/blocks": signed_in(200),
    "GET /api/messages/users/<id:pk>": signed_in(200, host=400),
    "POST /api/messages/users/<id:pk>/block": signed_in(200, host=400),
    "DELETE /api/messages/users/<id:pk>/block": signed_in(200),
    "PATCH /api/messages/<id:pk>": signed_in(404, NEW, student=200, host=403),
    "DELETE /api/messages/<id:pk>": signed_in(404, student=204, host=403),
    "PATCH /api/messages/<id:pk>/read": signed_in(404, student=200, host=403),
    "POST /api/messages/<id:pk>/report": signed_in(404, {"reason": "An insult."}, student=201, host=409),
    "GET /api/messages/attachments/<id:pk>/download": signed_in(404, student=200, host=200, admin=200),
    "GET /api/v1/chat/conversations": signed_in(200),
    # There is one already between the student and the host.
    "POST /api/v1/chat/conversations": signed_in(201, _recipient, student=200, host=400),
    "GET /api/v1/chat/conversations/<id:pk>/messages": signed_in(404, student=200, host=200),
    "POST /api/v1/chat/conversations/<id:pk>/messages": signed_in(404, {"text": "Hello!"}, student=201, host=201),
    "PATCH /api/v1/chat/conversations/<id:pk>/read": signed_in(404, student=200, host=200),
    "GET /api/v1/chat/contacts": signed_in(200),
    "PATCH /api/v1/chat/messages/<id:pk>": signed_in(404, {"text": "Changed"}, student=200, host=403),
    "POST /api/v1/chat/messages/<id:pk>/react": signed_in(404, EMOJI, student=200, host=200),
    "DELETE /api/v1/chat/messages/<id:pk>/react": signed_in(404, EMOJI, student=200, host=200),
    "GET /api/v1/chat/sessions/<id:pk>/chat": signed_in(403, student=200, host=200),
    "POST /api/v1/chat/sessions/<id:pk>/chat": signed_in(403, SAY, student=201, host=201),
}
