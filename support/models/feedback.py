"""What people think of the platform, and of how a ticket was handled."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from support.models.ticket import Ticket


class Feedback(models.Model):
    """Said once and for good. With a `ticket` it is how its requester found what we did about it (R-SUP-7)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="support_feedback")
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, blank=True, related_name="satisfaction")
    rating = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    category = models.CharField(max_length=50, blank=True, help_text="As the client named it.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "feedback"
        constraints = [models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="feedback_rating_of_five")]

    def __str__(self) -> str:
        return f"{self.rating} of 5"
