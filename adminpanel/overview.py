"""The first page of the back office: what waits, how it goes, and what comes next."""

from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from adminpanel import queues
from adminpanel.lists import list_of
from adminpanel.permissions import may_view
from adminpanel.pictures import charts
from sessions_app.models import SessionStatus, TutoringSession

NEXT_SESSIONS = 8


class Figure(NamedTuple):
    title: str
    value: int
    link: str


def overview(request: HttpRequest) -> dict[str, Any]:
    """The context of the page; each figure leads to the rows that it counts."""
    lines = queues.lines(request, now=timezone.now())
    sees_sessions = may_view(request, TutoringSession)
    return {
        "figures": [
            Figure(title, rows.count(), list_of(rows.model, **filters))
            for title, rows, filters in _counted()
            if may_view(request, rows.model)
        ],
        "queues": {
            "full": [line for line in lines if line.length],
            "empty": [line for line in lines if not line.length],
        },
        "charts": charts(request),
        "next_sessions": _next_sessions() if sees_sessions else None,
    }


def _counted() -> list[tuple[str, QuerySet, dict[str, Any]]]:
    sessions = TutoringSession.objects.present()
    return [
        ("Active users", User.objects.active(), {"is_active__exact": 1}),
        ("Upcoming sessions", sessions.filter(status=SessionStatus.UPCOMING), {"status__exact": "upcoming"}),
        ("Going on now", sessions.filter(status=SessionStatus.ONGOING), {"status__exact": "ongoing"}),
    ]


def _next_sessions() -> QuerySet:
    upcoming = TutoringSession.objects.present().filter(status=SessionStatus.UPCOMING)
    return upcoming.select_related("creator").order_by("starts_at", "pk")[:NEXT_SESSIONS]
