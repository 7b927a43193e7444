"""The register of erasures, and the accounts that it is about."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from adminpanel.integrity.check import Check, RowCheck, named
from privacy.models import Erasure, ErasurePart, ErasureState, PartState

# In these everything of an account may be gone already.
_BEGUN = (ErasureState.RUNNING, ErasureState.PARTIAL, ErasureState.DONE)


def _unfinished(now: datetime) -> QuerySet:
    left = ErasurePart.objects.filter(erasure=OuterRef("pk")).exclude(state=PartState.DONE)
    return Erasure.objects.filter(Q(user__erased_at=None) | Exists(left), state=ErasureState.DONE)


def _unregistered(now: datetime) -> QuerySet:
    begun = Erasure.objects.filter(user=OuterRef("pk"), state__in=_BEGUN)
    return User.objects.filter(~Exists(begun), erased_at__isnull=False)


CHECKS: list[Check] = [
    RowCheck(
        "privacy.erasures",
        "of an erasure that is done every part is, and its account is erased",
        _unfinished,
        lambda row: f"{named(row)} is done, but something of account {row.user_id} is not erased.",
    ),
    RowCheck(
        "privacy.register",
        "accounts that are erased are in the register of erasures",
        _unregistered,
        lambda row: f"{named(row)} is erased, and the register does not say why.",
    ),
]
