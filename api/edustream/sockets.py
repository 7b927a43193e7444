"""`/ws/{user_id}` of the edustream document, and `/ws/messages` of its client: flat `{type, ...}` frames."""

from api.core.sockets.consumers import StreamSocket
from api.core.sockets.frames import EVERYWHERE, Frames


class EduStreamFrames(Frames):
    understands = EVERYWHERE | {
        name: name for name in ("typing", "message_delivered", "message_read", "presence_check")
    }


class EduStreamSocket(StreamSocket):
    frames = EduStreamFrames()
