"""What waits for somebody of the staff: how much it is, since when, and where it is dealt with."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, IntegerField, Min, QuerySet, Value
from django.http import HttpRequest
from django.utils.timesince import timesince

from accounts.models import OutgoingMail, RevisionState, TutorProfile, TutorRevision, TutorStatus
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
    """`waiting` are the rows, `since` the column that says from when; `filters` narrow the model's list to them."""

    title: str
    waiting: Callable[[], QuerySet]
    since: str
    filters: dict[str, Any]
    target: timedelta | None = None


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
        lambda: Ticket.objects.filter(status=TicketStatus.ESCALATED),
        "updated_at",
        {"status__exact": TicketStatus.ESCALATED},
        DAY,
    ),
    Queue(
        "Open tickets",
        lambda: Ticket.objects.filter(status=TicketStatus.OPEN),
        "created_at",
        {"status__exact": TicketStatus.OPEN},
        DAY,
    ),
    Queue(
        "Tutors to approve",
        lambda: TutorProfile.objects.filter(status=TutorStatus.PENDING_APPROVAL),
        "submitted_at",
        {"status__exact": TutorStatus.PENDING_APPROVAL},
        APPROVAL_TARGET,
    ),
    Queue(
        "Documents to verify",
        lambda: TutorProfile.objects.filter(status=TutorStatus.PENDING_APPROVAL, verification_documents__isnull=False),
        "submitted_at",
        {"status__exact": TutorStatus.PENDING_APPROVAL, "verification_documents__isnull": False},
        APPROVAL_TARGET,
    ),
    Queue(
        "Changed profiles to approve",
        lambda: TutorRevision.objects.filter(state=RevisionState.PENDING),
        "submitted_at",
        {"state__exact": RevisionState.PENDING},
        APPROVAL_TARGET,
    ),
    Queue(
        "Reported reviews",
        lambda: ReviewReport.objects.filter(state=ReviewReport.State.OPEN),
        "created_at",
        {"state__exact": ReviewReport.State.OPEN},
        DECIDED_WITHIN,
    ),
    Queue(
        "Reported and held messages",
        lambda: Report.objects.filter(state=Report.State.OPEN),
        "created_at",
        {"state__exact": Report.State.OPEN},
        DECIDED_WITHIN,
    ),
    Queue(
        "Conflicts in sessions",
        lambda: ConflictReport.objects.filter(state__in=UNDECIDED),
        "created_at",
        {"state__in": ",".join(UNDECIDED)},
        DECIDED_WITHIN,
    ),
    Queue(
        "Contested absences",
        lambda: Booking.objects.filter(dispute_state=DisputeState.OPEN),
        "ends_at",
        {"dispute_state__exact": DisputeState.OPEN},
        DECIDED_WITHIN,
    ),
    Queue(
        "Disputes to decide",
        lambda: Dispute.objects.filter(status=DisputeStatus.OPEN, kind=DisputeKind.INTERNAL),
        "created_at",
        {"status__exact": DisputeStatus.OPEN, "kind__exact": DisputeKind.INTERNAL},
        DECIDED_WITHIN,
    ),
    Queue(
        "Refunds under way",
        lambda: Refund.objects.filter(status=RefundStatus.PENDING),
        "created_at",
        {"status__exact": RefundStatus.PENDING},
        DAY,
    ),
    Queue(
        "Refunds that failed",
        lambda: Refund.objects.filter(status=RefundStatus.FAILED),
        "created_at",
        {"status__exact": RefundStatus.FAILED},
        DAY,
    ),
    Queue(
        "Adjustments to approve",
        lambda: Adjustment.objects.filter(status=AdjustmentStatus.PENDING),
        "created_at",
        {"status__exact": AdjustmentStatus.PENDING},
    ),
    Queue(
        "Payouts on hold",
        lambda: Payout.objects.filter(status=PayoutStatus.ON_HOLD),
        "created_at",
        {"status__exact": PayoutStatus.ON_HOLD},
    ),
    Queue(
        "Erasures that failed in part",
        lambda: Erasure.objects.filter(state=ErasureState.PARTIAL),
        "requested_at",
        {"state__exact": ErasureState.PARTIAL},
        ERASED_WITHIN,
    ),
    Queue(
        "Provider's events given up",
        lambda: ProviderEvent.objects.filter(state=DueWork.State.DEAD),
        "due_at",
        {"state__exact": DueWork.State.DEAD},
        DAY,
    ),
    Queue(
        "Mails given up",
        lambda: OutgoingMail.objects.filter(state=DueWork.State.DEAD),
        "due_at",
        {"state__exact": DueWork.State.DEAD},
    ),
    Queue(
        "Deliveries given up",
        lambda: Delivery.objects.filter(state=DueWork.State.DEAD),
        "due_at",
        {"state__exact": DueWork.State.DEAD},
    ),
)


def lines(request: HttpRequest, *, now: datetime) -> list[Line]:
    """Those of the queues whose rows somebody may see, in one query."""
    seen = [(queue, rows) for queue in QUEUES if may_view(request, (rows := queue.waiting()).model)]
    counted = [_counted(place, queue, rows) for place, (queue, rows) in enumerate(seen)]
    if not counted:
        return []
    found = {row["place"]: row for row in counted[0].union(*counted[1:], all=True)}
    return [
        Line(
            queue.title,
            found[place]["length"],
            found[place]["oldest"],
            _is_late(queue, found[place]["oldest"], now),
            list_of(rows.model, **queue.filters),
            timesince(oldest, now, depth=1) if (oldest := found[place]["oldest"]) else "",
        )
        for place, (queue, rows) in enumerate(seen)
    ]


def _counted(place: int, queue: Queue, rows: QuerySet) -> QuerySet:
    numbered = rows.order_by().annotate(place=Value(place, IntegerField())).values("place")
    return numbered.annotate(length=Count("pk", distinct=True), oldest=Min(queue.since))


def _is_late(queue: Queue, oldest: datetime | None, now: datetime) -> bool:
    return bool(queue.target and oldest and now > oldest + queue.target)
