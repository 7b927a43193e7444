"""What is counted by day, and where it comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from adminpanel.models import AnswerDay, BookingDay, DayRow, LedgerDay, ReviewDay, SessionDay, UsageDay
from bookings.models import Booking, BookingEvent, BookingStatus, Review
from common.money import MoneySum
from messaging.models import Message
from payments.models import LedgerLine
from sessions_app.models import TutoringSession

ANSWERS = ("confirmed", "declined", "expired")


@dataclass(frozen=True)
class Daily:
    """Rows with a `moment`, counted by day and `keys` into a table. Keys and sums are named as its fields.

    What is `changeable` has triggers that tell when a row of a day that is over has changed; the rows of all others
    stay as they were written.
    """

    model: type[DayRow]
    rows: Callable[[], QuerySet]
    moment: str
    keys: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    changeable: bool = False


SESSIONS = Daily(
    SessionDay,
    rows=lambda: TutoringSession.objects.present(),
    moment="starts_at",
    keys={"kind": "kind", "status": "status", "subject_id": "subject_id"},
    sums={
        "sessions": Count("pk"),
        "length": Sum(ExpressionWrapper(Coalesce(F("ended_at"), F("ends_at")) - F("starts_at"), DurationField())),
    },
    changeable=True,
)
BOOKINGS = Daily(
    BookingDay,
    rows=lambda: Booking.objects.all(),
    moment="starts_at",
    keys={"status": "status", "cancelled_by": "cancelled_by"},
    sums={"bookings": Count("pk")},
    changeable=True,
)
REVIEWS = Daily(
    ReviewDay,
    rows=lambda: Review.objects.counted(),
    moment="created_at",
    sums={"stars": Sum("rating"), "reviews": Count("pk")},
    changeable=True,
)
LEDGER = Daily(
    LedgerDay,
    rows=lambda: LedgerLine.objects.all(),
    moment="posting__created_at",
    keys={"currency": "currency", "kind": "posting__kind", "account": "account"},
    sums={"amount": MoneySum("amount"), "lines": Count("pk")},
)
REQUESTS_ANSWERED = Daily(
    AnswerDay,
    rows=lambda: BookingEvent.objects.filter(kind__in=ANSWERS, from_status=BookingStatus.PENDING),
    moment="created_at",
    keys={"kind": "kind"},
    sums={
        "answers": Count("pk"),
        "waited": Sum(ExpressionWrapper(F("created_at") - F("booking__created_at"), DurationField())),
    },
)
BOOKED = Daily(
    UsageDay,
    rows=lambda: Booking.objects.all(),
    moment="created_at",
    fixed={"what": "bookings"},
    sums={"number": Count("pk")},
)
MESSAGES = Daily(
    UsageDay,
    rows=lambda: Message.objects.all(),
    moment="created_at",
    fixed={"what": "messages"},
    sums={"number": Count("pk")},
)
DAILIES = (SESSIONS, BOOKINGS, REVIEWS, LEDGER, REQUESTS_ANSWERED, BOOKED, MESSAGES)
