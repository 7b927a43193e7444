"""The parts of the benchmark of sockets: frames are counted right, and a run finds what was sent."""

import os

import pytest

from tests.load import fan_out
from tests.load.listeners import Listener


class Sent:
    """A socket that brings its bytes in pieces, and keeps what is sent to it."""

    def __init__(self, data: bytes, size: int) -> None:
        self.pieces = [data[begin : begin + size] for begin in range(0, len(data), size)]
        self.answers = b""

    def recv(self, _: int) -> bytes:
        return self.pieces.pop(0)

    def sendall(self, data: bytes) -> None:
        self.answers += data


def frame(payload: bytes, kind: int = 0x81) -> bytes:
    size = len(payload)
    if size < 126:
        head = bytes([kind, size])
    elif size < 1 << 16:
        head = bytes([kind, 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([kind, 127]) + size.to_bytes(8, "big")
    return head + payload


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000, 1 << 20])
def test_frames_are_counted_however_they_are_cut(size):
    texts = [b"", b"short", b"m" * 300, b"l" * (70_000 if size > 100 else 200), b"last"]
    listener = Listener.__new__(Listener)
    listener.frames, listener.last, listener._unread = 0, b"", b""
    listener.socket = Sent(b"".join([frame(texts[0]), frame(b"you?", 0x89), *map(frame, texts[1:])]), size)

    while listener.socket.pieces:
        listener.read()

    assert (listener.frames, listener.last) == (len(texts), b"last")
    assert listener.socket.answers == b"\x8a\x84\0\0\0\0you?"


def test_a_missed_goal_is_marked():
    rows = [
        {"sockets": 1, "ours": 10, "bare": 100, "ratio": 0.1, "goal": None},
        {"sockets": 100, "ours": 40, "bare": 100, "ratio": 0.4, "goal": 0.5},
        {"sockets": 1000, "ours": 60, "bare": 100, "ratio": 0.6, "goal": 0.5},
    ]

    assert [line.endswith("!") for line in fan_out.table(rows).splitlines()] == [False, False, True, False]


@pytest.mark.slow
@pytest.mark.redis
def test_a_small_run_finds_every_frame(tmp_path, monkeypatch):
    monkeypatch.setattr(fan_out, "SIZES", {3: 20})

    (found,) = fan_out.run(tmp_path, rounds=1, sizes=[3])

    assert os.environ["REDIS_URL"]
    assert (found["sockets"], len(found["rounds"]["ours"]), len(found["rounds"]["bare"])) == (3, 1, 1)
