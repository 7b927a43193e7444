"""Accounts, their roles and their profiles."""

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from accounts.models import (
    RevisionState,
    Role,
    TutorCertification,
    TutorEducation,
    TutorProfile,
    TutorStatus,
    User,
)
from accounts.services import listing
from accounts.services.registration import ensure_profile
from adminpanel.integrity.check import Change, Check, FigureCheck, RowCheck, corrected, named

_IS_OPEN = Q(status=TutorStatus.APPROVED, user__is_active=True, user__deleted_at=None, user__role=Role.TUTOR)
_IS_LISTED = Case(When(_IS_OPEN, then=Value(True)), default=Value(False), output_field=BooleanField())


def _without_profile(now: datetime) -> QuerySet:
    missing = Q(role=Role.STUDENT, student_profile=None) | Q(role=Role.TUTOR, tutor_profile=None)
    return User.objects.filter(missing, deleted_at=None)


def _give_profile(user: User, now: datetime) -> Change:
    ensure_profile(user)
    return Change({"profile": None}, {"profile": user.role})


def _shouted(now: datetime) -> QuerySet:
    return User.objects.annotate(spelled=Lower("email")).exclude(email=F("spelled"))


def _spell(user: Any, now: datetime) -> Change:
    corrected(user, {"email": user.spelled}, now=now)
    # The log is for ever and holds no addresses.
    return Change({"email": "upper case"}, {"email": "lower case"})


def _too_powerful(now: datetime) -> QuerySet:
    return User.objects.filter(is_superuser=True).exclude(role=Role.ADMIN)


def _staff(now: datetime) -> QuerySet:
    """Whom the flag lets in and nothing else, and the other way round. Who is erased keeps the role, and no rights."""
    groups = User.groups.through.objects.filter(user=OuterRef("pk"))
    is_due = Q(role=Role.ADMIN) | Exists(groups)
    return User.objects.filter(~is_due & Q(is_staff=True) | is_due & Q(is_staff=False), erased_at=None)


def _suspended_by_half(now: datetime) -> QuerySet:
    is_suspended = Q(status=TutorStatus.SUSPENDED)
    left = Q(suspended_until__isnull=False) | ~Q(status_before_suspension="")
    nothing_before = Q(status_before_suspension__in=("", TutorStatus.SUSPENDED))
    return TutorProfile.objects.filter(~is_suspended & left | is_suspended & nothing_before)


def _list(profile: TutorProfile, now: datetime) -> Change:
    before = profile.is_listed
    listing.refresh(profile)
    return Change({"is_listed": before}, {"is_listed": profile.is_listed})


def _lost(model: type[TutorCertification] | type[TutorEducation]) -> QuerySet:
    waits_for_nothing = ~Q(revision__state=RevisionState.PENDING) | ~Q(revision__tutor=F("tutor"))
    return model._base_manager.filter(waits_for_nothing, revision__isnull=False)


def _waits(row: Any) -> str:
    return f"{named(row)} waits in revision {row.revision_id}, which is not pending or another tutor's."


CHECKS: list[Check] = [
    RowCheck(
        "accounts.profiles",
        "students and tutors have the profile of their role",
        _without_profile,
        lambda user: f"{named(user)} is a {user.role} without a profile.",
        mend=_give_profile,
    ),
    RowCheck(
        "accounts.emails",
        "addresses are in lower case, as those that people sign in with",
        _shouted,
        lambda user: f"{named(user)} cannot sign in: the address has upper-case letters.",
        mend=_spell,
    ),
    RowCheck(
        "accounts.rights",
        "nobody but admins has the rights of one",
        _too_powerful,
        lambda user: f"{named(user)} is a {user.role} with all rights in the back office.",
    ),
    RowCheck(
        "accounts.staff",
        "admins and those who are in a group may open the back office, and nobody else",
        _staff,
        lambda user: (
            f"{named(user)} is a {user.role} who {'may' if user.is_staff else 'may not'} open the back office."
        ),
    ),
    RowCheck(
        "accounts.suspensions",
        "tutors who are suspended say what they were before, and nobody else has an end of it",
        _suspended_by_half,
        lambda row: (
            f"{named(row)} is {row.status}, was {row.status_before_suspension or 'nothing'} before a suspension, which "
            f"ends {row.suspended_until or 'at no time'}."
        ),
    ),
    FigureCheck(
        "accounts.listed_tutors",
        "tutors are found who are approved and have an open account, and nobody else",
        TutorProfile.objects.all(),
        {"is_listed": _IS_LISTED},
        mend=_list,
    ),
    RowCheck(
        "accounts.certifications",
        "certificates that wait for approval belong to a revision that does",
        lambda now: _lost(TutorCertification),
        _waits,
    ),
    RowCheck(
        "accounts.education",
        "degrees that wait for approval belong to a revision that does",
        lambda now: _lost(TutorEducation),
        _waits,
    ),
]
