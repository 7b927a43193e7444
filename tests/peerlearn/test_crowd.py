"""`load_demo --users N`: as many made-up people as one likes, in bulk, and none of them twice."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Role, TutorProfile, User
from adminpanel import integrity
from audit.models import AuditEntry
from bookings.models import Booking, Review
from messaging.models import Message
from peerlearn import demo
from peerlearn.demo import crowd, crowd_life
from sessions_app.models import TutoringSession
from tests.factories import SubjectFactory
from tests.support.snapshot import everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

KNOWN_NUMBER_OF_USERS = {
    "postgresql": "SELECT reltuples::integer FROM pg_class WHERE relname = 'accounts_user'",
    "sqlite": "SELECT DISTINCT CAST(stat AS integer) FROM sqlite_stat1 WHERE tbl = 'accounts_user'",
}


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(crowd, "BATCH", 20)
    for _ in range(3):
        SubjectFactory()


def grow(count):
    return crowd.grow(count, now=timezone.now())


def emails():
    return list(User.objects.order_by("pk").values_list("email", flat=True))


def test_people_come_with_all_that_a_site_is_full_of_and_nothing_disagrees():
    assert grow(45) == 45

    assert User.objects.filter(role=Role.TUTOR).count() == 5
    assert User.objects.filter(role=Role.STUDENT).count() == Booking.objects.count() == 40
    assert TutorProfile.objects.listed().count() == TutoringSession.objects.filter(kind="group").count() == 5
    assert Review.objects.exists()
    assert Message.objects.count() == 80
    assert integrity.run(actor=None, now=timezone.now(), thorough=True).issues == []


def test_the_database_plans_for_as_many_as_there_are():
    grow(45)

    with connection.cursor() as cursor:
        cursor.execute(KNOWN_NUMBER_OF_USERS[connection.vendor])
        assert cursor.fetchall() == [(45,)]


def test_nobody_can_sign_in_as_one_of_them_and_nobody_owns_their_addresses():
    grow(20)

    assert not [user for user in User.objects.all() if user.has_usable_password()]
    assert all(re.fullmatch(r"[^ @]+@crowd\.example\.org", email) for email in emails())
    assert User.objects.values("first_name", "last_name").distinct().count() == 20


def test_a_second_run_makes_nobody_and_changes_nothing():
    grow(30)
    User.objects.filter(role=Role.STUDENT).update(first_name="Renamed")
    before = everything()

    assert grow(30) == grow(10) == 0

    assert everything() == before


def test_a_larger_number_adds_what_is_missing():
    grow(30)
    first = emails()

    assert grow(50) == 20
    assert emails()[:30] == first
    assert len(set(emails())) == crowd.size() == 50


def test_a_run_that_was_killed_is_gone_on_with_and_makes_the_same_people(monkeypatch):
    play = crowd_life.play

    def fail(batch, rng, now):
        if crowd.size():
            raise OSError("the power went")
        play(batch, rng, now)

    with monkeypatch.context() as killed:
        killed.setattr(crowd_life, "play", fail)
        with pytest.raises(OSError, match="the power went"):
            grow(50)
    assert crowd.size() == User.objects.count() == 20

    grow(50)

    numbers = [int(re.search(r"\.([0-9]+)@", email)[1]) for email in emails()]
    assert numbers == list(range(50))


def test_whom_somebody_has_deleted_is_not_made_again():
    grow(20)
    lonely = User.objects.filter(role=Role.STUDENT).order_by("pk").last()
    User.objects.filter(pk=lonely.pk).update(email="gone@example.net")

    grow(20)
    grow(40)

    assert lonely.email not in emails()


def test_of_two_runs_at_once_the_second_stops(monkeypatch):
    grow(20)
    # What it would see if the other had not committed yet when it looked.
    sizes = iter([0, 20])
    monkeypatch.setattr(crowd, "size", lambda: next(sizes))

    with pytest.raises(crowd.SomebodyElseLoads):
        grow(20)

    assert User.objects.count() == 20


def test_the_command_counts_the_small_demo_and_shows_how_far_it_is():
    out = io.StringIO()
    User.objects.all().delete()

    call_command("load_demo", users=143, stdout=out)

    assert User.objects.count() == 143
    assert AuditEntry.objects.filter(action=crowd.LOADED).count() == 2
    assert "Making people, step 21 of 40" in out.getvalue()
    assert "40 people more were made; there are 40 of them." in out.getvalue()
    assert set(demo.ACCOUNTS) <= set(emails())


@pytest.mark.parametrize("users", [-1, 1_000_001])
def test_a_number_that_makes_no_sense_is_refused(users):
    with pytest.raises(CommandError, match="--users"):
        call_command("load_demo", users=users)
