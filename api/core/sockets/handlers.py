"""What each frame of a client does. Receipts and `message_send` call the services that HTTP calls; the rest writes
nothing. Whose a message or conversation is, the services look up: ids in frames are never believed.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.models import User
from api.core.sockets.frames import Said, id_of
from api.core.sockets.limits import Rhythm
from common.errors import Invalid
from messaging import services
from messaging.models import Message
from messaging.services import events, signals
from notifications import live

MOST_ASKED_FOR = 1000


class Socket(Protocol):
    """What a handler needs of the socket on which something was said."""

    typing: Rhythm

    @property
    def me(self) -> User: ...
    async def tell(self, frame: dict[str, Any]) -> None: ...
    async def resume(self, since: int) -> None: ...


async def ping(socket: Socket, said: Said) -> None:
    await socket.tell({"type": "pong"})


async def auth(socket: Socket, said: Said) -> None:
    """Signed in already: nothing to do."""


async def resume(socket: Socket, said: Said) -> None:
    since = said.data.get("since")
    if type(since) is not int or not 0 <= since < 2**63:
        raise Invalid("resume needs since, the number of the last event that you have.")
    await socket.resume(since)


async def message_delivered(socket: Socket, said: Said) -> None:
    await _receipt(services.mark_delivered, socket, said)


async def message_read(socket: Socket, said: Said) -> None:
    await _receipt(services.mark_read, socket, said)


async def conversation_read(socket: Socket, said: Said) -> None:
    await database_sync_to_async(services.mark_conversation_read)(said.id("conversation_id"), user=socket.me)


async def message_send(socket: Socket, said: Said) -> None:
    """The answer is the sender's own event `message_sent`. Who repeats a message has had it: it is told again."""
    conversation_id, text = said.id("conversation_id"), said.text("text")
    client_id = said.text("temp_id") if said.data.get("temp_id") is not None else None
    began = timezone.now()
    message = await database_sync_to_async(services.send_in)(
        conversation_id, sender=socket.me, text=text, client_msg_id=client_id
    )
    if message.created_at < began:
        await socket.tell(events.message_sent_frame(message))


async def typing(socket: Socket, said: Said) -> None:
    """Passed on to one with whom there is a conversation and no block; to nobody else, and without a word of it."""
    name = "recipient_id" if said.data.get("recipient_id") is not None else "conversation_id"
    thing = said.id(name)
    if not socket.typing.allows((name, thing)):
        return
    find = signals.pair_with if name == "recipient_id" else signals.pair_in
    pair = await database_sync_to_async(find)(thing, user=socket.me)
    if pair:
        frame = {"type": "typing", "user_id": socket.me.pk, "user_email": socket.me.email}
        await live.signal([pair.other_id], frame | {"conversation_id": pair.conversation_id})


async def presence_check(socket: Socket, said: Said) -> None:
    """Everybody else than one's contacts is offline, whether they exist or not."""
    asked = said.data.get("user_ids")
    if not isinstance(asked, list) or len(asked) > MOST_ASKED_FOR:
        raise Invalid(f"user_ids must be a list of at most {MOST_ASKED_FOR} ids.")
    ids = [id_of(value) for value in asked]
    known = dict.fromkeys(value for value in ids if value is not None)
    if None in ids:
        raise Invalid("user_ids must be a list of ids.")
    online = await database_sync_to_async(signals.online_among)(set(known), user=socket.me, now=timezone.now())
    await socket.tell(
        {
            "type": "presence_status",
            "online_users": [value for value in known if value in online],
            "offline_users": [value for value in known if value not in online],
        }
    )


HANDLERS: dict[str, Callable[[Socket, Said], Awaitable[None]]] = {
    handler.__name__: handler
    for handler in (
        *(ping, auth, resume, typing, presence_check),
        *(message_delivered, message_read, conversation_read, message_send),
    )
}


async def _receipt(mark: Callable[..., Message], socket: Socket, said: Said) -> None:
    message_id, sender_id = said.id("message_id"), said.optional_id("sender_id")
    await database_sync_to_async(signals.mark_of)(mark, message_id, sender_id=sender_id, user=socket.me)
