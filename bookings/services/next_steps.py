"""What a learner might do next, from what their front page shows anyway. Pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices

from bookings.services.dashboard import Figures
from bookings.services.reviews import REVIEW_WINDOW
from courses.services.overview import ActiveCourse

# Of one kind: the rest comes when these are done.
MOST_OF_A_KIND = 3
_PROFILE = {"first_name": "your name", "bio": "your bio", "interests": "interests", "learning_goals": "learning goals"}


class Kind(TextChoices):
    SESSION = "upcoming_session"
    ASSESSMENT = "assessment"
    REVIEW = "review"
    MODULE = "next_module"
    PROFILE = "complete_profile"


@dataclass(frozen=True)
class Step:
    """`object_id` is that of the session, assessment, lesson (its booking) or module; None for the profile. `due_at` is
    when a session begins or something has to be done by.
    """

    kind: Kind
    title: str
    link: str
    object_id: int | None = None
    due_at: datetime | None = None
    is_overdue: bool = False


def next_steps(
    figures: Figures, sessions: Sequence[dict[str, Any]], courses: Sequence[ActiveCourse], *, now: datetime
) -> list[Step]:
    """In the order in which they matter. `sessions` are cards, the soonest first."""
    return [
        *_sessions(sessions[:1]),
        *_assessments(courses, now),
        *_review(figures),
        *_modules(courses),
        *_profile(figures),
    ]


def _sessions(cards: Sequence[dict[str, Any]]) -> Iterator[Step]:
    for card in cards:
        yield Step(
            Kind.SESSION, f"Your next session: {card['title']}", f"/sessions/{card['id']}", card["id"], card["date"]
        )


def _assessments(courses: Sequence[ActiveCourse], now: datetime) -> list[Step]:
    steps = [
        Step(
            Kind.ASSESSMENT,
            f"Hand in {course.next_assessment['title']}",
            f"/assessments/{course.next_assessment['id']}",
            course.next_assessment["id"],
            course.assessment_deadline,
            is_overdue=course.assessment_deadline is not None and course.assessment_deadline < now,
        )
        for course in courses
        if course.next_assessment
    ]
    return sorted(steps, key=lambda step: (step.due_at is None, step.due_at or now))[:MOST_OF_A_KIND]


def _review(figures: Figures) -> Iterator[Step]:
    lesson = figures.unreviewed
    if lesson and figures.unreviewed_ended_at:
        tutor = f"{lesson['first_name']} {lesson['last_name']}".strip() or "your tutor"
        until = figures.unreviewed_ended_at + REVIEW_WINDOW
        yield Step(Kind.REVIEW, f"Review your lesson with {tutor}", f"/bookings/{lesson['id']}", lesson["id"], until)


def _modules(courses: Sequence[ActiveCourse]) -> list[Step]:
    return [
        Step(
            Kind.MODULE,
            f"Go on with {course.title}: {course.next_module['title']}",
            f"/courses/{course.course_id}",
            course.next_module["id"],
        )
        for course in courses
        if course.next_module
    ][:MOST_OF_A_KIND]


def _profile(figures: Figures) -> Iterator[Step]:
    missing = [words for field, words in _PROFILE.items() if not getattr(figures, field)]
    if missing:
        yield Step(Kind.PROFILE, f"Complete your profile: {', '.join(missing)}", "/profile")
