"""`/ws` of the learner_v1 client: frames `{event, data}`, with `seq` beside them where the event is numbered."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from accounts.models import User
from accounts.presenters.avatars import avatar_url
from api.core.sockets.consumers import StreamSocket
from api.core.sockets.frames import EVERYWHERE, Frames, Said, parse
from api.learner_v1.dialect import LearnerV1
from notifications import live

SPEECH = LearnerV1()
Frame = Mapping[str, Any]


class LearnerFrames(Frames):
    understands = EVERYWHERE | {
        "message:send": "message_send",
        "message:read": "conversation_read",
        "user:typing": "typing",
    }
    tells_presence = True

    def read(self, text: str | None) -> Said | None:
        """Flat frames are understood too: a first frame `{type: "auth", token}` is, on every route."""
        frame = parse(text)
        if frame is None:
            return None
        if "event" not in frame:
            return self.said(frame.get("type"), frame)
        data = frame.get("data")
        return self.said(frame["event"], data if isinstance(data, dict) else {}, frame.get("_ack_id"))

    def write(self, frame: Frame, me: User) -> str | None:
        event, data = self._event(frame, me)
        return live.encode({"event": event, "data": SPEECH.names(data)})

    def rewrite(self, text: str, me: User) -> str:
        frame = orjson.loads(text)
        seq = frame.pop("seq")
        event, data = self._event(frame, me)
        return live.encode({"event": event, "data": SPEECH.names(data), "seq": seq})

    def _event(self, frame: Frame, me: User) -> tuple[str, dict[str, Any]]:
        """Types that this client has no name for get one in its manner: `booking_update` is `booking:update`."""
        kind = frame["type"]
        name, shape = EVENTS.get(kind, (kind.replace("_", ":", 1), _as_it_is))
        return name, shape(frame, me)


class LearnerSocket(StreamSocket):
    frames = LearnerFrames()


def _as_it_is(frame: Frame, me: User) -> dict[str, Any]:
    return {name: value for name, value in frame.items() if name != "type"}


def _new_message(frame: Frame, me: User) -> dict[str, Any]:
    sender = {"id": frame["sender_id"], "name": frame["sender_name"], "avatar": frame["sender_avatar"]}
    return {"conversation_id": frame["conversation_id"], "message": _message(frame, sender)}


def _message_sent(frame: Frame, me: User) -> dict[str, Any]:
    sender = {"id": me.pk, "name": me.display_name, "avatar": avatar_url(me.avatar.name or "")}
    temp_id = {"temp_id": frame["client_msg_id"]}
    return {"conversation_id": frame["conversation_id"], "message": _message(frame, sender)} | temp_id


def _message(frame: Frame, sender: dict[str, Any]) -> dict[str, Any]:
    """As the chat's lists have it; files are fetched with the message."""
    return {
        "id": frame["message_id"],
        "conversation_id": frame["conversation_id"],
        "sender": sender,
        "text": frame["message"],
        "read": False,
        "edited": False,
        "deleted": False,
        "client_msg_id": frame.get("client_msg_id"),
        "attachment_count": frame["attachment_count"],
        "reactions": [],
        "created_at": frame["created_at"],
    }


def _edited(frame: Frame, me: User) -> dict[str, Any]:
    message = {"id": frame["message_id"], "text": frame["new_content"], "edited": True}
    return _as_it_is(frame, me) | {"text": frame["new_content"], "message": message}


def _deleted(frame: Frame, me: User) -> dict[str, Any]:
    return _as_it_is(frame, me) | {"deleted_by": str(frame["deleted_by"])}


def _conversation(frame: Frame, me: User) -> dict[str, Any]:
    """The whole conversation, as the list of them has it: both people, oneself first."""
    myself = {"id": me.pk, "name": me.display_name, "email": me.email, "role": me.role}
    return {
        "id": frame["conversation_id"],
        "participants": [
            myself | {"avatar": avatar_url(me.avatar.name or "")},
            {"email": None} | frame["other_user"],
        ],
        "last_message": None,
        "last_message_at": None,
        "unread": 0,
        "created_at": frame["created_at"],
    }


def _notification(frame: Frame, me: User) -> dict[str, Any]:
    return {
        "id": frame["notification_id"],
        "type": frame["notification_type"],
        "title": frame["title"],
        "message": frame["message"],
        "link": frame["link"],
        "data": frame["data"],
        "read": frame["is_read"],
        "created_at": frame["created_at"],
    }


def _notification_read(frame: Frame, me: User) -> dict[str, Any]:
    ids = [str(pk) for pk in frame["notification_ids"]]
    return {"ids": ids, "all": frame["all"]} | ({"id": ids[0]} if len(ids) == 1 else {})


# What a canonical type is called here, and how its data look.
EVENTS: dict[str, tuple[str, Callable[[Frame, User], dict[str, Any]]]] = {
    "new_message": ("message:new", _new_message),
    "message_sent": ("message:sent", _message_sent),
    "delivery_receipt": ("message:delivered", _as_it_is),
    "thread_read": ("message:read", _as_it_is),
    "message_edited": ("message:edited", _edited),
    "message_deleted": ("message:deleted", _deleted),
    "conversation_new": ("conversation:new", _conversation),
    "notification": ("notification:new", _notification),
    "notification_read": ("notification:read", _notification_read),
    "typing": ("user:typing", lambda frame, me: {name: frame[name] for name in ("conversation_id", "user_id")}),
    "token_expired": ("token_expired", _as_it_is),
}
