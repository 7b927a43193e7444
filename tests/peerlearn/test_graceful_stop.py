"""Goal R15: SIGTERM under load breaks no request that was accepted, and the process is gone within 30 s."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import httpx
import pytest
import websockets
from django.conf import settings

from tests.peerlearn.processes import environment, free_port
from tests.support.patience import PATIENCE

CLIENTS = 20
SOCKETS = 5

pytestmark = [pytest.mark.slow, pytest.mark.chaos, pytest.mark.xdist_group("chaos")]


@contextmanager
def slow_site(server_class):
    port = free_port()
    command = [sys.executable, "-m", "tests.peerlearn.slow_site", server_class, str(port)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment())
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/0")
        yield process, port
    finally:
        process.kill()
        process.wait()


def wait_until_it_answers(url):
    for _ in range(200):
        try:
            httpx.get(url, timeout=PATIENCE)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("The server did not start.")


async def ask_for_ever(url, keep_alive, answers):
    """Ask again and again until the server no longer listens; count what came of it."""
    headers = {} if keep_alive else {"Connection": "close"}
    async with httpx.AsyncClient(timeout=PATIENCE, headers=headers) as client:
        while True:
            try:
                answer = await client.get(url)
            except httpx.ConnectError:
                answers["refused"] += 1
                return
            except httpx.TransportError:
                answers["broken"] += 1
                return
            answers["whole" if len(answer.content) == 5000 else "broken"] += 1


async def stop_under_load(process, port, *, keep_alive):
    answers = Counter()
    sockets = [await websockets.connect(f"ws://127.0.0.1:{port}/ws") for _ in range(SOCKETS)]
    clients = [
        asyncio.create_task(ask_for_ever(f"http://127.0.0.1:{port}/300", keep_alive, answers)) for _ in range(CLIENTS)
    ]
    await asyncio.sleep(1.5)

    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    await asyncio.to_thread(process.wait, 60)
    seconds = time.monotonic() - began

    await asyncio.gather(*clients)
    for one in sockets:
        await asyncio.wait_for(one.wait_closed(), 5)
    return answers, [one.close_code for one in sockets], seconds


@pytest.mark.parametrize("keep_alive", [True, False], ids=["keep-alive", "one connection a request"])
def test_sigterm_under_load_breaks_nothing(keep_alive):
    with slow_site("peerlearn.server.Server") as (process, port):
        answers, close_codes, seconds = asyncio.run(stop_under_load(process, port, keep_alive=keep_alive))

    assert answers["whole"] >= CLIENTS
    assert answers["broken"] == 0
    assert close_codes == [1001] * SOCKETS
    assert process.returncode == 0
    assert seconds < 10


def test_the_same_load_breaks_requests_of_a_stock_daphne():
    """The control: without our server class the test above can fail."""
    with slow_site("daphne.server.Server") as (process, port):
        answers, close_codes, _ = asyncio.run(stop_under_load(process, port, keep_alive=True))

    assert answers["broken"] > 0
    assert close_codes != [1001] * SOCKETS


def test_a_second_signal_ends_it_at_once():
    with (
        slow_site("peerlearn.server.Server") as (process, port),
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(b"GET /9000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert process.poll() is None, "it does not wait for the open request"

        process.send_signal(signal.SIGTERM)
        process.wait(2)

    assert process.returncode == 1
