"""A learner's front page, and how far they have come."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from accounts.models import User
from bookings.services.dashboard import Figures, coming, figures_of
from bookings.services.next_steps import next_steps
from courses.presenters.learners import points_of, studied
from courses.services import study
from courses.services.overview import ActiveCourse, active_courses
from notifications.models import Notification
from notifications.presenters import for_learners
from sessions_app import presenters as sessions
from sessions_app.models import TutoringSession

MOST_SESSIONS = MOST_NOTIFICATIONS = 5


def dashboard(learner: User, *, now: datetime) -> dict[str, Any]:
    """In five statements, whatever there is of anything: sessions, courses, notifications, time of study, figures."""
    figures = figures_of(learner, now=now)
    cards = sessions.cards(coming(TutoringSession.objects.mine(learner), now)[:MOST_SESSIONS], learner)
    courses = active_courses(learner.pk)
    latest = Notification.objects.of(learner.pk)[:MOST_NOTIFICATIONS]
    return {
        "sessions": _sessions(figures) | {"upcoming": cards},
        "progress": _courses(figures, courses),
        "notifications": {
            "unread_count": figures.unread_notifications,
            "latest": for_learners(latest),
        },
        "points": points_of(figures.points_total),
        **studied(study.minutes_of(learner.pk)),
        "next_steps": [asdict(step) for step in next_steps(figures, cards, courses, now=now)],
    }


def progress(learner: User, *, now: datetime) -> dict[str, Any]:
    """In three statements: figures, courses, time of study."""
    figures = figures_of(learner, now=now)
    return {
        "sessions": _sessions(figures),
        "courses": _courses(figures, active_courses(learner.pk)),
        "points": points_of(figures.points_total),
        "goals": figures.learning_goals or [],
        **studied(study.minutes_of(learner.pk)),
    }


def _sessions(figures: Figures) -> dict[str, Any]:
    return {
        "upcoming_count": figures.upcoming_sessions,
        "hosted_count": figures.sessions_to_host,
        "completed_count": figures.completed_sessions,
    }


def _courses(figures: Figures, courses: Sequence[ActiveCourse]) -> dict[str, Any]:
    return {
        "active_count": figures.active_courses,
        "completed_count": figures.completed_courses,
        "courses": [asdict(course) for course in courses],
    }
