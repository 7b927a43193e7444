"""One person on one page: a little of everything that belongs to them, each part with the way to all of it.

A part is shown to whoever may open its own list; each costs one query, however much there is.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Model, QuerySet
from django.http import HttpRequest

from accounts.models import TokenFamily, TutorProfile, User
from adminpanel.lists import list_of, page_of
from adminpanel.permissions import may_view
from audit.models import AuditEntry
from bookings.models import Booking, PackagePurchase, Review, ReviewReport
from messaging.models import Report
from payments.models import Payment, Payout
from payments.services.news import amount_in_words
from sessions_app.models import ConflictReport, Participant, TutoringSession
from support.models import Ticket

MOST_OF_A_PART = 5

Cells = Callable[[Any], tuple[Any, ...]]


class Part(NamedTuple):
    """`owner` is the column that says whose a row is, and the filter of the list: a user, or a tutor's profile;
    `moment` is the one that says when it was.

    The first of the cells leads to the row.
    """

    title: str
    model: type[Model]
    owner: str
    headings: tuple[str, ...]
    cells: Cells
    related: tuple[str, ...] = ()
    of_tutor: bool = False
    moment: str = "created_at"


class Line(NamedTuple):
    link: str
    first: Any
    others: list[Any]


class Section(NamedTuple):
    title: str
    headings: tuple[str, ...]
    lines: list[Line]
    all_of_it: str
    has_more: bool


def _booking(booking: Booking, other: str) -> tuple[Any, ...]:
    price = amount_in_words(booking.price, booking.currency)
    return f"Booking {booking.pk}", other, booking.starts_at, booking.get_status_display(), price


def _payment(payment: Payment, other: str) -> tuple[Any, ...]:
    amount = amount_in_words(payment.amount, payment.currency)
    return f"Payment {payment.pk}", other, amount, payment.get_status_display(), payment.created_at


def _review(review: Review, other: str) -> tuple[Any, ...]:
    stars = f"{review.rating} of 5"
    return stars, other, review.comment[:80], review.get_state_display(), review.created_at


def _conflict(report: ConflictReport) -> tuple[Any, ...]:
    return report.get_kind_display(), report.session.title, report.get_state_display(), report.created_at


def _message_report(report: Report) -> tuple[Any, ...]:
    return report.get_kind_display(), report.reason[:80], report.get_state_display(), report.created_at


LESSON = ("Booking", "With", "Begins", "Status", "Price")
PAYMENT = ("Payment", "With", "Amount", "Status", "Made")
REVIEW = ("Rating", "With", "Words", "State", "Written")
REPORT = ("Kind", "About", "State", "Reported")

PARTS = (
    Part(
        "Lessons taken",
        Booking,
        "student",
        LESSON,
        lambda row: _booking(row, row.tutor.user.email),
        ("tutor__user",),
        moment="starts_at",
    ),
    Part(
        "Lessons given",
        Booking,
        "tutor",
        LESSON,
        lambda row: _booking(row, row.student.email),
        ("student",),
        of_tutor=True,
        moment="starts_at",
    ),
    Part(
        "Sessions hosted",
        TutoringSession,
        "creator",
        ("Session", "Begins", "Status", "Seats"),
        lambda row: (
            row.title,
            row.starts_at,
            row.get_status_display(),
            f"{row.seats_taken} of {row.max_participants}",
        ),
        moment="starts_at",
    ),
    Part(
        "Sessions joined",
        Participant,
        "user",
        ("Session", "Begins", "Place", "Joined"),
        lambda row: (row.session.title, row.session.starts_at, row.get_state_display(), row.joined_at),
        ("session",),
        moment="joined_at",
    ),
    Part(
        "Payments made",
        Payment,
        "payer",
        PAYMENT,
        lambda row: _payment(row, row.tutor.user.email),
        ("tutor__user",),
    ),
    Part("Payments earned", Payment, "tutor", PAYMENT, lambda row: _payment(row, row.payer.email), ("payer",), True),
    Part(
        "Payouts",
        Payout,
        "tutor",
        ("Payout", "Amount", "Status", "Made"),
        lambda row: (
            f"Payout {row.pk}",
            amount_in_words(row.amount, row.currency),
            row.get_status_display(),
            row.created_at,
        ),
        of_tutor=True,
    ),
    Part(
        "Packages bought",
        PackagePurchase,
        "student",
        ("Package", "Credits left", "Status", "Bought"),
        lambda row: (
            row.name,
            f"{row.available} of {row.session_count}",
            row.get_status_display(),
            row.purchased_at,
        ),
        moment="purchased_at",
    ),
    Part(
        "Reviews written",
        Review,
        "student",
        REVIEW,
        lambda row: _review(row, row.tutor.user.email),
        ("tutor__user",),
    ),
    Part("Reviews received", Review, "tutor", REVIEW, lambda row: _review(row, row.student.email), ("student",), True),
    Part(
        "Reviews reported by them",
        ReviewReport,
        "reporter",
        REPORT,
        lambda row: (f"Report {row.pk}", row.reason[:80], row.get_state_display(), row.created_at),
    ),
    Part("Messages reported by them", Report, "reporter", REPORT, _message_report),
    Part("Messages of theirs that were reported", Report, "reported", REPORT, _message_report),
    Part("Conflicts reported by them", ConflictReport, "reporter", REPORT, _conflict, ("session",)),
    Part("Conflicts in which they were reported", ConflictReport, "reported", REPORT, _conflict, ("session",)),
    Part(
        "Tickets",
        Ticket,
        "requester",
        ("Ticket", "Status", "Priority", "Made"),
        lambda row: (row.subject, row.get_status_display(), row.get_priority_display(), row.created_at),
    ),
    Part(
        "Sign-ins",
        TokenFamily,
        "user",
        ("Since", "Until", "Address", "Device"),
        lambda row: (row.created_at, row.revoked_at or row.expires_at, row.ip or "unknown", row.user_agent[:60]),
    ),
)
AUDIT = ("Deed", "About", "Who", "When")


def sections(request: HttpRequest, person: User) -> list[Section]:
    """Those that this viewer may see, the newest rows first."""
    tutor = TutorProfile.objects.filter(user=person).first()
    parts = (part for part in PARTS if may_view(request, part.model) and (tutor or not part.of_tutor))
    shown = [_section(part, tutor if part.of_tutor else person) for part in parts]
    return [*shown, *_audit(person)] if may_view(request, AuditEntry) else shown


def _section(part: Part, owner: Any) -> Section:
    rows = part.model._default_manager.filter(**{part.owner: owner}).select_related(*part.related)
    # What has no such moment yet, as a package that is not paid, is newer than what has.
    newest = rows.order_by(F(part.moment).desc(nulls_first=True), "-pk")
    return _made(part.title, part.headings, newest, part.cells, {f"{part.owner}__id__exact": owner.pk})


def _audit(person: User) -> Iterator[Section]:
    """What they did, and what was done to their account. `BackOffice.person` writes down who reads it."""
    entries = AuditEntry.objects.order_by("-pk")  # as they were written, which the indexes of the log are for
    about = {"object_type": User._meta.label_lower, "object_id": str(person.pk)}
    for title, filters in (("What they did", {"actor_id": person.pk}), ("What was done to the account", about)):
        asked = {f"{name}__exact": value for name, value in filters.items()}
        yield _made(title, AUDIT, entries.filter(**filters), _entry, asked)


def _entry(entry: AuditEntry) -> tuple[Any, ...]:
    about = f"{entry.object_type} {entry.object_id}".strip() or "-"
    who = f"{entry.actor_role} {entry.actor_id or ''}".strip() or "-"
    return entry.action, about, who, entry.created_at


def _made(title: str, headings: tuple[str, ...], rows: QuerySet, cells: Cells, filters: dict[str, Any]) -> Section:
    found = list(rows[: MOST_OF_A_PART + 1])
    lines = [_line(row, cells(row)) for row in found[:MOST_OF_A_PART]]
    return Section(title, headings, lines, list_of(rows.model, **filters), len(found) > MOST_OF_A_PART)


def _line(row: Model, cells: tuple[Any, ...]) -> Line:
    shown = [f"{cell:%Y-%m-%d %H:%M} UTC" if isinstance(cell, datetime) else cell or "-" for cell in cells]
    return Line(page_of(row), shown[0], shown[1:])
