"""Filling an empty database, and only once."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Role, User
from audit.models import AuditEntry
from catalog.models import Subject
from notifications.models import Notification
from peerlearn import demo
from sessions_app.models import Participant, TutoringSession
from tests.factories import SubjectFactory, UserFactory
from tests.peerlearn.test_demo_data import meetings

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def loaded():
    demo.load(now=timezone.now())


def load_demo():
    output = io.StringIO()
    call_command("load_demo", stdout=output)
    return output.getvalue()


def everything():
    """Every row of every table that the demo data could touch."""
    models = (User, Subject, TutoringSession, Participant, Notification, AuditEntry)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_the_same_people_sit_in_the_same_sessions_wherever_it_is_loaded():
    def seats():
        seats = Participant.objects.filter(session__in=meetings())
        return sorted(seats.values_list("session__title", "user__email", "state"))

    now = timezone.now()
    demo.load(now=now)
    first = seats()
    Participant.objects.filter(session__in=meetings()).delete()
    meetings().delete()
    cast = demo.people.Cast(
        *(User.objects.get(email=email) for email in demo.ACCOUNTS),
        tutors=list(User.objects.filter(role=Role.TUTOR).exclude(email__in=demo.ACCOUNTS).order_by("pk")),
        students=list(User.objects.filter(role=Role.STUDENT).exclude(email__in=demo.ACCOUNTS).order_by("pk")),
    )
    topics = demo.subjects.create()
    demo.timetable.create(cast, topics, now=now)
    demo.story.play(cast, topics, now=now)

    assert seats() == first


# --- That it is loaded once ---------------------------------------------------------------------------------------


def test_the_command_shows_its_steps_and_the_accounts():
    output = load_demo()

    assert "step 1 of 8" in output
    assert "step 8 of 8" in output
    for email, password in demo.ACCOUNTS.items():
        assert f"{email:<20} {password}" in output


def test_a_second_run_says_so_in_one_line_and_changes_nothing(loaded):
    before = everything()

    output = load_demo()

    assert output == "The demo data are there already; nothing was changed.\n"
    assert everything() == before


def test_a_second_run_leaves_what_people_changed_alone(loaded):
    User.objects.filter(email=demo.people.STUDENT).update(first_name="Renamed", password="changed")
    TutoringSession.objects.filter(status="upcoming").update(title="Mine now")
    before = everything()

    load_demo()

    assert everything() == before


def test_deleted_demo_accounts_do_not_come_back(loaded):
    Notification.objects.all().delete()
    User.objects.filter(email=demo.people.ADMIN).delete()

    assert load_demo().startswith("The demo data are there already")
    assert not User.objects.filter(email=demo.people.ADMIN).exists()


@pytest.mark.parametrize("email", [demo.people.ADMIN, "amelia.clarke@example.org"])
def test_nothing_is_loaded_beside_somebody_who_has_one_of_the_addresses(email):
    UserFactory(email=email)
    before = everything()

    assert not demo.load(now=timezone.now())
    assert everything() == before


def test_people_and_subjects_that_were_there_stay_as_they_are():
    UserFactory(email="somebody@example.net")
    mathematics = SubjectFactory(name="MATHEMATICS", description="Ours.")

    demo.load(now=timezone.now())

    mathematics.refresh_from_db()
    assert (mathematics.name, mathematics.description) == ("MATHEMATICS", "Ours.")
    assert mathematics.sessions.filter(kind__in=["group", "peer"]).count() == 7
    assert User.objects.count() == 104


def test_a_failure_on_the_way_leaves_nothing_behind(monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("the power went")

    monkeypatch.setattr(demo.story, "play", fail)

    with pytest.raises(OSError, match="the power went"):
        demo.load(now=timezone.now())

    assert not any(everything().values())


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_it_can_be_loaded_at_any_hour(hour, time_machine):
    now = timezone.now().replace(hour=hour, minute=59)
    time_machine.move_to(now, tick=False)

    assert demo.load(now=now)
    assert meetings().filter(status="upcoming", starts_at__gt=now).count() == 30
