"""Sessions, reports and reviews as admins see them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from accounts.models import User
from messaging.presenters.people import name_of
from sessions_app import presenters
from sessions_app.models import UNDECIDED, ConflictReport, QualityReview, TutoringSession
from sessions_app.records import presenters as records
from sessions_app.services.conflicts import TARGET

_REVIEWER = tuple(f"reviewer__{name}" for name in ("id", "first_name", "last_name", "deleted_at"))
_REVIEW = ("id", "session_id", "reviewer_id", "score", "outcome", "notes", "created_at", "updated_at", *_REVIEWER)


def cards(page: QuerySet[TutoringSession], viewer: User, *, zone: ZoneInfo | None) -> list[dict[str, Any]]:
    """The sessions of one page, in its order, with why they ended, what was reported and what admins think of them."""
    shown = presenters.cards(page, viewer, zone=zone)
    pks = [each["id"] for each in shown]
    reasons = dict(TutoringSession.objects.filter(pk__in=pks).values_list("pk", "end_reason"))
    undecided = ConflictReport.objects.filter(session__in=pks, state__in=UNDECIDED).order_by().values("session")
    reported = dict(undecided.annotate(reports=Count("pk")).values_list("session", "reports"))
    reviews = defaultdict(list)
    for row in QualityReview.objects.filter(session__in=pks).order_by("id").values(*_REVIEW):
        reviews[row["session_id"]].append(_review(row))
    return [
        each
        | {
            "end_reason": reasons[each["id"]],
            "undecided_conflicts": reported.get(each["id"], 0),
            "quality_reviews": reviews[each["id"]],
        }
        for each in shown
    ]


def review(row: QualityReview) -> dict[str, Any]:
    (shown,) = QualityReview.objects.filter(pk=row.pk).values(*_REVIEW)
    return _review(shown)


def _review(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "session_id", "score", "outcome", "notes", "created_at", "updated_at")},
        "reviewer": {"id": row["reviewer_id"], "name": name_of(row, "reviewer__")},
    }


def conflicts(page: Iterable[ConflictReport], *, now: datetime) -> list[dict[str, Any]]:
    """Reports with all their people, who are loaded like the sessions and their hosts."""
    reports = list(page)
    return [
        shown
        | {
            "session_kind": report.session.kind,
            "session_date": report.session.starts_at,
            "host": _person(report.session.creator),
            "reporter": _person(report.reporter),
            "reported": _person(report.reported),
            "reviewer": _person(report.reviewer),
            "due_at": report.created_at + TARGET,
            "is_overdue": report.state in UNDECIDED and report.created_at + TARGET < now,
        }
        for report, shown in zip(reports, records.conflicts(reports), strict=True)
    ]


def _person(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.display_name, "email": user.email} if user else None
