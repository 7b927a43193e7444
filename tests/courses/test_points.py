from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from courses.models import PointsEntry, PointsReason
from courses.services import attending, points
from courses.services.levels import THRESHOLDS, level_of
from sessions_app.models import SeatState, SessionKind, SessionStatus, TutoringSession
from sessions_app.services import attendance
from sessions_app.services import course as session_course
from tests.factories import ParticipantFactory, SessionFactory, StudentFactory

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def learner():
    return StudentFactory(timezone="UTC")


def lines_of(user):
    rows = PointsEntry.objects.filter(user=user).order_by("pk").values_list("reason", "points")
    return [tuple(row) for row in rows]


def session_of(learner, *, hours=1, kind=SessionKind.GROUP, **seat):
    """An ongoing session of an hour that has one participant."""
    now = datetime.now(UTC)
    session = SessionFactory(kind=kind, status=SessionStatus.ONGOING, starts_at=now - hours * HOUR, ends_at=now)
    ParticipantFactory(session=session, user=learner, **seat)
    return session


def test_the_same_reason_and_source_count_once(clock, learner):
    for _ in range(3):
        points.award(learner, PointsReason.MODULE, "module:1")

    points.award(learner, PointsReason.MODULE, "module:2")

    assert lines_of(learner) == [("module", 5), ("module", 5)]
    assert points.total_of(learner.pk) == 10


def test_somebody_without_a_line_has_no_points(learner):
    points.award(StudentFactory(), PointsReason.REVIEW, "review:1")

    assert points.total_of(learner.pk) == 0


def test_what_is_taken_back_leaves_both_lines(clock, learner):
    points.award(learner, PointsReason.ASSESSMENT, "assessment:1")

    for _ in range(2):
        points.take_back([learner.pk], PointsReason.ASSESSMENT, "assessment:1")

    assert lines_of(learner) == [("assessment", 20), ("reversal", -20)]
    assert points.total_of(learner.pk) == 0


def test_what_was_taken_back_can_be_given_again_and_again(clock, learner):
    for _ in range(2):
        points.award(learner, PointsReason.ASSESSMENT, "assessment:1")
        points.take_back([learner.pk], PointsReason.ASSESSMENT, "assessment:1")

    points.award(learner, PointsReason.ASSESSMENT, "assessment:1")

    assert [given for _, given in lines_of(learner)] == [20, -20, 20, -20, 20]


def test_taking_back_what_was_never_given_writes_nothing(learner):
    points.take_back([learner.pk], PointsReason.REVIEW, "review:1")

    assert lines_of(learner) == []


@pytest.mark.parametrize(("minutes", "worth"), [(29, 0), (30, 10), (59, 10), (60, 20), (240, 60)])
def test_a_lesson_is_worth_10_for_each_full_half_hour_up_to_60(clock, learner, minutes, worth):
    points.award_lesson([learner], "session:1", length=timedelta(minutes=minutes))

    assert points.total_of(learner.pk) == worth


def test_lessons_of_one_day_give_60_at_most_and_those_of_the_next_day_again(clock, learner):
    for number in range(4):
        points.award_lesson([learner], f"session:{number}", length=timedelta(minutes=80))

    assert [given for _, given in lines_of(learner)] == [20, 20, 20]

    clock.shift(timedelta(days=1))
    points.award_lesson([learner], "session:9", length=timedelta(minutes=80))

    assert points.total_of(learner.pk) == 80


def test_the_day_of_the_limit_is_the_learners_own(clock):
    """In Auckland Monday noon UTC is midnight: the lesson an hour before was yesterday's."""
    learner = StudentFactory(timezone="Pacific/Auckland")
    clock.move_to(MONDAY - HOUR)
    points.award_lesson([learner], "session:1", length=3 * HOUR)
    clock.move_to(MONDAY + HOUR)

    points.award_lesson([learner], "session:2", length=HOUR)

    assert points.total_of(learner.pk) == 80


def test_a_week_of_learning_after_another_is_a_streak_once(clock, learner):
    points.award(learner, PointsReason.MODULE, "module:1")
    clock.shift(timedelta(days=7))

    points.award(learner, PointsReason.MODULE, "module:2")
    points.award(learner, PointsReason.MODULE, "module:3")

    assert lines_of(learner) == [("module", 5), ("module", 5), ("streak", 15), ("module", 5)]
    assert PointsEntry.objects.get(reason="streak").source == "week:2026-W24"


def test_a_week_without_learning_ends_the_streak(clock, learner):
    points.award(learner, PointsReason.MODULE, "module:1")
    points.award(learner, PointsReason.REVIEW, "review:1")
    clock.shift(timedelta(days=7))
    points.award(learner, PointsReason.REVIEW, "review:2")  # no learning
    clock.shift(timedelta(days=7))

    points.award(learner, PointsReason.MODULE, "module:2")

    assert not PointsEntry.objects.filter(reason="streak").exists()


