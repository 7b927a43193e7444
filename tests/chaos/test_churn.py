"""Goal R4: people come and go at random, and at no moment do more sit there than there are seats."""

import asyncio
import random
import time

from tests.chaos.load import ask, clients, for_a_while, outcomes, report
from tests.support import world
from tests.support.figures import figure

PEOPLE = 50
# The goal's figure, on each engine.
SECONDS = figure(30, 10)
SAMPLES = 500
REFUSALS = {"400 SESSION_FULL", "400 ALREADY_JOINED", "400 NOT_JOINED"}


async def test_nobody_ever_sits_on_a_seat_that_is_not_there(site, server):
    (host,), students = site.call(world.make_tutors), site.call(world.make_students, PEOPLE)
    session = site.call(world.make_session, host["id"], seats=8)
    chance = random.Random(4)
    answers = []

    async with clients(server.url) as client:

        async def come_or_go():
            student, move = chance.choice(students), chance.choice(["join", "leave"])
            answers.append(await ask(client, "POST", f"/api/sessions/{session}/{move}", student))

        samples = []
        while len(samples) < SAMPLES:  # a busy machine looks less often, and so for longer
            churn = asyncio.create_task(for_a_while(SECONDS, come_or_go, clients=PEOPLE))
            while not churn.done():
                samples += await asyncio.to_thread(site.call, look_often, session)
            await churn

    report(f"join and leave, {PEOPLE} clients", answers)
    print(outcomes(answers), len(samples), "samples, fullest:", max(sample["rows"] for sample in samples))
    assert set(outcomes(answers)) == {"201", "200"} | REFUSALS
    assert all(sample["rows"] <= 8 and sample["taken"] <= 8 for sample in samples)
    assert max(sample["rows"] for sample in samples) == 8, "it was never full: nothing was put to the test"
    assert site.call(world.wrong_counters) == 0
    joined = sum(answer.status == 201 for answer in answers)
    left = sum(answer.status == 200 for answer in answers)
    assert site.call(world.seats, session)["rows"] == joined - left
    assert site.call(world.audit_count, "session.joined", of=session) == joined
    assert site.call(world.audit_count, "session.left", of=session) == left


def look_often(session, *, times=40, pause=0.005):
    """On one connection, beside the server: to look from here would cost a connection each time."""
    samples = []
    for _ in range(times):
        samples.append(world.seats(session))
        time.sleep(pause)
    return samples
