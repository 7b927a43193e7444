"""Goal R15 for the whole application: SIGTERM in a burst of joins breaks none that was accepted.

What the server class does for this is tested in tests/peerlearn/test_graceful_stop.py; here are real writes, and
production's HTTP server too.
"""

import asyncio
import time

import httpx
import pytest

from tests.chaos.load import ask, clients, until
from tests.support import world
from tests.support.server import running_site

CLIENTS = 20


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
async def test_sigterm_breaks_no_write_that_was_accepted(tmp_path, kind):
    with running_site(tmp_path) as site:
        server = site.serve() if kind == "asgi" else site.serve_wsgi(workers=2)
        (host,), students = site.call(world.make_tutors), site.call(world.make_students, CLIENTS)
        session = site.call(world.make_session, host["id"], seats=20)
        answered, broken = [], []

        async def come_and_go(student):
            # A connection a request: one that is kept open may be closed just as the next request sets out.
            async with clients(server.url, headers={"Connection": "close"}) as client:
                while True:
                    for move in ("join", "leave"):
                        try:
                            answer = await ask(client, "POST", f"/api/sessions/{session}/{move}", student)
                        except httpx.ConnectError:
                            return  # the door is closed
                        except httpx.TransportError as error:
                            broken.append(repr(error))
                            return
                        answered.append((student["id"], move, answer.status))

        load = asyncio.gather(*(come_and_go(student) for student in students))
        await until(lambda: enough(answered), what="the first answers")
        began = time.monotonic()
        code = await asyncio.to_thread(server.stop)
        seconds = time.monotonic() - began
        await load

        print(f"{kind}: {len(answered)} answers, stopped in {seconds:.1f} s")
        if kind == "asgi":
            assert broken == []
        # Granian closes connections whose request it has not begun to read: those clients get no answer, and what the
        # sessions say below shows that nothing of theirs was done either.
        assert {status for *_, status in answered} == {200, 201}
        assert (code, seconds < 30) == (0, True)
        seated = {student for student, move, _ in answered if move == "join"}
        last = {student: move for student, move, _ in answered}
        assert set(site.call(world.joined_users, session)) == {one for one in seated if last[one] == "join"}
        assert site.call(world.wrong_counters) == 0


async def enough(answered):
    return len(answered) > 3 * CLIENTS
