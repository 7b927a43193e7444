"""Goal R6: one key, one effect, one answer, however often and however parallel it is sent."""

import asyncio
from datetime import timedelta

from django.utils import timezone

from tests.chaos.load import ask, clients, outcomes, report, together
from tests.support import world
from tests.support.server import bearer

AT_ONCE = 100


def key(value):
    return {"Idempotency-Key": value}


def new_session(title="Algebra together"):
    starts_at = timezone.now().replace(microsecond=0) + timedelta(days=5)
    return {"title": title, "date": starts_at.isoformat(), "max_participants": 8}


async def bytes_of_replay(client, path, person, **options):
    response = await client.post(path, headers=bearer(person) | key("once"), **options)
    assert response.status_code == 201
    assert response.headers["Idempotent-Replay"] == "true"
    return response.content


def assert_one_effect(answers):
    """One real answer and its replays; whoever came while it ran is told to ask again."""
    assert set(outcomes(answers)) <= {"201", "409 IDEMPOTENCY_KEY_IN_USE"}
    done = [answer for answer in answers if answer.status == 201]
    first = [answer for answer in done if "Idempotent-Replay" not in answer.headers]
    assert len(first) == 1
    assert all(answer.body == first[0].body for answer in done)
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers if answer.status == 409)
    return first[0]


async def test_a_session_is_made_once(site, servers):
    (host,), (other,) = site.call(world.make_tutors), site.call(world.make_tutors)
    body = new_session()

    async with clients(servers[0].url) as one, clients(servers[1].url) as two:
        answers = await together(
            *(
                ask((one, two)[number % 2], "POST", "/api/sessions", host, json=body, headers=key("once"))
                for number in range(AT_ONCE)
            )
        )
        report("create with one key, 100 at once", answers)
        print(outcomes(answers))

        first = assert_one_effect(answers)
        assert [row["id"] for row in site.call(world.sessions_of, host["id"])] == [first.body["id"]]
        assert site.call(world.audit_count, "session.created", of=first.body["id"]) == 1
        replays = {await bytes_of_replay(client, "/api/sessions", host, json=body) for client in (one, two, one)}
        assert len(replays) == 1, "a replay is the same to the byte"

        changed = await ask(one, "POST", "/api/sessions", host, json=body | {"title": "Geometry"}, headers=key("once"))
        theirs = await ask(two, "POST", "/api/sessions", other, json=body, headers=key("once"))

    assert (changed.status, changed.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert theirs.status == 201
    assert "Idempotent-Replay" not in theirs.headers
    assert theirs.body["id"] != first.body["id"]


async def test_the_first_answer_and_its_replay_are_the_same_to_the_byte(site, server):
    (host,), (student,) = site.call(world.make_tutors), site.call(world.make_students)
    session = site.call(world.make_session, host["id"])

    async with clients(server.url) as client:
        path = f"/api/sessions/{session}/join"
        first = await client.post(path, headers=bearer(student) | key("once"))
        again = await bytes_of_replay(client, path, student)

    assert first.status_code == 201
    assert "Idempotent-Replay" not in first.headers
    assert again == first.content


async def test_a_seat_is_taken_once(site, servers):
    (host,), (student,) = site.call(world.make_tutors), site.call(world.make_students)
    session = site.call(world.make_session, host["id"])

    async with clients(servers[0].url) as one, clients(servers[1].url) as two:
        answers = await together(
            *(
                ask((one, two)[number % 2], "POST", f"/api/sessions/{session}/join", student, headers=key("once"))
                for number in range(AT_ONCE)
            )
        )
        report("join with one key, 100 at once", answers)
        print(outcomes(answers))

    assert_one_effect(answers)
    assert site.call(world.seats, session) == {"taken": 1, "rows": 1, "max": 8}
    assert site.call(world.audit_count, "session.joined", of=session) == 1
    assert site.call(world.notification_count, "session_joined", user=host["id"]) == 1


async def test_a_refusal_is_not_remembered(site, server):
    (host,) = site.call(world.make_tutors)
    first, second = site.call(world.make_students, 2)
    session = site.call(world.make_session, host["id"], seats=2)
    third, *_ = site.call(world.make_students)
    path = f"/api/sessions/{session}"

    async with clients(server.url) as client:
        await asyncio.gather(*(ask(client, "POST", f"{path}/join", one) for one in (first, second)))
        full = await ask(client, "POST", f"{path}/join", third, headers=key("once"))
        await ask(client, "POST", f"{path}/leave", first)
        now_free = await ask(client, "POST", f"{path}/join", third, headers=key("once"))

    assert full.code == "SESSION_FULL"
    assert now_free.status == 201
