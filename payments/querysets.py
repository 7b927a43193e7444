"""What may be asked of payments."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import TutorProfile, User


class PaymentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """A student's own, those that a tutor earns, and all for admins."""
        if user.is_admin:
            return self
        own_profile = TutorProfile.objects.filter(user=user).values("pk")[:1]  # one value: both sides have their index
        return self.filter(Q(payer=user) | Q(tutor=own_profile))

    def of(self, payable_kind: str, payable_id: int) -> Self:
        """All of one thing, the newest first."""
        return self.filter(payable_kind=payable_kind, payable_id=payable_id).order_by("-id")


class PayoutQuerySet(models.QuerySet):
    def of(self, user: User) -> Self:
        """Those of one tutor."""
        return self.filter(tutor__user=user)

    def visible_to(self, user: User) -> Self:
        """A tutor's own, and all for admins."""
        return self if user.is_admin else self.of(user)
