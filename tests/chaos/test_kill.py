"""Goal R9: the server is killed again and again in a burst of keyed writes, and nothing is lost or done twice."""

import asyncio
from datetime import timedelta

import httpx
from django.utils import timezone

from tests.chaos.load import Answer, ask, clients
from tests.support import world
from tests.support.figures import figure

SESSIONS, SEATS = 10, 20
JOINS = SESSIONS * SEATS
CREATES = 200
KILLS = figure(20, 5)


async def insist(client, method, path, person, **options) -> Answer:
    """Send until there is an answer, as a client with an idempotency key may."""
    while True:
        try:
            answer = await ask(client, method, path, person, **options)
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            continue
        if answer.status < 500 and answer.status != 409:
            return answer
        await asyncio.sleep(0.05)


async def test_every_write_that_was_answered_is_there_and_none_twice(own_site):
    server = own_site.serve()
    (host, *hosts), students = own_site.call(world.make_tutors, 1 + CREATES), own_site.call(world.make_students, JOINS)
    sessions = [own_site.call(world.make_session, host["id"], seats=SEATS, day=day + 1) for day in range(SESSIONS)]
    date = (timezone.now() + timedelta(days=3)).isoformat()
    answered = []

    async with clients(server.url) as client:

        async def join(number, student):
            path = f"/api/sessions/{sessions[number % SESSIONS]}/join"
            answered.append(await insist(client, "POST", path, student, headers={"Idempotency-Key": f"join-{number}"}))

        async def create(tutor):
            body = {"title": "Algebra", "date": date, "max_participants": 8}
            answered.append(
                await insist(client, "POST", "/api/sessions", tutor, json=body, headers={"Idempotency-Key": "create"})
            )

        writes = [join(number, student) for number, student in enumerate(students)] + [create(one) for one in hosts]
        wave, kills, running = len(writes) // KILLS, 0, []
        for first in range(0, len(writes), wave):
            answered_before = len(answered)
            running += [asyncio.create_task(write) for write in writes[first : first + wave]]
            while len(answered) == answered_before:  # the first of the wave is answered: the others are in flight
                await asyncio.sleep(0.001)
            kills += not all(task.done() for task in running)
            server.kill()
            await asyncio.to_thread(server.start)
        await asyncio.gather(*running)

    replayed = sum("Idempotent-Replay" in answer.headers for answer in answered)
    print(f"{kills} kills with writes in flight; {replayed} writes were done but not answered before a kill")
    assert kills >= KILLS - 2, "the burst was over before the kills"
    assert {answer.status for answer in answered} == {201}
    for session in sessions:
        assert own_site.call(world.seats, session) == {"taken": SEATS, "rows": SEATS, "max": SEATS}
    assert own_site.call(world.audit_count, "session.joined") == JOINS
    assert own_site.call(world.notification_count, "session_joined") == JOINS
    assert own_site.call(world.event_count) == JOINS
    assert [len(own_site.call(world.sessions_of, one["id"])) for one in hosts] == [1] * CREATES
    assert own_site.call(world.audit_count, "session.created") == CREATES
