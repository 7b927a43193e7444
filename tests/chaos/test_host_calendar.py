"""No host is in two places, however many sessions are made at once; the database itself refuses it."""

import json
from datetime import timedelta

from tests.chaos.load import ask, clients, outcomes, report, together
from tests.support import world

AT_ONCE = 20
ROUNDS = 5


def body(starts_at, *, minutes=60):
    return {
        "title": "Algebra together",
        "date": starts_at.isoformat(),
        "duration_minutes": minutes,
        "max_participants": 8,
    }


async def test_of_overlapping_sessions_made_at_once_exactly_one_exists(site, servers):
    from django.utils import timezone

    hosts = site.call(world.make_tutors, ROUNDS)
    begin = timezone.now().replace(microsecond=0) + timedelta(days=3)

    for host in hosts:
        # Each begins three minutes after the last: every one of them overlaps every other.
        bodies = [body(begin + timedelta(minutes=3 * number)) for number in range(AT_ONCE)]
        async with clients(servers[0].url) as one, clients(servers[1].url) as other:
            answers = await together(
                *(
                    ask((one, other)[index % 2], "POST", "/api/sessions", host, json=sent)
                    for index, sent in enumerate(bodies)
                )
            )
        report("create, 20 at once", answers)

        assert outcomes(answers) == {"201": 1, "400 TIME_CONFLICT": AT_ONCE - 1}
        (winner,) = [answer.body["id"] for answer in answers if answer.status == 201]
        (row,) = site.call(world.sessions_of, host["id"])
        assert row["id"] == winner
        for answer in answers:
            if answer.status == 400:
                assert [clash["id"] for clash in answer.body["conflicts"]] == [winner]


async def test_two_moves_onto_one_another_leave_no_overlap(site, server):
    """Moving takes the session's lock and the calendar's: in one order, or the two would wait for each other."""
    from django.utils import timezone

    (host,) = site.call(world.make_tutors)
    rows = [site.call(world.make_session, host["id"], day=day) for day in (1, 2, 3, 4)]

    async with clients(server.url) as client:
        for number in range(6):
            target = timezone.now().replace(microsecond=0) + timedelta(days=10 + number)
            answers = await together(
                *(
                    ask(client, "PUT", f"/api/sessions/{row}", host, json={"date": target.isoformat()})
                    for row in rows
                    for _ in range(3)
                )
            )

            assert {answer.status for answer in answers} <= {200, 400}, outcomes(answers)
            assert {answer.code for answer in answers if answer.status == 400} == {"TIME_CONFLICT"}
            moved = [
                row for row in site.call(world.sessions_of, host["id"]) if row["starts_at"][:19] == f"{target:%FT%T}"
            ]
            assert len(moved) == 1


def test_the_database_refuses_an_overlap_whoever_writes_it(site):
    (host,), (other,) = site.call(world.make_tutors), site.call(world.make_tutors)
    there = site.call(world.make_session, host["id"])

    def insert(**changes):
        return site.call(insert_copy, there, **changes)

    assert insert(minutes=0) == "refused"
    assert insert(minutes=59) == "refused"
    assert insert(minutes=-59) == "refused"
    assert insert(minutes=10, length=10) == "refused", "inside the other"
    assert insert(minutes=-10, length=90) == "refused", "around the other"
    assert insert(minutes=60) == "stored", "back to back"
    assert insert(minutes=-60) == "stored", "back to back"
    assert insert(minutes=0, status="cancelled") == "stored"
    assert insert(minutes=0, status="completed") == "stored"
    assert insert(minutes=0, creator=other["id"]) == "stored", "another host's"


def test_the_database_refuses_to_bring_a_cancelled_session_back_over_another(site):
    (host,) = site.call(world.make_tutors)
    there = site.call(world.make_session, host["id"])
    assert site.call(insert_copy, there, minutes=0, status="cancelled") == "stored"

    assert site.call(revive_cancelled, host["id"]) == "refused"

    assert site.call(set_status, there, "cancelled") == "stored"
    assert site.call(revive_cancelled, host["id"], limit=1) == "stored", "the time was free again"


# --- beside the server --------------------------------------------------------------------------------------------


def insert_copy(session, *, minutes, length=60, status="upcoming", creator=None):
    """Plain SQL, past every service."""
    from sessions_app.models import TutoringSession

    row = TutoringSession.objects.values().get(pk=session)
    del row["id"]
    row["starts_at"] += timedelta(minutes=minutes)
    row["ends_at"] = row["starts_at"] + timedelta(minutes=length)
    row |= {"status": status, "creator_id": creator or row["creator_id"]}
    columns, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    return _try(f"INSERT INTO sessions_app_tutoringsession ({columns}) VALUES ({marks})", list(row.values()))


def set_status(session, status):
    return _try("UPDATE sessions_app_tutoringsession SET status = %s WHERE id = %s", [status, session])


def revive_cancelled(host, *, limit=10):
    from sessions_app.models import TutoringSession

    rows = TutoringSession.objects.filter(creator=host, status="cancelled").order_by("pk")[:limit]
    return "stored" if {set_status(row.pk, "upcoming") for row in rows} == {"stored"} else "refused"


def _stored(value):
    """As the database takes it."""
    from django.db import connection

    if isinstance(value, list):
        return json.dumps(value)
    return connection.ops.adapt_datetimefield_value(value) if hasattr(value, "tzinfo") else value


def _try(statement, values):
    from django.db import IntegrityError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, [_stored(value) for value in values])
    except IntegrityError as error:
        if "session_host_in_one_place" not in str(error):
            raise
        return "refused"
    return "stored"
