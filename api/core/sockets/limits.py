"""What one client may send, so that the others are served too."""

import time
from collections import deque

from api.core.sockets import codes

LONGEST_FRAME = 64 * 1024
MOST_FRAMES_A_SECOND = 20
# A person types one letter after the other; who reads it needs to hear so once in this many seconds.
TYPING_EVERY = 1.0


class FloodGate:
    """Counts the frames of one socket."""

    def __init__(self) -> None:
        self._received: deque[float] = deque(maxlen=MOST_FRAMES_A_SECOND)

    def refuses(self, text: str | None, data: bytes | None) -> int | None:
        """The code to close the socket with, for a frame that is too large or one too many."""
        if len(data or (text or "").encode()) > LONGEST_FRAME:
            return codes.TOO_BIG
        now = time.monotonic()
        if len(self._received) == MOST_FRAMES_A_SECOND and now - self._received[0] < 1.0:
            return codes.FLOOD
        self._received.append(now)
        return None


class Rhythm:
    """Lets through what is said of one thing once in a while; another thing is let through at once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last: tuple[object, float] | None = None

    def allows(self, thing: object) -> bool:
        now = time.monotonic()
        if self._last and self._last[0] == thing and now - self._last[1] < self._seconds:
            return False
        self._last = (thing, now)
        return True
