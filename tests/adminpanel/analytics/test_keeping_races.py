"""Figures are kept while lessons of long ago change: nothing is lost between a count and a commit."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from adminpanel.analytics import dashboard, folding
from adminpanel.models import ChangedMoment, RollUpState, SessionDay
from sessions_app.models import SessionStatus, TutoringSession
from tests.factories import SessionFactory, TutorFactory
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SESSIONS = 6


def past_sessions():
    host = TutorFactory()
    began = timezone.now() - timedelta(days=30)
    return [
        SessionFactory(creator=host, status=SessionStatus.COMPLETED, starts_at=began + timedelta(days=day))
        for day in range(SESSIONS)
    ]


def call_off(session):
    TutoringSession.objects.filter(pk=session.pk).update(status=SessionStatus.CANCELLED)


def test_runs_at_once_and_changes_between_them_end_in_what_a_recount_finds():
    sessions = past_sessions()
    folding.fold()

    changes = [lambda session=session: call_off(session) for session in sessions]
    runs = [call for change in changes for call in (change, folding.fold)]
    results = at_once(runs, threads=6)

    assert [result for result in results if isinstance(result, Exception)] == []
    found = dashboard.session_metrics().sessions
    assert (found.completed, found.cancelled) == (0, SESSIONS)
    assert folding.differences() == []
    folding.fold()
    assert not ChangedMoment.objects.exists()
    assert sum(SessionDay.objects.filter(status="cancelled").values_list("sessions", flat=True)) == SESSIONS
    assert folding.differences() == []


def test_two_first_runs_at_once_are_one():
    past_sessions()

    results = at_once([folding.fold] * 3)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert RollUpState.objects.count() == 1
    assert folding.differences() == []
    assert dashboard.session_metrics().sessions.completed == SESSIONS


@pytest.mark.skipif(connection.vendor != "postgresql", reason="On SQLite a writer waits until the count is over.")
def test_a_change_that_is_not_committed_while_its_day_is_counted_is_counted_later(monkeypatch):
    """The count does not see it, and the mark is not there yet to be taken away."""
    session = past_sessions()[0]
    folding.fold()
    call_off(session)
    take_changes = folding._take_changes

    def meanwhile():
        days = take_changes()
        results = at_once([lambda: TutoringSession.objects.filter(pk=session.pk).update(status="ongoing")])
        assert results == [1]
        return days

    monkeypatch.setattr(folding, "_take_changes", meanwhile)
    folding.fold()

    assert ChangedMoment.objects.exists()
    assert dashboard.session_metrics().sessions.ongoing == 1
    assert folding.differences() == []
