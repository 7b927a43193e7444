"""Socket clients for tests: what one user's devices receive."""

import asyncio
import json

import websockets

from tests.support.patience import PATIENCE


class Device:
    """One open socket of one user. Keeps every frame, and can reconnect with its cursor."""

    def __init__(self, ws_url: str, person: dict, *, path: str = "") -> None:
        self.ws_url = ws_url
        self.person = person
        self.path = path or f"/ws/{person['id']}"
        self.frames: list[dict] = []
        self._taken: set[int] = set()
        self.socket: websockets.ClientConnection | None = None
        self._reading: asyncio.Task | None = None

    async def __aenter__(self) -> "Device":
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    async def connect(self) -> None:
        """Connect, sign in and wait for the `connection` frame."""
        address = f"{self.ws_url}{self.path}?token={self.person['token']}"
        self.socket = await websockets.connect(address, max_size=None, proxy=None)
        hello = json.loads(await asyncio.wait_for(self.socket.recv(), 15))
        assert name_of(hello) == "connection", hello
        self.frames.append(hello)
        self._reading = asyncio.create_task(self._read())

    async def disconnect(self) -> None:
        if self._reading:
            self._reading.cancel()
        if self.socket:
            await self.socket.close()

    async def resume(self) -> None:
        """Ask for everything after the last event that this device has."""
        await self.send({"type": "resume", "since": max([0, *self.numbers])})

    async def send(self, frame: dict) -> None:
        await self.socket.send(json.dumps(frame))

    @property
    def events(self) -> list[dict]:
        return [frame for frame in self.frames if name_of(frame) in ("notification", "notification:new")]

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.events]

    @property
    def numbers(self) -> list[int]:
        """Those of all numbered frames, whatever their type."""
        told = ("connection", "resumed")
        return [frame["seq"] for frame in self.frames if "seq" in frame and name_of(frame) not in told]

    @property
    def names(self) -> set[str]:
        """What kinds of frames have come."""
        return {name_of(frame) for frame in self.frames}

    async def hears(self, name: str, *, seconds: float = PATIENCE) -> dict:
        """What the next frame of that kind says; each frame is heard once, in whatever order kinds come."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            for index, frame in enumerate(self.frames):
                if name_of(frame) == name and index not in self._taken:
                    self._taken.add(index)
                    return frame.get("data", frame) if "event" in frame else frame
            assert asyncio.get_running_loop().time() < end, f"no {name}, but {[name_of(one) for one in self.frames]}"
            await asyncio.sleep(0.02)

    async def got(self, count: int, *, seconds: float = PATIENCE) -> bool:
        """Wait until so many events came."""
        end = asyncio.get_running_loop().time() + seconds
        while len(self.events) < count:
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(0.02)
        return True

    async def _read(self) -> None:
        try:
            async for text in self.socket:
                self.frames.append(json.loads(text))
        except websockets.ConnectionClosed:
            return


def name_of(frame: dict) -> str:
    """The kind of a frame of either dialect."""
    return frame.get("type") or frame["event"]
