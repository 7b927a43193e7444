"""What waits for somebody of the staff: how much it is, since when, and where it is dealt with."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, IntegerField, Min, Model, QuerySet, Value
from django.http import HttpRequest
from django.utils.timesince import timesince

from accounts.models import OutgoingMail, RevisionState, TutorProfile, TutorRevision
from accounts.models.tutor import TO_APPROVE
from adminpanel.lists import list_of
from adminpanel.permissions import may_view
from bookings.models import Booking, DisputeState, ReviewReport
from common.back_office import DECIDED_WITHIN
from common.models import DueWork
from messaging.models import Report
from notifications.models import Delivery
from payments.models import (
    Adjustment,
    AdjustmentStatus,
    Dispute,
    DisputeKind,
    DisputeStatus,
    Payout,
    PayoutStatus,
    ProviderEvent,
    Refund,
    RefundStatus,
)
from privacy.models import Erasure, ErasureState
from sessions_app.models import UNDECIDED, ConflictReport
from support.models import Ticket, TicketStatus

# How soon a tutor should know.
APPROVAL_TARGET = timedelta(days=3)
DAY = timedelta(days=1)
# By law (R-GDPR-5).
ERASED_WITHIN = timedelta(days=30)


class Queue(NamedTuple):
    """The rows of `model` that pass `filters`; `since` is the column that says from when they wait."""

    title: str
    model: type[Model]
    since: str
    filters: dict[str, Any]
    target: timedelta | None = None

    @property
    def waiting(self) -> QuerySet:
        return self.model._default_manager.filter(**self.filters)

    @property
    def link(self) -> str:
        """The list of these rows: in an address several values are one, with commas."""
        several = (list, tuple)
        return list_of(
            self.model,
            **{name: ",".join(value) if isinstance(value, several) else value for name, value in self.filters.items()},
        )


class Line(NamedTuple):
    """One queue as it is now. `oldest` is None for an empty one."""

    title: str
    length: int
    oldest: datetime | None
    is_late: bool
    link: str
    age: str = ""


# The most pressing first.
QUEUES = (
    Queue(
        "Escalated tickets",
        Ticket,
        "updated_at",
        {"status__exact": TicketStatus.ESCALATED},
        DAY,
    ),
    Queue(
        "Open tickets",
        Ticket,
        "created_at",
        {"status__exact": TicketStatus.OPEN},
        DAY,
    ),
    Queue(
        "Tutors to approve",
        TutorProfile,
        "submitted_at",
        TO_APPROVE,
        APPROVAL_TARGET,
    ),
    Queue(
        "Documents to verify",
        TutorProfile,
        "submitted_at",
        {**TO_APPROVE, "verification_documents__isnull": False},
        APPROVAL_TARGET,
    ),
    Queue(
        "Changed profiles to approve",
        TutorRevision,
        "submitted_at",
        {"state__exact": RevisionState.PENDING, "tutor__user__deleted_at__isnull": True},
        APPROVAL_TARGET,
    ),
    Queue(
        "Reported reviews",
        ReviewReport,
        "created_at",
        {"state__exact": ReviewReport.State.OPEN},
        DECIDED_WITHIN,
    ),
    Queue(
        "Reported and held messages",
        Report,
        "created_at",
        {"state__exact": Report.State.OPEN},
        DECIDED_WITHIN,
    ),
    Queue(
        "Conflicts in sessions",
        ConflictReport,
        "created_at",
        {"state__in": UNDECIDED},
        DECIDED_WITHIN,
    ),
    Queue(
        "Contested absences",
        Booking,
        "ends_at",
        {"dispute_state__exact": DisputeState.OPEN},
        DECIDED_WITHIN,
    ),
    Queue(
        "Disputes to decide",
        Dispute,
        "created_at",
        {"status__exact": DisputeStatus.OPEN, "kind__exact": DisputeKind.INTERNAL},
        DECIDED_WITHIN,
    ),
    Queue(
        "Refunds under way",
        Refund,
        "created_at",
        {"status__exact": RefundStatus.PENDING},
        DAY,
    ),
    Queue(
        "Refunds that failed",
        Refund,
        "created_at",
        {"status__exact": RefundStatus.FAILED},
        DAY,
    ),
    Queue(
        "Adjustments to approve",
        Adjustment,
        "created_at",
        {"status__exact": AdjustmentStatus.PENDING},
    ),
    Queue(
        "Payouts on hold",
        Payout,
        "created_at",
        {"status__exact": PayoutStatus.ON_HOLD},
    ),
    Queue(
        "Erasures that failed in part",
        Erasure,
        "requested_at",
        {"state__exact": ErasureState.PARTIAL},
        ERASED_WITHIN,
    ),
    Queue(
        "Provider's events given up",
        ProviderEvent,
        "due_at",
        {"state__exact": DueWork.State.DEAD},
        DAY,
    ),
    Queue(
        "Mails given up",
        OutgoingMail,
        "due_at",
        {"state__exact": DueWork.State.DEAD},
    ),
    Queue(
        "Deliveries given up",
        Delivery,
        "due_at",
        {"state__exact": DueWork.State.DEAD},
    ),
)


def lines(request: HttpRequest, *, now: datetime) -> list[Line]:
    """Those of the queues whose rows somebody may see, in one query."""
    seen = [queue for queue in QUEUES if may_view(request, queue.model)]
    counted = [_counted(place, queue) for place, queue in enumerate(seen)]
    if not counted:
        return []
    found = {row["place"]: row for row in counted[0].union(*counted[1:], all=True)}
    return [
        Line(
            queue.title,
            found[place]["length"],
            found[place]["oldest"],
            _is_late(queue, found[place]["oldest"], now),
            queue.link,
            timesince(oldest, now, depth=1) if (oldest := found[place]["oldest"]) else "",
        )
        for place, queue in enumerate(seen)
    ]


def _counted(place: int, queue: Queue) -> QuerySet:
    numbered = queue.waiting.order_by().annotate(place=Value(place, IntegerField())).values("place")
    return numbered.annotate(length=Count("pk", distinct=True), oldest=Min(queue.since))


def _is_late(queue: Queue, oldest: datetime | None, now: datetime) -> bool:
    return bool(queue.target and oldest and now > oldest + queue.target)
