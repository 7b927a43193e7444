"""Goal R11: of what is rolled back, nobody ever hears."""

import random
from contextlib import suppress
from unittest.mock import patch

from tests.support import world
from tests.support.figures import figure

ROLLBACKS = figure(1000, 200)


def test_a_thousand_rollbacks_tell_nobody_anything(own_site):
    told = own_site.call(roll_back, ROLLBACKS)

    assert told == {"rolled_back": ROLLBACKS, "mails": 0, "notifications": 0, "events": 0, "pushes": 0, "tasks": 0}


def test_the_same_work_tells_people_when_it_is_committed(own_site):
    """The control: the recorders of the test above do see something."""
    told = own_site.call(roll_back, 40, really=False)

    assert told["rolled_back"] == 0
    assert all(told[kind] > 0 for kind in ("mails", "notifications", "events", "pushes", "tasks"))


# --- beside the server --------------------------------------------------------------------------------------------


class RolledBack(Exception):
    pass


def roll_back(times, *, really=True):
    """Do random things that tell people, and roll each back: at its end, in the middle, or as one part of a
    transaction that goes on and is committed.
    """
    from accounts.models import OutgoingMail, User
    from common import work
    from notifications import live

    chance = random.Random(11)
    (host,), students = world.make_tutors(), [User.objects.get(pk=one["id"]) for one in world.make_students(8)]
    sessions = [world.make_session(host["id"], seats=8, day=day) for day in range(1, 6)]
    rolled_back = 0
    with patch.object(live, "push") as push, patch.object(work, "wake") as wake:
        for number in range(times):
            rolled_back += _attempt(chance, number, User.objects.get(pk=host["id"]), students, sessions, really)
    return {
        "rolled_back": rolled_back,
        "mails": OutgoingMail.objects.count(),
        "notifications": world.notification_count(),
        "events": world.event_count(),
        "pushes": push.call_count,
        "tasks": wake.call_count,
    }


def _attempt(chance, number, host, students, sessions, really):
    from django.db import transaction

    from common.errors import DomainError

    def parts():
        for part in range(chance.randint(1, 3)):
            with suppress(DomainError):
                _something(chance, f"{number}-{part}", host, students, sessions)
        if really:
            raise RolledBack

    try:
        with transaction.atomic():
            if chance.random() < 0.5:
                parts()
            with suppress(RolledBack), transaction.atomic():
                parts()
                return 0
            return 1  # only the inner part is gone; the rest is committed
    except RolledBack:
        return 1


def _something(chance, number, host, students, sessions):
    from accounts.services.registration import register
    from sessions_app.services import course, hosting, seats

    session, student = chance.choice(sessions), chance.choice(students)
    match chance.choice(["join", "join", "leave", "update", "cancel", "register"]):
        case "join":
            seats.join_session(session, user=student)
        case "leave":
            seats.leave_session(session, user=student)
        case "update":
            hosting.update_session(session, {"title": f"Algebra {number}"}, actor=host)
        case "cancel":
            course.cancel_session(session, actor=host)
        case "register":
            with patch("accounts.passwords.make", return_value="!"):
                register(email=f"new{number}@example.com", password="password123")
