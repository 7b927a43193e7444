"""Goal R13: PostgreSQL restarts under load. Errors only while it is down, in our words, and no commit is lost."""

import asyncio
import subprocess
import time

import httpx
import pytest

from tests.chaos.load import ask, clients, outcomes, report
from tests.chaos.own_servers import own_postgres
from tests.support import world
from tests.support.databases import migrate
from tests.support.patience import PATIENCE
from tests.support.server import running_site

pytestmark = pytest.mark.postgres

CLIENTS = 8
DOWN_SECONDS = 3
RECOVERED_WITHIN = 2


@pytest.fixture(scope="module")
def postgres():
    with own_postgres() as one:
        migrate(one.url)
        yield one


@pytest.fixture(scope="module")
def site(tmp_path_factory, postgres):
    with running_site(tmp_path_factory.mktemp("outage"), database_url=postgres.url) as one:
        yield one


@pytest.mark.parametrize(("kind", "how"), [("asgi", "fast"), ("asgi", "immediate"), ("wsgi", "fast")])
async def test_a_restart_costs_no_more_than_the_time_it_takes(site, postgres, kind, how):
    server = site.serve() if kind == "asgi" else site.serve_wsgi(workers=2)
    processes = children_and_self(server)
    (host,), students = site.call(world.make_tutors), site.call(world.make_students, CLIENTS)
    sessions = [site.call(world.make_session, host["id"], seats=20, day=day) for day in range(1, 6)]
    answers, running = [], True

    async def client(number):
        """Reads and writes by turns; remembers when each answer came, and to what."""
        turn = 0
        async with clients(server.url) as http:
            while running:
                session = sessions[turn // 3 % len(sessions)]
                move = ("join", "", "leave")[turn % 3]
                method, path = ("POST", f"/api/sessions/{session}/{move}") if move else ("GET", "/api/sessions")
                answer = await ask(http, method, path, students[number])
                answers.append((time.monotonic(), number, session, move, answer))
                turn += 1

    load = asyncio.gather(*(client(number) for number in range(CLIENTS)))
    await asyncio.sleep(2)
    went = time.monotonic()
    await asyncio.to_thread(postgres.stop, how)
    health = await until_health_says_so(server.url)
    await asyncio.sleep(DOWN_SECONDS)
    await asyncio.to_thread(postgres.start)
    back = time.monotonic()
    await asyncio.sleep(RECOVERED_WITHIN + 3)
    running = False
    await load

    report(f"{kind}, {how}", [answer for *_, answer in answers])
    errors = [(when, answer) for when, *_, answer in answers if answer.status >= 500]
    last = max(when for when, _ in errors) - back
    print(outcomes([answer for *_, answer in answers]), f"last error {last:.2f} s after the return")
    assert errors, "nothing was put to the test"
    assert {(answer.status, answer.code) for _, answer in errors} == {(503, "DATABASE_UNAVAILABLE")}
    assert all(answer.body["status"] == "error" and answer.headers["Retry-After"] for _, answer in errors)
    assert all(went <= when <= back + RECOVERED_WITHIN for when, _ in errors)
    assert (health.status_code, health.json()["status"], health.json()["database"]) == (
        503,
        "unhealthy",
        "disconnected",
    )
    assert httpx.get(f"{server.url}/health", timeout=PATIENCE).status_code == 200
    assert children_and_self(server) == processes
    assert lost_commits(site, answers, students, sessions) == []


async def until_health_says_so(url):
    async with clients(url) as http:
        for _ in range(40):
            answer = await http.get("/health")
            if answer.status_code != 200:
                return answer
            await asyncio.sleep(0.05)
    raise AssertionError("/health never noticed")


def lost_commits(site, answers, students, sessions):
    """Seats whose last answered change is not what is stored. After an error either may be the truth."""
    last = {}
    for _, number, session, move, answer in sorted(answers, key=lambda one: one[0]):
        if move:
            last[number, session] = (move, answer)
    seated = {session: set(site.call(world.joined_users, session)) for session in sessions}
    lost = []
    for (number, session), (move, answer) in last.items():
        if answer.status < 300 and (students[number]["id"] in seated[session]) != (move == "join"):
            lost.append((number, session, move))
    return lost + (["a counter is wrong"] if site.call(world.wrong_counters) else [])


def children_and_self(server):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.pid)], capture_output=True, text=True).stdout
    return {server.pid, *map(int, found.split())}
