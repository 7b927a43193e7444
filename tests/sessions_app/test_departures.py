"""What becomes of group sessions when their host may not teach any more (R-BOOK-7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.services import moderation
from audit.models import AuditEntry
from notifications.models import Notification
from sessions_app.errors import TutorSuspended
from sessions_app.models import SessionKind, TutoringSession
from sessions_app.services import departures, host_calendar, hosting
from tests.factories import (
    AdminFactory,
    BookingFactory,
    JoinRequestFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
    WaitlistEntryFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def session():
    return ParticipantFactory(session__starts_at=timezone.now() + timedelta(days=9)).session


def suspend(session, admin, **how):
    return moderation.suspend_tutor(session.creator_id, actor=admin, reason="no-shows", **how)


def again(session):
    return TutoringSession.objects.get(pk=session.pk)


def test_a_lost_message_is_made_up_for_by_the_periodic_task(session, admin):
    suspend(session, admin)
    assert again(session).status == "upcoming"

    assert (departures.clear(), departures.clear()) == (1, 0)

    off = again(session)
    assert (off.status, off.end_reason) == ("cancelled", departures.HOST_STOPPED)
    entry = AuditEntry.objects.get(action="session.cancelled")
    assert (entry.actor_id, entry.reason) == (None, departures.HOST_STOPPED)
    assert set(Notification.objects.filter(type="session_cancelled").values_list("recipient", flat=True)) == {
        session.creator_id,
        session.participants.get().user_id,
    }


def test_a_tutor_who_was_reinstated_meanwhile_keeps_them(session, admin):
    suspend(session, admin)
    moderation.reinstate_tutor(session.creator_id, actor=admin)

    assert departures.clear() == 0
    assert again(session).status == "upcoming"


def test_a_suspension_whose_time_is_over_calls_nothing_off(session, admin):
    suspend(session, admin, until=timezone.now() + timedelta(seconds=1))
    type(session.creator.tutor_profile).objects.update(suspended_until=timezone.now() - timedelta(seconds=1))

    assert departures.clear() == 0


@pytest.mark.parametrize("state", ["running", "begun", "private", "somebody else's", "a learner's own"])
def test_what_runs_and_what_is_not_theirs_to_host_stays(session, admin, state):
    past = timezone.now() - timedelta(minutes=5)
    kept = {
        "running": lambda: SessionFactory(creator=session.creator, status="ongoing", starts_at=past),
        "begun": lambda: SessionFactory(creator=session.creator, starts_at=past),
        "private": lambda: BookingFactory(tutor=session.creator.tutor_profile, status="confirmed").session,
        "somebody else's": SessionFactory,
        "a learner's own": lambda: SessionFactory(creator=StudentFactory(), kind=SessionKind.PEER),
    }[state]()
    before = again(kept).status
    suspend(session, admin)

    assert departures.clear() == 1

    assert again(kept).status == before


def test_a_closed_account_means_the_same_for_what_a_learner_hosts(admin):
    hosted = SessionFactory(creator=StudentFactory(), kind=SessionKind.PEER)
    moderation.deactivate(hosted.creator_id, actor=admin)

    assert departures.clear() == 1
    assert (again(hosted).status, again(hosted).end_reason) == ("cancelled", departures.HOST_GONE)


def test_who_is_suspended_while_they_wait_for_their_calendar_publishes_nothing(admin, monkeypatch):
    tutor = TutorFactory()

    def suspended_first(host):
        moderation.suspend_tutor(host.pk, actor=admin, reason="no-shows")

    monkeypatch.setattr(host_calendar, "take", suspended_first)

    with pytest.raises(TutorSuspended):
        hosting.create_session(
            creator=tutor, title="Optics", starts_at=timezone.now() + timedelta(days=1), max_participants=4
        )

    assert not TutoringSession.objects.exists()


def test_who_is_deactivated_gives_up_what_lies_ahead_and_does_not_get_it_back(session, admin):
    gone, other = StudentFactory(), StudentFactory()
    full = ParticipantFactory(session=SessionFactory(max_participants=2)).session
    ParticipantFactory(session=full, user=gone)
    WaitlistEntryFactory(session=full, user=other)
    place = WaitlistEntryFactory(session=SessionFactory(max_participants=2), user=gone)
    asked = JoinRequestFactory(user=gone)
    past = ParticipantFactory(session=SessionFactory(status="completed"), user=gone, state="attended")

    moderation.deactivate(gone.pk, actor=admin, reason="spam")
    assert departures.clear() == 3
    moderation.reactivate(gone.pk, actor=admin)

    assert (departures.clear(), departures.clear(user_id=gone.pk)) == (0, 0)
    assert set(full.participants.joined().values_list("user_id", flat=True)) >= {other.pk}
    assert not full.participants.joined().filter(user=gone).exists()
    for row in (place, asked, past):
        row.refresh_from_db()
    assert (place.state, asked.state, past.state) == ("withdrawn", "withdrawn", "attended")


def test_the_seat_of_who_is_deactivated_is_free_as_soon_as_that_is_committed(
    session, admin, django_capture_on_commit_callbacks
):
    seat = session.participants.get()

    with django_capture_on_commit_callbacks(execute=True):
        moderation.deactivate(seat.user_id, actor=admin, reason="spam")

    assert again(session).seats_taken == 0
