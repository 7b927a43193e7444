"""How the roll-up is kept: by a clock, by a command, and by triggers that tell what has changed."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import TokenFamily
from accounts.services.tokens import open_family, purge_expired
from adminpanel.analytics import folding, triggers
from adminpanel.analytics.periods import Period, today
from adminpanel.analytics.usage import usage
from adminpanel.models import ChangedMoment, RollUpState, SessionDay
from adminpanel.tasks import fold_figures
from bookings.models import Booking, BookingStatus
from sessions_app.models import SessionStatus, TutoringSession
from tests.adminpanel.analytics.worlds import NOW
from tests.factories import BookingFactory, SessionFactory, StudentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def changed():
    return sorted(ChangedMoment.objects.values_list("moment", flat=True))


def names_of_triggers():
    with connection.cursor() as cursor:
        return {name for name in triggers._installed(connection, cursor) if "_figures_" in name}


def test_all_triggers_are_there_after_a_migration_and_can_be_taken_away_and_put_back():
    every = {f"{table}_figures_{event}" for table in triggers.WATCHED for event in ("insert", "update", "delete")}
    assert names_of_triggers() == every

    triggers.remove(connection)
    assert names_of_triggers() == set()

    triggers.install(connection)
    triggers.install(connection)
    assert names_of_triggers() == every


def test_what_is_booked_moved_or_ended_in_time_leaves_no_mark():
    fold_figures()

    booking = BookingFactory(starts_at=NOW + timedelta(days=3))
    Booking.objects.filter(pk=booking.pk).update(starts_at=NOW + timedelta(days=4), ends_at=NOW + timedelta(days=5))
    session = SessionFactory(starts_at=NOW - timedelta(hours=2))
    TutoringSession.objects.filter(pk=session.pk).update(status=SessionStatus.COMPLETED)

    assert changed() == []


def test_a_late_change_is_marked_by_when_it_began_before_and_after():
    old, older = NOW - timedelta(days=9), NOW - timedelta(days=19)
    booking = BookingFactory(starts_at=old, status=BookingStatus.COMPLETED)
    fold_figures()

    Booking.objects.filter(pk=booking.pk).update(starts_at=older)
    assert changed() == [older, old]

    Booking.objects.filter(pk=booking.pk).update(notes_tutor="Nothing that counts.")
    assert len(changed()) == 2


def test_before_anything_is_rolled_up_nothing_is_marked():
    session = SessionFactory(starts_at=NOW - timedelta(days=9), status=SessionStatus.COMPLETED)
    session.delete()

    assert changed() == []


def test_days_that_were_not_marked_long_enough_wait_for_the_next_run():
    """After a stop of ten days: somebody may be changing one of those days at this moment, without a mark."""
    fold_figures()
    before = RollUpState.objects.get()

    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        fold_figures()
        assert RollUpState.objects.get().closed_until == before.marked_until.date()
        fold_figures()
        assert RollUpState.objects.get().closed_until == (NOW + timedelta(days=9)).date()


def test_sign_ins_stay_counted_when_their_rows_have_expired():
    for _ in range(3):
        open_family(StudentFactory())
    fold_figures()

    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        purge_expired()
        fold_figures()
        folding.rebuild()
        days = usage(Period(NOW.date(), NOW.date() + timedelta(days=1)))

    assert not TokenFamily.objects.exists()
    assert days[NOW.date()].sign_ins == 3


def test_the_command_rolls_up_and_says_so():
    SessionFactory(starts_at=NOW - timedelta(days=4), status=SessionStatus.COMPLETED)
    out = StringIO()

    call_command("rebuild_figures", stdout=out)

    assert out.getvalue() == "3 days are rolled up\n"
    assert SessionDay.objects.get().sessions == 1


def test_a_dry_run_names_what_is_wrong_and_changes_nothing():
    SessionFactory(starts_at=NOW - timedelta(days=4), status=SessionStatus.COMPLETED)
    call_command("rebuild_figures", stdout=StringIO())
    SessionDay.objects.update(sessions=7)
    out = StringIO()

    with pytest.raises(CommandError, match=r"^1 differences$"):
        call_command("rebuild_figures", "--dry-run", stdout=out)

    assert "session day of 2026-04-16: (7, " in out.getvalue()
    assert SessionDay.objects.get().sessions == 7


def test_a_dry_run_of_a_sound_roll_up_says_that_it_is():
    out = StringIO()

    call_command("rebuild_figures", "--dry-run", stdout=out)

    assert out.getvalue() == "What is rolled up is what a recount finds\n"
    assert today() == timezone.now().date()
