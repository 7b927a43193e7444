"""The tutor side of a person, and how it is opened for a change; `tutor_moves.close` ends one."""

from typing import NamedTuple

from django.utils import timezone

from accounts.errors import ProfileFrozen, StaleProfile
from accounts.models import TutorProfile, TutorStatus, User
from accounts.services import tutor_moves
from common.errors import StaleVersion


class Expected(NamedTuple):
    """The version of the profile that a caller believes to change: named in the body, in `If-Match`, or not at all."""

    body: int | None = None
    header: int | None = None


ANY = Expected()


def own_tutor_side(user: User) -> TutorProfile:
    """The user's tutor side; made if a tutor has none yet, as somebody who became one by hand."""
    profile, _ = TutorProfile.objects.get_or_create(user=user)
    profile.user = user
    return profile


def lock_own(user: User, expected: Expected = ANY) -> TutorProfile:
    """The user's tutor side, locked until the transaction ends. Raises StaleVersion or StaleProfile."""
    own = own_tutor_side(user)
    now = timezone.now()
    if own.has_served_suspension(now):
        tutor_moves.reinstate_if_over(own.pk, now=now)
    profile = TutorProfile.objects.select_for_update(of=("self",), no_key=True).get(user=user)
    profile.user = user
    if expected.header not in (None, profile.version):
        raise StaleVersion(current_version=profile.version)
    if expected.body not in (None, profile.version):
        raise StaleProfile(current_version=profile.version)
    return profile


def open_for_changes(user: User, expected: Expected = ANY) -> TutorProfile:
    """The same, for a change of what admins are asked to approve. Raises ProfileFrozen while they look at it."""
    profile = lock_own(user, expected)
    if profile.status == TutorStatus.PENDING_APPROVAL:
        raise ProfileFrozen
    return profile
