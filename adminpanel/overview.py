"""The first page of the back office: what there is, what comes next, and what somebody should look at."""

from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import OutgoingMail, RevisionState, TutorProfile, TutorRevision, TutorStatus, User
from adminpanel.permissions import may_view
from common.models import DueWork
from payments.models import Adjustment, AdjustmentStatus, Dispute, DisputeKind, DisputeStatus, ProviderEvent
from sessions_app.models import SessionStatus, TutoringSession
from support.models import Ticket, TicketStatus

NEXT_SESSIONS = 8


class Figure(NamedTuple):
    title: str
    value: int
    link: str


def overview(request: HttpRequest) -> dict[str, Any]:
    """The context of the page; each figure leads to the rows that it counts."""
    sees_sessions = may_view(request, TutoringSession)
    return {
        "figures": [_figure(title, rows, query) for title, rows, query in _counted() if may_view(request, rows.model)],
        "next_sessions": _next_sessions() if sees_sessions else None,
    }


def _counted() -> list[tuple[str, QuerySet, str]]:
    sessions = TutoringSession.objects.present()
    return [
        ("Active users", User.objects.active(), "is_active__exact=1"),
        ("Upcoming sessions", sessions.filter(status=SessionStatus.UPCOMING), "status__exact=upcoming"),
        ("Going on now", sessions.filter(status=SessionStatus.ONGOING), "status__exact=ongoing"),
        (
            "Tutors to approve",
            TutorProfile.objects.filter(status=TutorStatus.PENDING_APPROVAL),
            "status__exact=pending_approval",
        ),
        (
            "Changed profiles to approve",
            TutorRevision.objects.filter(state=RevisionState.PENDING),
            "state__exact=pending",
        ),
        ("Open tickets", Ticket.objects.filter(status=TicketStatus.OPEN), "status__exact=open"),
        (
            "Disputes to decide",
            Dispute.objects.filter(status=DisputeStatus.OPEN, kind=DisputeKind.INTERNAL),
            "status__exact=open&kind__exact=internal",
        ),
        (
            "Adjustments to approve",
            Adjustment.objects.filter(status=AdjustmentStatus.PENDING),
            "status__exact=pending",
        ),
        ("Events given up", ProviderEvent.objects.filter(state=DueWork.State.DEAD), "state__exact=dead"),
        ("Mails given up", OutgoingMail.objects.filter(state=DueWork.State.DEAD), "state__exact=dead"),
    ]


def _figure(title: str, rows: QuerySet, query: str) -> Figure:
    options = rows.model._meta
    path = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return Figure(title, rows.count(), f"{path}?{query}")


def _next_sessions() -> QuerySet:
    upcoming = TutoringSession.objects.present().filter(status=SessionStatus.UPCOMING)
    return upcoming.select_related("creator").order_by("starts_at", "pk")[:NEXT_SESSIONS]
