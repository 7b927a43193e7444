"""How long somebody has learned (R-PRG-3)."""

from datetime import timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q, Sum
from django.db.models.functions import Coalesce

from common.compiled import compiled
from sessions_app.models import Participant, SessionStatus

# The states of a seat whose owner was there; who is marked as absent was not.
PRESENT = ("joined", "attended")


def minutes_of(user_id: int) -> int:
    """The minutes of the completed sessions and lessons in which somebody had a seat and was not absent.

    Those on record count, else all that took place. Computed from the seats each time: whatever is corrected there is
    right here.
    """
    recorded, whole = _lengths.first(user=user_id) or (0, None)
    return (recorded or 0) + (whole or timedelta()) // timedelta(minutes=1)


@compiled
def _lengths(*, user: Any) -> Any:
    end = Coalesce("session__ended_at", "session__ends_at")
    length = ExpressionWrapper(end - F("session__starts_at"), output_field=DurationField())
    seats = Participant.objects.filter(
        user_id=user, state__in=PRESENT, session__status=SessionStatus.COMPLETED, session__deleted_at=None
    )
    sums = {"recorded": Sum("attended_minutes"), "whole": Sum(length, filter=Q(attended_minutes=None))}
    return seats.order_by().values("user_id").annotate(**sums).values_list(*sums)
