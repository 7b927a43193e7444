"""Telling people's contacts that they come and go.

Nothing here is worth ending a socket for: whatever fails, the next word comes soon.
"""

import asyncio
import contextlib

from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.services import presence
from messaging.services import signals
from notifications import live

# Pages are reloaded and networks changed: who is back by then was never gone.
GRACE = 3.0
# What other sockets of somebody, in whatever process, are asked: to say that they are there.
ASK = {"type": "ask"}

_farewells: set[asyncio.Task[None]] = set()


async def note_here(user_id: int) -> bool:
    """A socket of theirs is open. True if nobody knew that they were online."""
    with contextlib.suppress(Exception):
        return await database_sync_to_async(presence.note_here)(user_id, now=timezone.now())
    return False


async def note_gone(user_id: int) -> None:
    """A socket of theirs was closed. Others that they have say at once that they are there; or else contacts hear."""
    with contextlib.suppress(Exception):
        await database_sync_to_async(presence.note_gone)(user_id)
        await live.send_to(user_id, ASK)
    farewell = asyncio.create_task(_say_farewell(user_id))
    _farewells.add(farewell)  # the loop alone would not keep it
    farewell.add_done_callback(_farewells.discard)


async def tell_contacts(user_id: int, kind: str) -> None:
    """`user_online` or `user_offline`, to those of their contacts who are there to hear it."""
    with contextlib.suppress(Exception):
        await live.signal(await contacts_online(user_id), {"type": kind, "user_id": user_id})


async def contacts_online(user_id: int) -> list[int]:
    """Whom the user may see online, and who may see the user."""
    return sorted(await database_sync_to_async(signals.contacts_online)(user_id, now=timezone.now()))


async def _say_farewell(user_id: int) -> None:
    await asyncio.sleep(GRACE)
    with contextlib.suppress(Exception):
        if not await database_sync_to_async(presence.online_among)({user_id}, now=timezone.now()):
            await tell_contacts(user_id, "user_offline")
