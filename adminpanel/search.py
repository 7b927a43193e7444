"""One search over what moderators look for most: people, tutors, bookings, payments, sessions, tickets.

Each kind is found as its own list finds it (wildcards are plain characters there), in one query.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import TutorProfile, User
from adminpanel.lists import list_of, page_of
from adminpanel.permissions import may_view
from bookings.models import Booking
from common.back_office import LONGEST_SEARCH, BackOfficeAdmin
from payments.models import Payment
from payments.services.news import amount_in_words
from sessions_app.models import TutoringSession
from support.models import Ticket

MOST_OF_A_KIND = 5


class Kind(NamedTuple):
    model: type[Any]
    icon: str
    title: Callable[[Any], str]
    description: Callable[[Any], str]


class Hit(NamedTuple):
    title: str
    description: str
    link: str
    icon: str


class Group(NamedTuple):
    """What was found of one kind; `rest` leads to all of it, and is empty where this is all."""

    title: str
    hits: list[Hit]
    rest: str


KINDS = (
    Kind(
        User,
        "person",
        lambda user: user.full_name or user.email,
        lambda user: f"{user.email}, {user.get_role_display().lower()}{'' if user.is_active else ', not active'}",
    ),
    Kind(
        TutorProfile,
        "co_present",
        lambda tutor: tutor.user.display_name,
        lambda tutor: ", ".join(filter(None, [tutor.title, tutor.get_status_display().lower(), tutor.user.email])),
    ),
    Kind(
        Booking,
        "event_available",
        lambda booking: f"Booking {booking.pk}",
        lambda booking: (
            f"{booking.student.email} at {booking.tutor.user.email}, {booking.starts_at:%Y-%m-%d %H:%M} UTC, "
            f"{booking.get_status_display().lower()}"
        ),
    ),
    Kind(
        Payment,
        "payments",
        lambda payment: f"Payment {payment.pk}, {amount_in_words(payment.amount, payment.currency)}",
        lambda payment: f"{payment.payer.email} to {payment.tutor.user.email}, {payment.get_status_display().lower()}",
    ),
    Kind(
        TutoringSession,
        "event",
        lambda session: session.title,
        lambda session: (
            f"{session.creator.email}, {session.starts_at:%Y-%m-%d %H:%M} UTC, {session.get_status_display().lower()}"
        ),
    ),
    Kind(
        Ticket,
        "support_agent",
        lambda ticket: ticket.subject,
        lambda ticket: f"Ticket {ticket.pk} of {ticket.requester.email}, {ticket.get_status_display().lower()}",
    ),
)


def search(site: AdminSite, request: HttpRequest, words: str) -> list[Group]:
    """What somebody may see of what has the words: a few of each kind. Nothing for what cannot be searched for."""
    words = words.strip()
    if not words or "\0" in words or len(words) > LONGEST_SEARCH:
        return []
    groups = (_of_a_kind(site, request, kind, words) for kind in KINDS if may_view(request, kind.model))
    return [group for group in groups if group.hits]


def _of_a_kind(site: AdminSite, request: HttpRequest, kind: Kind, words: str) -> Group:
    page: BackOfficeAdmin = site.get_model_admin(kind.model)  # type: ignore[assignment] # all of ours are
    rows, has_duplicates = page.get_search_results(request, page.get_queryset(request), words)
    rows = rows.select_related(*page.list_select_related) if page.list_select_related else rows
    found = list((rows.distinct() if has_duplicates else rows)[: MOST_OF_A_KIND + 1])
    hits = [Hit(kind.title(row), kind.description(row), _where(row), kind.icon) for row in found[:MOST_OF_A_KIND]]
    rest = list_of(kind.model, q=words) if len(found) > MOST_OF_A_KIND else ""
    return Group(str(kind.model._meta.verbose_name_plural).capitalize(), hits, rest)


def _where(row: Any) -> str:
    return reverse("admin:person", args=[row.pk]) if isinstance(row, User) else page_of(row)
