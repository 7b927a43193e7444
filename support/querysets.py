"""The questions that are asked of tickets, each by its name."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


class TicketQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """One's own, and everything to the staff (R-SUP-6)."""
        return self if user.is_admin else self.filter(requester=user)

    def unfinished(self) -> Self:
        return self.exclude(status__in=("resolved", "closed"))

    def due(self, now: datetime) -> Self:
        """Those that time may have done something to."""
        return self.filter(next_check_at__lte=now).order_by("next_check_at", "id")

    def containing(self, words: Sequence[str]) -> Self:
        """Those in whose subject, or requester's name or address, every word occurs."""
        person = ("requester__email", "requester__first_name", "requester__last_name")
        places = ("subject", *person)
        return self.filter(
            *(Q(*((f"{place}__icontains", word) for place in places), _connector=Q.OR) for word in words)
        )

    def newest_first(self) -> Self:
        return self.order_by("-id")
