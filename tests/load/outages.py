"""What a service that hangs costs everybody else (goal R20): payment provider, mail server, push service, storage.

    python -m tests.load.outages
    python -m tests.load.outages --rounds 5 --seconds 10 storage push

Each service is replaced by one that accepts connections and never answers, on a site of its own whose users keep
needing it; beside it, in alternating rounds, runs the same site with everything well. Compared is the 95th percentile
of a list that needs none of them. Needs Redis. Figures never make it fail.
"""

import argparse
import asyncio
import os
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from tests.load.hanging import Lessons, Service
    from tests.support.server import Server, Site

LOOK_AT = "/api/sessions"
CLIENTS = 4
LESSONS = 20
WELL, HANGING = SITES = ("well", "hanging")


@dataclass(frozen=True)
class Found:
    well: float
    hanging: float
    """The medians of the rounds' 95th percentiles, in seconds."""
    answers: dict[str, int]
    """What those were answered who needed the service that hangs."""
    waiting: int
    """How much was left to be done when it answers."""
    down: list[str]
    """What readiness says is down."""


def main() -> None:
    options = _read_options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.load.hanging import SERVICES

    print(f"{'hangs':>9}  {'p95 well':>9}  {'p95 hanging':>11}  {'ratio':>6}  its own answers; what waits; who says so")
    for name in options.services or SERVICES:
        with tempfile.TemporaryDirectory(prefix="peerlearn-outages-") as folder:
            found = run(Path(folder), name, rounds=options.rounds, seconds=options.seconds)
        print(row(name, found), flush=True)


def run(folder: Path, name: str, *, rounds: int, seconds: float) -> Found:
    from tests.load.hanging import SERVICES, black_hole

    service = SERVICES[name]
    with ExitStack() as stack:
        sites = _sites(stack, folder, service.at(stack.enter_context(black_hole())))
        servers = {which: site.serve_wsgi() for which, site in sites.items()}
        lessons = {which: _people(site, service, hangs=which == HANGING) for which, site in sites.items()}
        found, answers = _rounds(servers, lessons, service, rounds, seconds)
        down = _what_is_down(servers[HANGING], name)
        waiting = sites[HANGING].call(service.waiting) if service.waiting else 0
    return Found(median(found[WELL]), median(found[HANGING]), answers, waiting, down)


def row(name: str, found: Found) -> str:
    well, hanging = found.well * 1000, found.hanging * 1000
    return (
        f"{name:>9}  {well:>6.0f} ms  {hanging:>8.0f} ms  {hanging / well:>6.2f}  "
        f"{found.answers}; {found.waiting} wait; down: {', '.join(found.down) or 'nothing'}"
    )


def _sites(stack: ExitStack, folder: Path, variables: dict[str, str]) -> dict[str, "Site"]:
    from tests.support.server import running_site

    redis, _, _ = (os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0").rpartition("/")
    sites = {}
    for number, (which, besides) in enumerate({WELL: {}, HANGING: variables}.items()):
        (folder / which).mkdir()
        # Two sites in one Redis would take each other's work.
        sites[which] = stack.enter_context(running_site(folder / which, redis_url=f"{redis}/{11 + number}", **besides))
    return sites


def _people(site: "Site", service: "Service", *, hangs: bool) -> "Lessons":
    """Lessons of people who need the service, and the worker that speaks to it."""
    from tests.support import paying

    lessons = site.call(paying.make_requests, LESSONS)
    if hangs and service.prepare:
        site.call(service.prepare, lessons)
    site.start_worker(module=service.worker if hangs else "")
    return lessons


def _rounds(
    servers: dict[str, "Server"], lessons: dict[str, "Lessons"], service: "Service", rounds: int, seconds: float
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Of each round of each site the 95th percentile; what those were answered who needed what hangs."""
    from tests.chaos.load import outcomes

    found: dict[str, list[float]] = {which: [] for which in SITES}
    needed: dict[str, list[Any]] = {which: [] for which in SITES}
    for number in range(rounds + 1):
        for which in SITES if number % 2 else reversed(SITES):
            p95 = asyncio.run(_measure(servers[which].url, lessons[which], service, needed[which], seconds))
            if number:  # the first is for warming up
                found[which].append(p95)
    return found, outcomes(needed[HANGING])


async def _measure(url: str, lessons: "Lessons", service: "Service", needed: list[Any], seconds: float) -> float:
    from tests.chaos.load import ask, clients

    took: list[float] = []
    end = time.monotonic() + seconds
    async with clients(url) as client:

        async def look(person: dict[str, Any]) -> None:
            while time.monotonic() < end:
                answer = await ask(client, "GET", LOOK_AT, person)
                assert answer.status == 200
                took.append(answer.seconds)

        async def keep_needing() -> None:
            while time.monotonic() < end:
                needed.append(await service.need(client, lessons, len(needed)))
                await asyncio.sleep(0.2)

        await asyncio.gather(keep_needing(), *(look(lesson["student"]) for lesson in lessons[:CLIENTS]))
    return quantiles(took, n=20)[-1]


def _what_is_down(server: "Server", name: str) -> list[str]:
    """As soon as readiness names the service; what it says in the end, if it never does."""
    import httpx

    from tests.support.patience import PATIENCE

    end = time.monotonic() + PATIENCE
    while True:
        services = httpx.get(f"{server.url}/api/health/services", timeout=PATIENCE).json()["services"]
        down = [each for each, state in services.items() if state == "down"]
        if name in down or time.monotonic() > end:
            return down
        time.sleep(0.5)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a service that hangs costs everybody else.")
    parser.add_argument("services", nargs="*", help="payments, mail, push, storage; without any, all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8)
    return parser.parse_args()


if __name__ == "__main__":
    main()
