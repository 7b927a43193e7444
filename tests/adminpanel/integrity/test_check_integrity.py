"""`manage.py check_integrity`: what cron reads, and exit codes that it understands."""

import io

import pytest
from django.core.management import CommandError, call_command

from adminpanel import integrity
from adminpanel.integrity.check import REPAIRED
from audit.models import AuditEntry
from sessions_app.models import TutoringSession
from tests.factories import ParticipantFactory, SessionFactory, StudentFactory

pytestmark = pytest.mark.django_db


def check(*options):
    """What is written, and how it ended."""
    out = io.StringIO()
    try:
        call_command("check_integrity", *options, stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


@pytest.fixture
def miscounted():
    sessions = [ParticipantFactory().session for _ in range(3)]
    TutoringSession.objects.update(seats_taken=5)
    return sessions


def seats():
    return set(TutoringSession.objects.values_list("seats_taken", flat=True))


def test_a_sound_system_is_one_line_and_0():
    StudentFactory()

    assert check() == (["Everything agrees"], "")


def test_what_is_wrong_is_named_and_ends_with_1(miscounted):
    lines, end = check()

    assert end == "3 problems"
    assert lines[0].startswith("sessions.seats: 3 found, 0 repaired, can be repaired. It should be that sessions count")
    assert lines[1] == (
        f"  sessions_app.tutoringsession:{miscounted[0].pk} has seats_taken 5; the rows behind it say 1."
    )
    assert len(lines) == 4
    assert seats() == {5}


def test_repairing_mends_and_ends_with_0(miscounted):
    lines, end = check("--repair")

    assert (lines[-1], end, seats()) == ("Everything agrees", "", {1})
    assert AuditEntry.objects.filter(action=REPAIRED, actor_role="system").count() == 3


def test_more_than_one_run_can_mend_is_mended_in_several(miscounted, monkeypatch):
    monkeypatch.setattr("adminpanel.integrity.check.MENDED_AT_ONCE", 2)

    _, end = check("--repair")

    assert (end, seats()) == ("", {1})


def test_a_dry_run_of_a_repair_changes_nothing(miscounted):
    lines, end = check("--repair", "--dry-run")

    assert lines[-1] == "Nothing was changed: a dry run."
    assert (end, seats()) == ("3 problems", {5})
    assert not AuditEntry.objects.exists()


def test_what_cannot_be_mended_is_left_and_ends_with_1():
    session = SessionFactory()
    ParticipantFactory(session=session, user=session.creator)

    lines, end = check("--repair")

    assert lines[0].startswith("sessions.hosts: 1 found, 0 repaired. ")
    assert end == "1 problems"


def test_a_figure_that_the_database_would_not_take_is_left_as_it_is(caplog):
    """Three people sit on two seats: no counter can say so."""
    session = SessionFactory(max_participants=2)
    for _ in range(2):
        ParticipantFactory(session=session)
    session.participants.create(user=StudentFactory(), joined_at=session.created_at)

    _, end = check("--repair")

    session.refresh_from_db()
    assert (end, session.seats_taken) == ("1 problems", 2)
    assert "integrity_not_repaired" in caplog.text


def test_a_check_that_fails_says_so_and_holds_up_no_other(miscounted, monkeypatch):
    from django.db import OperationalError

    def fail(**options):
        raise OperationalError("it took too long")

    broken = next(each for each in integrity.CHECKS if each.name == "payments.ledger")
    monkeypatch.setattr(broken, "find", fail)

    lines, end = check()

    assert end == "4 problems"
    assert lines[0].startswith("sessions.seats: 3 found")
    assert lines[-1].startswith("payments.ledger: 0 found, 0 repaired. It could not be looked at whether")


def test_only_some_checks_can_be_asked_for(miscounted):
    assert check("--only", "bookings.times") == (["Everything agrees"], "")
    assert check("--only", "bookings.times", "--only", "sessions.seats")[1] == "3 problems"
    assert check("--only", "nothing.such")[1].startswith("There is no check nothing.such.")


def test_the_list_names_every_check_and_what_it_looks_at():
    lines, end = check("--list")

    assert end == ""
    assert [line.partition(":")[0] for line in lines] == [each.name for each in integrity.CHECKS]
    assert len(lines) == len({line.partition(":")[0] for line in lines}) == 90
