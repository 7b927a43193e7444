"""The channel layer on Redis, made for streams that can be caught up on.

Three things differ from the pub/sub layer of channels_redis. A socket can be opened while Redis is away: its own
channel, to which nobody ever sends, is not subscribed. Whenever Redis confirms a subscription, after a lost connection
too, the group's sockets look into their streams: what was published in between is not lost. An outage is
logged once, not every second.
"""

import asyncio
import logging
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer, RedisSingleShardConnection
from channels_redis.utils import _wrap_close, decode_hosts

from notifications.hub import LOOK, user_of

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
LISTEN_SECONDS = 1.0


class RedisLayer(RedisPubSubChannelLayer):
    def _get_layer(self) -> "LoopLayer":
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = LoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        return self._layers[loop]


class LoopLayer(RedisPubSubLoopLayer):
    def __init__(self, hosts: Any = None, **options: Any) -> None:
        super().__init__(hosts, **options)
        self._shards = [Shard(host, self) for host in decode_hosts(hosts)]

    async def _subscribe_to_channel(self, channel: str) -> None:
        self.channels[channel] = asyncio.Queue()


class Shard(RedisSingleShardConnection):
    async def _do_receiving(self) -> None:
        is_away = False
        while True:
            try:
                await self._receive()
            except Exception:
                if not is_away:
                    log.warning("redis_lost", exc_info=True)
                is_away = True
                await asyncio.sleep(RETRY_SECONDS)
            else:
                if is_away:
                    log.info("redis_back")
                is_away = False

    async def _receive(self) -> None:
        if not (self._pubsub and self._pubsub.subscribed):
            await asyncio.sleep(0.1)
            return
        message = await self._pubsub.get_message(timeout=LISTEN_SECONDS)
        if message is None:
            return
        if message["type"] == "subscribe":
            message = message | {"type": "message", "data": self._look(message["channel"].decode())}
        if message["type"] == "message":
            self._receive_message(message)

    def _look(self, group: str) -> bytes:
        """What makes the sockets of the group look into their stream."""
        return self.channel_layer.channel_layer.serialize({"type": LOOK, "user": user_of(group)})
