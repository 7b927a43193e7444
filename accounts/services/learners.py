"""Learners, and who may act for one: themselves, or an admin in their place."""

from typing import Any

from django.db import transaction

from accounts.models import Role, StudentProfile, User
from accounts.services import students
from audit.services import record
from common.errors import NotFound


def find(learner_id: int, *, actor: User) -> User:
    """The active student with that id, as far as `actor` may look and act for them. Raises NotFound for somebody else's
    id and for who is no student, as for an id that nobody has.
    """
    if actor.pk == learner_id and actor.is_student:
        return actor
    everybody = User.objects.active().filter(role=Role.STUDENT)
    learner = everybody.filter(pk=learner_id).first() if actor.is_admin else None
    if learner is None:
        raise NotFound("Learner not found")
    return learner


@transaction.atomic
def update_profile(learner: User, changes: dict[str, Any], *, actor: User) -> StudentProfile:
    """Write the valid `changes` to the learner's account and student side, as `students.update_student_side` does."""
    profile = students.update_student_side(learner, changes)
    record_help("learner.profile_changed", learner=learner, actor=actor, fields=sorted(changes))
    return profile


def record_help(action: str, *, learner: User, actor: User, **what: Any) -> None:
    """Audit what an admin did in a learner's place, in the running transaction.

    What people change about themselves is their own business, and is not recorded.
    """
    if actor.pk != learner.pk:
        record(action, actor=actor, obj=learner, after=what)
