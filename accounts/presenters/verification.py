"""How far a mentor has come with being approved, in the mentor contract's words."""

from typing import Any

from accounts.models import MentorApplication, TutorProfile, TutorStatus, VerificationDocument
from accounts.services import checklist, verification

# The front end knows more states than there are: each of ours has one of its words.
WORDS = {
    TutorStatus.DRAFT: "PENDING",
    TutorStatus.PENDING_APPROVAL: "DOCUMENTS_UNDER_REVIEW",
    TutorStatus.APPROVED: "APPROVED",
    TutorStatus.REJECTED: "REJECTED",
    TutorStatus.CHANGES_REQUESTED: "REAPPLICATION_REQUIRED",
    TutorStatus.SUSPENDED: "SUSPENDED",
    TutorStatus.CLOSED: "SUSPENDED",  # nobody finds either
}


def status(mentor: TutorProfile) -> dict[str, Any]:
    """The mentor's own page of it, which admins see as well."""
    application = mentor.applications.first()
    return {
        "mentor_id": mentor.pk,
        "status": WORDS[TutorStatus(mentor.status)],
        "profile_status": mentor.status,
        "submitted_at": mentor.submitted_at,
        "decided_at": mentor.decided_at,
        "reason": mentor.rejection_reason,
        "requested_changes": mentor.requested_changes,
        "suspended_until": mentor.suspended_until,
        "missing": checklist.missing(mentor),
        "documents": [document(row) for row in verification.latest_of(mentor)],
        "application": application_of(application),
        "history": list(mentor.events.values("event", "status", "reason", "created_at")),
        "version": mentor.version,
    }


def document(row: VerificationDocument) -> dict[str, Any]:
    return {
        "id": row.pk,
        "document_type": row.kind,
        "file_name": row.name,
        "size": row.size,
        "uploaded_at": row.created_at,
        "url": f"/api/mentors/verification/documents/{row.pk}",
    }


def application_of(row: MentorApplication | None) -> dict[str, Any] | None:
    return {"id": row.pk, "applied_at": row.created_at, "answers": row.answers} if row else None
