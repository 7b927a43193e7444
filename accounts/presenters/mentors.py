"""Mentors as admins see them, in lists: all of them, and those who wait to be verified."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.models import MentorApplication, TutorProfile, TutorStatus
from accounts.presenters.tutors import approval_cards
from accounts.presenters.verification import WORDS, application_of, document
from accounts.services import verification

# How soon after it was handed in an admin should have decided.
TARGET = timedelta(days=3)


def mentors(page: QuerySet[TutorProfile]) -> list[dict[str, Any]]:
    """The mentors of one page, in its order."""
    columns = ("pk", "status", "is_listed", "user__is_active", "created_at")
    extra: dict[int, dict[str, Any]] = {row["pk"]: dict(row) for row in page.values(*columns)}
    return [shown | _standing(extra[shown["id"]]) for shown in approval_cards(page)]


def waiting(page: QuerySet[TutorProfile], *, now: datetime) -> list[dict[str, Any]]:
    """The same with what they have sent, and until when they should have an answer."""
    shown = mentors(page)
    pks = [each["id"] for each in shown]
    documents = verification.latest_of_each(pks)
    applications = {row.tutor_id: row for row in MentorApplication.objects.filter(tutor__in=pks).order_by("id")}
    return [
        each
        | _due(each, now)
        | {
            "mentor_id": each["id"],
            "documents": [document(row) for row in documents[each["id"]]],
            "application": application_of(applications.get(each["id"])),
        }
        for each in shown
    ]


def _standing(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": WORDS[TutorStatus(row["status"])],
        "is_listed": row["is_listed"],
        "is_active": row["user__is_active"],
        "created_at": row["created_at"],
    }


def _due(shown: dict[str, Any], now: datetime) -> dict[str, Any]:
    waits = shown["profile_status"] == TutorStatus.PENDING_APPROVAL and shown["submitted_at"] is not None
    due_at = shown["submitted_at"] + TARGET if waits else None
    return {"due_at": due_at, "is_overdue": due_at is not None and due_at < now}
