"""Goal R4 with a waiting list: people come, wait, accept and go at random while the host adds and takes away seats."""

import asyncio
import random
import time

import pytest

from tests.chaos.load import ask, clients, for_a_while, outcomes
from tests.support import world
from tests.support.figures import figure
from tests.support.queue_history import history_of
from tests.support.server import running_site

PEOPLE, SEATS = 20, 4
# The goal's figure, on each engine.
SECONDS = figure(30, 5)
DEEDS = [
    ("POST", "join", {"waitlist": True}),
    ("POST", "join", {"waitlist": True, "ask_first": True}),
    ("POST", "join", {}),
    ("POST", "leave", {}),
    ("POST", "leave", {}),
    ("POST", "waitlist/accept", {}),
    ("POST", "waitlist/decline", {}),
]


def faults_of(session):
    """With how often somebody who waited had a turn."""
    history = history_of(session, seats=SEATS)
    return {"faults": history.faults, "turns": history.turns}


async def churn(server, session, host, students, *, seconds, watch=None):
    """Everybody at once, for so long; returns the answers."""
    chance, answers = random.Random(7), []
    path = f"/api/sessions/{session}"

    async with clients(server.url) as client:

        async def something():
            if chance.random() < 0.05:
                answers.append(await ask(client, "PUT", path, host, json={"max_participants": chance.randint(2, 6)}))
                return
            method, verb, body = chance.choice(DEEDS)
            answers.append(await ask(client, method, f"{path}/{verb}", chance.choice(students), json=body))

        running = asyncio.create_task(for_a_while(seconds, something, clients=len(students)))
        while not running.done():
            await (watch() if watch else asyncio.sleep(0.1))
        await running
    return answers


async def test_the_queue_is_a_queue_and_nobody_sits_on_a_seat_that_is_not_there(site, server):
    (host,), students = site.call(world.make_tutors), site.call(world.make_students, PEOPLE)
    session = site.call(world.make_session, host["id"], seats=SEATS)
    samples = []

    async def watch():
        samples.extend(await asyncio.to_thread(site.call, look_often, session))

    answers = await churn(server, session, host, students, seconds=SECONDS, watch=watch)

    print(outcomes(answers), len(samples), "samples")
    assert {answer.status for answer in answers} <= {200, 201, 202, 400}
    assert all(sample["rows"] + sample["offered"] <= sample["max"] for sample in samples)
    result = site.call(faults_of, session)
    assert result["faults"] == []
    assert result["turns"] > 0, "nobody who waited ever had a turn: nothing was put to the test"
    assert site.call(world.wrong_counters) == 0


@pytest.mark.postgres
async def test_without_the_lock_the_same_churn_breaks_the_rules(tmp_path):
    """The control: a race that cannot fail proves nothing. SQLite cannot fail it; its writers stand in line."""
    with running_site(tmp_path, engine="postgres") as site:
        server = site.serve(module="tests.chaos.unguarded_waitlist")
        (host,), students = site.call(world.make_tutors), site.call(world.make_students, PEOPLE)
        session = site.call(world.make_session, host["id"], seats=SEATS)

        answers = await churn(server, session, host, students, seconds=figure(10, 4))

        faults = site.call(faults_of, session)["faults"]
    print("without the lock:", outcomes(answers), len(faults), "faults")
    assert faults or any(answer.status == 500 for answer in answers)


def look_often(session, *, times=20, pause=0.01):
    samples = []
    for _ in range(times):
        samples.append(world.seats_and_offers(session))
        time.sleep(pause)
    return samples
