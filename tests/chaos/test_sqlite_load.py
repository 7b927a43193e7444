"""Goal R14: SQLite under a mixed load, with the periodic tasks beside it, is never locked for anybody."""

import itertools
import random

from tests.chaos.load import ask, clients, for_a_while, outcomes, report
from tests.support import world
from tests.support.figures import figure
from tests.support.server import running_site

CLIENTS = 16
SECONDS = figure(120, 25)
READS = ["/api/sessions", "/api/sessions?search=algebra", "/api/sessions/{session}", "/api/notifications", "/auth/me"]


async def test_nobody_finds_the_database_locked(tmp_path):
    # A second server process and a tick: three processes that write.
    with running_site(tmp_path) as site:
        servers = [site.serve(), site.serve()]
        site.run_tick()
        hosts, students = site.call(world.make_tutors, 10), site.call(world.make_students, 40)
        sessions = [site.call(world.make_session, host["id"], seats=20) for host in hosts]
        chance, turn, answers = random.Random(14), itertools.count(), []

        async with clients(servers[0].url) as one, clients(servers[1].url) as two:

            async def read_or_write():
                number = next(turn)
                client, session = (one, two)[number % 2], chance.choice(sessions)
                if number % 5 == 0:
                    path = f"/api/sessions/{session}/{chance.choice(['join', 'leave'])}"
                    answers.append(await ask(client, "POST", path, chance.choice(students)))
                else:
                    path = chance.choice(READS).format(session=session)
                    answers.append(await ask(client, "GET", path, chance.choice(students + hosts)))

            await for_a_while(SECONDS, read_or_write, clients=CLIENTS)

        report(f"SQLite, {CLIENTS} clients, a fifth writes, {SECONDS} s", answers)
        print(outcomes(answers))
        assert set(outcomes(answers)) <= {"200", "201", "400 NOT_JOINED", "400 ALREADY_JOINED", "400 SESSION_FULL"}
        assert "database is locked" not in site.logs()
        assert "Traceback" not in site.logs()
        assert site.call(world.wrong_counters) == 0
