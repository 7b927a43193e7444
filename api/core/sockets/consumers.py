"""The sockets: they carry one user's stream, and what clients say."""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.errors import TokenExpired, TokenInvalid
from accounts.models import User
from accounts.services.tokens import user_of_access_token, user_of_claims
from accounts.tokens import Claims
from api.core.sockets import codes, handshake, presence
from api.core.sockets.delivery import DATABASE_AWAY, DeliveringSocket
from api.core.sockets.frames import Said, UnknownType
from api.core.sockets.handlers import HANDLERS
from api.core.sockets.limits import TYPING_EVERY, FloodGate, Rhythm
from common.errors import DomainError
from notifications import live
from notifications.hub import hub
from notifications.services import stream

AUTH_WITHIN = 10.0
# How often a socket looks whether its sign-in still stands and whether it has missed an event; and how often while
# Redis is away.
CHECK_EVERY = 30.0
CHECK_WHILE_DEAF = 2.0


class UnknownPath(AsyncWebsocketConsumer):
    """Any other path: told so by a close code, for the same reason as below."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(code=codes.UNKNOWN_PATH)


class StreamSocket(DeliveringSocket):
    """One user's events, as a contract's `frames`.

    The token comes in the query, in the `token` cookie or in a first frame `auth` with `token`. The handshake is always
    accepted: a refused one looks like a network fault, and clients would retry for ever.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claims: Claims | None = None
        self.listening = False
        self.watch: asyncio.Task[None] | None = None
        self.flood_gate = FloodGate()
        self.typing = Rhythm(TYPING_EVERY)

    async def connect(self) -> None:
        live.register_socket_loop()
        await self.accept()
        if not handshake.is_origin_allowed(self.scope):
            await self.close(code=codes.NOT_YOURS)
            return
        token = handshake.token_of(self.scope)
        if token:
            await self._sign_in(token, handshake.since_of(self.scope))
        else:
            self.watch = asyncio.create_task(self._wait_for_auth())

    async def disconnect(self, code: int) -> None:
        if self.watch:
            self.watch.cancel()
        self._stop_delivering()
        if self.user:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(live.PUSH_TIMEOUT):
                    await hub().leave(self.user.pk, self)
            await presence.note_gone(self.user.pk)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        code = self.flood_gate.refuses(text_data, bytes_data)
        if code:
            await self.close(code=code)
            return
        said = self.frames.read(text_data)
        if self.user is None:
            await self._first_frame(said)
        elif said is None:
            await self._refuse("MALFORMED_REQUEST", "Send JSON objects with a type.")
        else:
            await self._answer(said)

    # --- signing in -----------------------------------------------------------------------------------------------

    async def _wait_for_auth(self) -> None:
        await asyncio.sleep(AUTH_WITHIN)
        if self.user is None:
            await self.close(code=codes.NO_AUTH_FRAME)

    async def _first_frame(self, said: Said | None) -> None:
        token = said.data.get("token") if said and said.kind == "auth" else None
        if not said or not isinstance(token, str):
            await self.close(code=codes.BAD_CREDENTIALS)
            return
        if self.watch:
            self.watch.cancel()
        since = said.data.get("since")
        await self._sign_in(token, since if type(since) is int and 0 <= since < 2**63 else None)

    async def _sign_in(self, token: str, since: int | None) -> None:
        try:
            user, self.claims = await database_sync_to_async(user_of_access_token)(token)
            if int(self.scope["url_route"]["kwargs"].get("user_id", user.pk)) != user.pk:
                await self.close(code=codes.NOT_YOURS)
                return
            self.user = user
            await self._listen()
            self._begin_at(await database_sync_to_async(stream.last_seq)(user.pk))
            await self._greet(user)
            self.is_greeted = True
            if since is not None:
                await self.resume(since)
        except TokenInvalid:
            await self.close(code=codes.BAD_CREDENTIALS)
        except DATABASE_AWAY:
            await self.close(code=codes.TRY_LATER)
        else:
            self._soon(self._hold())
            self.watch = asyncio.create_task(self._watch())

    async def _greet(self, user: User) -> None:
        arrived = await presence.note_here(user.pk)
        hello = {"type": "connection", "status": "connected", "user_id": user.pk, "email": user.email}
        await self.tell(hello | {"role": user.role, "seq": self.sent_seq})
        if arrived:
            await presence.tell_contacts(user.pk, "user_online")
        if self.frames.tells_presence:
            for contact in await presence.contacts_online(user.pk):
                await self.tell({"type": "user_online", "user_id": contact})

    # --- what clients say -----------------------------------------------------------------------------------------

    async def _answer(self, said: Said) -> None:
        """A mistake of the client's is told; the socket stays open."""
        try:
            if said.kind != "resume":
                await self._end_holding()
            if not said.kind:
                raise UnknownType
            await HANDLERS[said.kind](self, said)
        except DomainError as error:
            await self._refuse(error.code, error.message, said.data.get("temp_id"))
        except DATABASE_AWAY:
            # Not acknowledged: the client sends it again.
            await self._refuse(
                "UNAVAILABLE", "This is not possible at the moment. Try again.", said.data.get("temp_id")
            )
            return
        if said.ack_id is not None:
            await self.tell({"type": "ack", "message_id": said.ack_id})

    async def _refuse(self, code: str, message: str, temp_id: Any = None) -> None:
        frame = {"type": "error", "code": code, "message": message}
        await self.tell(frame | ({"temp_id": temp_id} if isinstance(temp_id, str) else {}))

    # --- as long as it lives --------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        try:
            async with asyncio.timeout(live.PUSH_TIMEOUT):
                await hub().join(self.me.pk, self)
            self.listening = True
        except Exception:  # noqa: BLE001 - Redis is away: `_watch` tries again, and looks into the stream meanwhile
            self.listening = False

    async def _watch(self) -> None:
        """End the socket when its sign-in ends, and heal what a lost push or a dead Redis left out."""
        while True:
            await asyncio.sleep(CHECK_EVERY if self.listening else CHECK_WHILE_DEAF)
            try:
                if not await self._still_signed_in():
                    return
                if not self.listening:
                    await self._listen()
                if await presence.note_here(self.me.pk):
                    await presence.tell_contacts(self.me.pk, "user_online")
                await self._catch_up()
            except Exception:  # noqa: BLE001, S110 - a database that is away for a moment ends no socket
                pass

    async def _still_signed_in(self) -> bool:
        assert self.claims  # noqa: S101 - set with the user
        try:
            if self.claims.expires_at <= datetime.now(UTC):
                raise TokenExpired
            await database_sync_to_async(user_of_claims)(self.claims)
        except TokenInvalid as error:
            await self.tell({"type": "token_expired", "code": error.code, "message": error.message})
            await self.close(code=codes.BAD_CREDENTIALS)
            return False
        return True