def test_a_completed_session_rewards_those_who_have_a_seat_and_not_its_host(clock, learner):
    session, left = session_of(learner), StudentFactory()
    ParticipantFactory(session=session, user=left, state="left")

    session_course.complete_session(session.pk, actor=session.creator)

    assert lines_of(learner) == [("lesson", 20)]
    assert lines_of(left) == lines_of(session.creator) == []


def test_a_peer_session_rewards_its_host_too(clock, learner):
    host = StudentFactory(timezone="UTC")
    session = session_of(learner, kind=SessionKind.PEER)
    session.creator = host
    session.save()

    session_course.complete_session(session.pk, actor=host)

    assert (lines_of(host), lines_of(learner)) == ([("peer_session", 25)], [("lesson", 20)])


def test_a_cancelled_session_gives_nothing(clock, learner):
    session = session_of(learner)

    session_course.cancel_session(session.pk, actor=session.creator)

    assert lines_of(learner) == []


def test_who_turns_out_to_have_been_absent_loses_the_points_of_the_session(clock, learner):
    session = session_of(learner)
    other = ParticipantFactory(session=session, user=StudentFactory(timezone="UTC")).user
    attending.took_place(session)

    attending.did_not_take_place(session, absent=[other.pk])

    assert (points.total_of(learner.pk), points.total_of(other.pk)) == (20, 0)


def test_points_follow_a_correction_of_who_was_there(clock, learner):
    session = session_of(learner)
    session_course.complete_session(session.pk, actor=session.creator)
    session.refresh_from_db()
    had = []

    for state in (SeatState.ABSENT, SeatState.ATTENDED):
        attendance.mark(session.pk, {learner.pk: state}, actor=session.creator)
        had.append(points.total_of(learner.pk))

    assert had == [0, 20]


def test_who_was_there_is_worth_nothing_before_the_session_is_completed(clock, learner):
    session = session_of(learner)

    attending.follow_session(session, "session_attendance_marked", actor=session.creator)

    assert lines_of(learner) == []


def test_a_session_that_is_over_before_it_was_to_begin_is_worth_nothing(learner):
    session = SessionFactory(creator=learner, kind=SessionKind.PEER)
    friend = ParticipantFactory(session=session).user
    session_course.start_session(session.pk, actor=learner)

    session_course.complete_session(session.pk, actor=learner)

    assert (lines_of(learner), lines_of(friend)) == ([], [])


def test_hosting_for_nobody_is_worth_nothing(clock, learner):
    session = SessionFactory(creator=learner, kind=SessionKind.PEER, starts_at=timezone.now() - timedelta(hours=1))
    seat = ParticipantFactory(session=session)
    TutoringSession.objects.update(status=SessionStatus.COMPLETED)
    session.refresh_from_db()
    attending.follow_session(session, "session_completed", actor=learner)
    before = points.total_of(learner.pk)

    attendance.mark(session.pk, {seat.user_id: SeatState.ABSENT}, actor=learner)

    assert (before, points.total_of(learner.pk)) == (25, 0)


def test_a_corrected_mark_gives_the_days_points_back_at_the_days_limit_too(clock, learner):
    long = session_of(learner)
    long.starts_at = long.ends_at - timedelta(hours=4)
    long.save()
    attending.took_place(long)

    attending.did_not_take_place(long)
    attending.took_place(long)

    assert points.total_of(learner.pk) == 60


def test_rewarding_many_takes_as_many_statements_as_rewarding_one(clock, django_assert_num_queries):
    past = {"status": SessionStatus.COMPLETED, "starts_at": timezone.now() - timedelta(hours=2)}
    sessions = [SessionFactory(**past) for _ in range(2)]
    for session, people in zip(sessions, (1, 8), strict=True):
        for _ in range(people):
            ParticipantFactory(session=session)
    locks = connection.vendor == "postgresql"
    for session, people in zip(sessions, (1, 8), strict=True):
        # Who was there, what they had today, what was given, the insert, last week; and the locks.
        with django_assert_num_queries(5 + people * locks):
            attending.took_place(session)


@pytest.mark.parametrize(
    ("total", "number", "next_at"), [(-5, 1, 50), (0, 1, 50), (49, 1, 50), (50, 2, 150), (3499, 9, 3500)]
)
def test_levels_begin_at_their_thresholds(total, number, next_at):
    assert level_of(total) == (number, next_at)


def test_the_last_level_has_no_next():
    assert level_of(10**6) == (len(THRESHOLDS), None)
