"""How many frames a second reach 1, 100 and 1,000 sockets, beside a bare socket server that sends the same.

    python -m tests.load.fan_out                     # part of `make bench`
    python -m tests.load.fan_out --rounds 5

Ours is the way of every event: rows of the stream in one transaction, after the commit a publication through Redis, and
the production socket server that sends them to all sockets of their user. Needs Redis. Figures never make it fail;
frames that are missing or out of order do.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

import django

REPORT = Path("build/fan_out.json")
# So many sockets, and how many events each of them gets in one measurement.
SIZES = {1: 1000, 100: 400, 1000: 60}
WARM_UP = 20
# Design section 12; a single socket has no goal.
GOAL = 0.5
OURS, BARE = WAYS = ("ours", "bare")
# As long as a usual notification.
FILLING = "Your session with John Tutor on 04 June 2026 at 12:00 (UTC) is confirmed. " * 3


def main() -> None:
    options = _read_options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    _allow_many_files()
    with tempfile.TemporaryDirectory(prefix="peerlearn-fan-out-") as folder:
        found = run(Path(folder), rounds=options.rounds, sizes=options.sockets or list(SIZES))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(found, indent=2) + "\n")
    print(f"\n{table(found)}\n\nAll figures: {REPORT}")


def run(folder: Path, *, rounds: int, sizes: list[int]) -> list[dict[str, Any]]:
    """The figures of each size. Raises AssertionError for frames that are missing."""
    from tests.load.listeners import Crowd
    from tests.support import world
    from tests.support.server import running_site

    found, crowd = [], Crowd()
    redis_url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    with running_site(folder, redis_url=redis_url) as site, _bare_server(folder) as bare:
        server = site.serve()
        for size in sizes:
            (person,) = site.call(world.make_students)
            path = f"/ws/{person['id']}?token={person['token']}"
            listeners = {
                OURS: crowd.open(size, server.port, path, first_words=1),
                BARE: crowd.open(size, bare, "/", first_words=0),
            }
            time.sleep(1)  # new sockets hold back what comes at once
            measures = {
                OURS: partial(_ours, site, person["id"], crowd, listeners[OURS]),
                BARE: partial(_bare, bare, crowd, listeners[BARE]),
            }
            for way in WAYS:
                measures[way](WARM_UP)
            figures: dict[str, list[float]] = {way: [] for way in WAYS}
            for number in range(rounds):
                for way in WAYS if number % 2 else reversed(WAYS):
                    figures[way].append(size * SIZES[size] / measures[way](SIZES[size]))
            found.append(_summary(size, figures))
            crowd.close([*listeners[OURS], *listeners[BARE]])
    return found


def table(found: list[dict[str, Any]]) -> str:
    """One line a size; `!` marks a goal that is missed."""
    lines = [f"{'sockets':>8}  {'frames/s':>9}  {'bare frames/s':>14}  {'ratio':>6}  {'goal':>5}"]
    for row in found:
        goal = f"{row['goal']:.2f}" if row["goal"] else ""
        mark = "!" if row["goal"] and row["ratio"] < row["goal"] else ""
        lines.append(
            f"{row['sockets']:>8}  {row['ours']:>9.0f}  {row['bare']:>14.0f}  {row['ratio']:>6.3f}  {goal:>5}{mark}"
        )
    return "\n".join(lines)


def push(user: int, count: int) -> None:
    """Runs beside the server, with its settings."""
    from django.db import transaction

    from notifications.services import stream

    for begin in range(0, count, 100):
        with transaction.atomic():
            stream.append([(user, {"type": "notification", "message": FILLING})] * min(100, count - begin))


def _ours(site: Any, user: int, crowd: Any, listeners: list[Any], count: int) -> float:
    """The seconds until the last socket had the last of so many events."""
    expected = listeners[0].frames + count
    began = time.monotonic()
    pushing = Thread(target=site.call, args=(push, user, count))
    pushing.start()
    crowd.wait_for(listeners, expected)
    seconds = time.monotonic() - began
    pushing.join()
    assert {(one.frames, json.loads(one.last)["seq"]) for one in listeners} == {(expected, expected)}
    return seconds


def _bare(port: int, crowd: Any, listeners: list[Any], count: int) -> float:
    from websockets.sync.client import connect

    frame = json.dumps({"type": "notification", "message": FILLING, "seq": 1000})
    expected = listeners[0].frames + count
    with connect(f"ws://127.0.0.1:{port}/", proxy=None) as order:
        began = time.monotonic()
        order.send(json.dumps({"frame": frame, "count": count}))
        crowd.wait_for(listeners, expected)
        return time.monotonic() - began


@contextmanager
def _bare_server(folder: Path) -> Iterator[int]:
    """Its port."""
    import socket

    from tests.support.server import Server

    command = [sys.executable, "-m", "tests.load.bare_sockets", "{port}"]
    server = Server(command, dict(os.environ), folder / "bare.log", answers=False)
    server.start()
    try:
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", server.port)).close()
                break
            except ConnectionRefusedError:
                assert time.monotonic() < end, server.log.read_text()
                time.sleep(0.05)
        yield server.port
    finally:
        server.kill()


def _summary(size: int, figures: dict[str, list[float]]) -> dict[str, Any]:
    ours, bare = (median(figures[way]) for way in WAYS)
    goal = GOAL if size > 1 else None
    return {"sockets": size, "ours": ours, "bare": bare, "ratio": ours / bare, "goal": goal, "rounds": figures}


def _allow_many_files() -> None:
    """Two thousand sockets are open in one process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.fan_out", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sockets", type=int, action="append", choices=list(SIZES), help="may be repeated")
    return parser.parse_args()


if __name__ == "__main__":
    from tests.load import fan_out  # under its own name, so that the server's side finds `push`

    fan_out.main()
