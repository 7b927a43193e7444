"""Many sockets in one process, read as fast as Python can: raw bytes, of which only the frames' heads are looked at."""

import os
import selectors
import socket
import time
from base64 import b64encode

from tests.support.patience import PATIENCE

WITHIN_SECONDS = 120
TEXT, PING, PONG = 0x81, 0x89, 0x8A


class Listener:
    """One open socket. `frames` counts the texts that have come; `last` is the newest of them."""

    def __init__(self, port: int, path: str, *, first_words: int) -> None:
        """Connects, and waits for what the server says of itself."""
        self.frames, self.last = 0, b""
        self._unread = b""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._unread:
            self._unread += self._received()
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head
        self._count()
        while self.frames < first_words:
            self.read()
        self.frames = 0

    def read(self) -> None:
        self._unread += self._received()
        self._count()

    def _received(self) -> bytes:
        data = self.socket.recv(1 << 18)
        assert data, "the server has closed a socket"
        return data

    def _count(self) -> None:
        data, at = self._unread, 0
        while len(data) - at >= 2:
            size, begin = data[at + 1], at + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                begin += width
                size = int.from_bytes(data[at + 2 : begin], "big") if len(data) >= begin else len(data)
            if len(data) < begin + size:
                break
            if data[at] == TEXT:
                self.frames += 1
                self.last = data[begin : begin + size]
            elif data[at] == PING:
                # A client masks what it sends; with zeros it stays as it is.
                self.socket.sendall(bytes([PONG, 0x80 | size, 0, 0, 0, 0]) + data[begin : begin + size])
            at = begin + size
        self._unread = data[at:]


class Crowd:
    """All open listeners. Whoever waits for some of them reads them all: servers drop who does not answer a ping."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def open(self, count: int, port: int, path: str, *, first_words: int) -> list[Listener]:
        made = []
        for _ in range(count):
            made.append(Listener(port, path, first_words=first_words))
            self._selector.register(made[-1].socket, selectors.EVENT_READ, made[-1])
            self._read(0)
        return made

    def close(self, listeners: list[Listener]) -> None:
        for listener in listeners:
            self._selector.unregister(listener.socket)
            listener.socket.close()

    def wait_for(self, listeners: list[Listener], count: int) -> None:
        """Until each has that many frames. Raises AssertionError if that takes too long."""
        end = time.monotonic() + WITHIN_SECONDS
        waiting = {listener for listener in listeners if listener.frames < count}
        while waiting:
            assert time.monotonic() < end, f"{len(waiting)} sockets did not get {count} frames"
            waiting -= {listener for listener in self._read(1) if listener.frames >= count}

    def _read(self, timeout: float) -> list[Listener]:
        ready = [key.data for key, _ in self._selector.select(timeout)]
        for listener in ready:
            listener.read()
        return ready
