"""The least that a socket server can do: who says how many frames of what, has them sent to everybody else.

python -m tests.load.bare_sockets PORT
"""

import asyncio
import json
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

listeners: set[ServerConnection] = set()


async def welcome(socket: ServerConnection) -> None:
    listeners.add(socket)
    try:
        async for text in socket:
            listeners.discard(socket)
            order = json.loads(text)
            for number in range(order["count"]):
                broadcast(listeners, order["frame"])
                if number % 10 == 9:
                    await asyncio.sleep(0)  # so that what was written leaves
            await socket.send("done")
    finally:
        listeners.discard(socket)


async def main(port: int) -> None:
    async with serve(welcome, "127.0.0.1", port, compression=None, max_size=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
