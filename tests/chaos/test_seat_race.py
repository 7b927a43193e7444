"""Goal R1: however many reach for the last seats at once, exactly as many get one as there are."""

import pytest

from tests.chaos.load import ask, clients, outcomes, report, together
from tests.support import world
from tests.support.figures import figure
from tests.support.server import running_site

SEATS = 8


async def race(server, site, host, students, *, day):
    """One round: everybody joins one new session at once."""
    session = site.call(world.make_session, host["id"], seats=SEATS, day=day)
    async with clients(server.url) as client:
        answers = await together(
            *(ask(client, "POST", f"/api/sessions/{session}/join", student) for student in students)
        )
    return session, answers


@pytest.mark.parametrize(("count", "rounds"), [(60, 3), (200, figure(20, 2))])
async def test_exactly_as_many_join_as_there_are_seats(site, server, count, rounds):
    (host,), students = site.call(world.make_tutors), site.call(world.make_students, count)

    for number in range(rounds):
        session, answers = await race(server, site, host, students, day=number + 1)
        report(f"join, {count} at once", answers)

        assert outcomes(answers) == {"201": SEATS, "400 SESSION_FULL": count - SEATS}
        assert site.call(world.seats, session) == {"taken": SEATS, "rows": SEATS, "max": SEATS}
        winners = {student["id"] for student, answer in zip(students, answers, strict=True) if answer.status == 201}
        assert set(site.call(world.joined_users, session)) == winners


async def test_several_processes_do_not_oversell_either(site, servers):
    (host,), students = site.call(world.make_tutors), site.call(world.make_students, 200)

    for number in range(3):
        session = site.call(world.make_session, host["id"], seats=SEATS, day=number + 1)
        async with clients(servers[0].url) as one, clients(servers[1].url) as other:
            answers = await together(
                *(
                    ask((one, other)[index % 2], "POST", f"/api/sessions/{session}/join", student)
                    for index, student in enumerate(students)
                )
            )
        report("join, 200 at once, three processes", answers)

        assert outcomes(answers) == {"201": SEATS, "400 SESSION_FULL": len(students) - SEATS}
        assert site.call(world.seats, session) == {"taken": SEATS, "rows": SEATS, "max": SEATS}


@pytest.mark.postgres
async def test_without_the_guard_the_same_race_oversells(tmp_path):
    """The control: a race that cannot fail proves nothing. SQLite cannot fail it; its writers stand in line."""
    with running_site(tmp_path, engine="postgres") as site:
        server = site.serve(module="tests.chaos.unguarded_seats")
        (host,), students = site.call(world.make_tutors), site.call(world.make_students, 60)

        rows = []
        for number in range(5):
            session, _ = await race(server, site, host, students, day=number + 1)
            rows.append(site.call(world.seats, session)["rows"])

    print(f"seated in {SEATS} seats without the guard: {rows}")
    assert sum(seated > SEATS for seated in rows) >= 4
