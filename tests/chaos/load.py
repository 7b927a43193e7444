"""Many clients at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.patience import PATIENCE
from tests.support.server import bearer

NO_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=None)


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: httpx.Headers
    seconds: float

    @property
    def code(self) -> str:
        """The stable code of a refusal."""
        return self.body.get("code", "") if isinstance(self.body, dict) else ""


@asynccontextmanager
async def clients(url: str, **options: Any):
    """An HTTP client with as many connections as it takes."""
    fixed = {"base_url": url, "limits": NO_LIMITS, "timeout": PATIENCE, "trust_env": False}
    async with httpx.AsyncClient(**fixed, **options) as client:
        yield client


async def ask(client: httpx.AsyncClient, method: str, path: str, person: dict | None = None, **options: Any) -> Answer:
    headers = (bearer(person) if person else {}) | options.pop("headers", {})
    began = time.monotonic()
    response = await client.request(method, path, headers=headers, **options)
    return Answer(response.status_code, body_of(response), response.headers, time.monotonic() - began)


def body_of(response: httpx.Response) -> Any:
    return response.json() if "json" in response.headers.get("content-type", "") else response.text


async def together(*requests: Awaitable[Answer]) -> list[Answer]:
    """Send them all at once, and wait for all."""
    return list(await asyncio.gather(*requests))


async def for_a_while(seconds: float, one_round: Callable[[], Awaitable[None]], *, clients: int) -> None:
    """So many clients that each repeat `one_round` for so long."""
    end = time.monotonic() + seconds

    async def client() -> None:
        while time.monotonic() < end:
            await one_round()

    await asyncio.gather(*(client() for _ in range(clients)))


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = PATIENCE, what: str = "it") -> None:
    """Wait for a condition; fail if it does not come true in time."""
    end = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        await asyncio.sleep(0.05)


def outcomes(answers: Sequence[Answer]) -> dict[str, int]:
    """How often each answer came: `{"201": 8, "400 SESSION_FULL": 192}`."""
    return dict(Counter(f"{answer.status} {answer.code}".strip() for answer in answers))


def report(name: str, answers: Sequence[Answer]) -> None:
    """Latencies for whoever reads the output (`pytest -rP`); nothing is asserted about them."""
    times = sorted(answer.seconds for answer in answers)
    p50, p99 = (times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.99))
    print(f"{name}: {len(times)} requests, p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
