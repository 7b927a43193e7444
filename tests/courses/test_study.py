from datetime import timedelta

import pytest
from django.utils import timezone

from courses.services import points
from courses.services.study import minutes_of
from sessions_app.models import SessionKind, SessionStatus
from sessions_app.services import course
from tests.factories import ParticipantFactory, SessionFactory, StudentFactory, TutorFactory

pytestmark = pytest.mark.django_db


def seat_in(learner, *, minutes, status=SessionStatus.COMPLETED, state="joined", **session):
    made = SessionFactory(status=status, **session)
    made.ends_at = made.starts_at + timedelta(minutes=minutes)
    made.save()
    return ParticipantFactory(session=made, user=learner, state=state)


def test_the_minutes_of_completed_sessions_and_lessons_add_up():
    learner = StudentFactory()
    seat_in(learner, minutes=60)
    seat_in(learner, minutes=45, kind=SessionKind.PRIVATE, max_participants=1)

    assert minutes_of(learner.pk) == 105


def test_of_a_session_that_ended_early_only_what_took_place_counts():
    host, seat = TutorFactory(), ParticipantFactory(session=SessionFactory())
    session = seat.session
    begin, session.creator = timezone.now() - timedelta(minutes=25), host
    session.starts_at, session.ends_at, session.status = begin, begin + timedelta(hours=1), SessionStatus.ONGOING
    session.save()

    course.complete_session(session.pk, actor=host)

    assert minutes_of(seat.user_id) == 25
    assert points.total_of(seat.user_id) == 0, "less than half an hour"


def test_a_session_that_ended_before_its_time_came_counts_nothing():
    seat = ParticipantFactory(session=SessionFactory(status=SessionStatus.ONGOING))

    course.complete_session(seat.session.pk, actor=seat.session.creator)

    assert minutes_of(seat.user_id) == 0


def test_minutes_on_record_count_before_those_of_the_clock():
    learner = StudentFactory()
    seat = seat_in(learner, minutes=60, kind=SessionKind.PRIVATE, max_participants=1)
    seat.attended_minutes = 35
    seat.save()
    seat_in(learner, minutes=45)

    assert minutes_of(learner.pk) == 80


@pytest.mark.parametrize("status", sorted(set(SessionStatus) - {SessionStatus.COMPLETED}))
def test_booked_minutes_are_not_studied_minutes(status):
    learner = StudentFactory()
    seat_in(learner, minutes=60, status=status)

    assert minutes_of(learner.pk) == 0


def test_whoever_left_did_not_study_and_nobody_studies_for_others():
    learner = StudentFactory()
    seat_in(learner, minutes=60, state="left")
    seat_in(StudentFactory(), minutes=60)

    assert minutes_of(learner.pk) == 0


def test_a_correction_of_the_seat_is_right_at_once():
    learner = StudentFactory()
    seat = seat_in(learner, minutes=60)
    assert minutes_of(learner.pk) == 60

    seat.state = "left"
    seat.save()

    assert minutes_of(learner.pk) == 0
