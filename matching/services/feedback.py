"""What students think of tutors who are recommended to them (R-MAT-7)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import TutorProfile, User
from common.errors import NotFound
from matching.errors import TutorNotFound
from matching.models import Opinion, TutorFeedback


def give(tutor_id: int, action: str, *, student: User, now: datetime) -> TutorFeedback:
    """Remember it in the place of what the student said before. Safe to repeat. Raises TutorNotFound."""
    if not TutorProfile.objects.listed().filter(pk=tutor_id).exists():
        raise TutorNotFound
    ends = now + timedelta(days=settings.MATCHING_DISMISSED_DAYS)
    row = TutorFeedback(
        student=student,
        tutor_id=tutor_id,
        action=action,
        until=ends if action == Opinion.DISMISS else None,
    )
    TutorFeedback.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["student", "tutor"],
        update_fields=["action", "until", "updated_at"],
    )
    return TutorFeedback.objects.get(student=student, tutor=tutor_id)


def take_back(tutor_id: int, *, student: User) -> None:
    """Also of a tutor whom nobody finds any more. Raises NotFound where there is nothing to take back."""
    deleted, _ = TutorFeedback.objects.filter(student=student, tutor=tutor_id).delete()
    if not deleted:
        raise NotFound("No feedback about this mentor")


def in_force(student: User, *, now: datetime) -> QuerySet[TutorFeedback]:
    return TutorFeedback.objects.filter(Q(until=None) | Q(until__gt=now), student=student)
