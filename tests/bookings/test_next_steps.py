"""What a learner might do next: pure functions over what the front page shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bookings.services.dashboard import Figures
from bookings.services.next_steps import Kind, next_steps
from courses.services.overview import ActiveCourse

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOTHING = Figures(
    upcoming_sessions=0,
    sessions_to_host=0,
    completed_sessions=0,
    active_courses=0,
    completed_courses=0,
    unread_notifications=0,
    points_total=0,
    unreviewed=None,
    unreviewed_ended_at=None,
    first_name="Grace",
    bio="Me.",
    interests=["Chess"],
    learning_goals=["Sums"],
)
TO_REVIEW = replace(
    NOTHING, unreviewed={"id": 4, "first_name": "", "last_name": ""}, unreviewed_ended_at=NOW - timedelta(days=1)
)
COURSE = ActiveCourse(
    course_id=1,
    title="Compilers",
    completion_percentage=0,
    modules_done=0,
    modules_required=1,
    next_module={"id": 7, "title": "Scanning"},
    next_assessment={"id": 9, "title": "A scanner"},
    assessment_deadline=NOW,
    last_accessed_at=None,
    enrolled_at=NOW,
)


def test_who_has_done_everything_has_nothing_to_do():
    assert next_steps(NOTHING, [], [], now=NOW) == []


def test_sessions_come_before_work_work_before_words_and_the_profile_last():
    card = {"id": 3, "title": "Algebra together", "date": NOW}
    steps = next_steps(replace(TO_REVIEW, bio=""), [card, card], [COURSE], now=NOW)

    assert [(step.kind, step.object_id) for step in steps] == [
        (Kind.SESSION, 3), (Kind.ASSESSMENT, 9), (Kind.REVIEW, 4), (Kind.MODULE, 7), (Kind.PROFILE, None),
    ]  # fmt: skip


@pytest.mark.parametrize(("deadline", "is_overdue"), [(None, False), (NOW, False), (NOW - timedelta(seconds=1), True)])
def test_an_assessment_is_overdue_after_its_deadline(deadline, is_overdue):
    (step,) = next_steps(NOTHING, [], [replace(COURSE, assessment_deadline=deadline, next_module=None)], now=NOW)

    assert (step.due_at, step.is_overdue) == (deadline, is_overdue)


def test_three_of_a_kind_are_enough_and_the_most_urgent_are_kept():
    days = [None, 5, 1, 3, 2]
    courses = [replace(COURSE, assessment_deadline=None if day is None else NOW + timedelta(days=day)) for day in days]

    steps = next_steps(NOTHING, [], courses, now=NOW)

    due = [step.due_at for step in steps if step.kind == Kind.ASSESSMENT]
    assert due == [NOW + timedelta(days=day) for day in (1, 2, 3)]
    assert len([step for step in steps if step.kind == Kind.MODULE]) == 3


def test_a_tutor_without_a_name_can_be_reviewed_too():
    (step,) = next_steps(TO_REVIEW, [], [], now=NOW)

    assert step.title == "Review your lesson with your tutor"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"bio": None, "interests": None, "learning_goals": None}, "your bio, interests, learning goals"),
        ({"first_name": ""}, "your name"),
        ({"interests": []}, "interests"),
    ],
)
def test_the_profile_says_what_is_missing(missing, words):
    (step,) = next_steps(replace(NOTHING, **missing), [], [], now=NOW)

    assert (step.title, step.link) == (f"Complete your profile: {words}", "/profile")
