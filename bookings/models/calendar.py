"""What reaches people's own calendars, and what reminds them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import DueWork
from sessions_app.models import TutoringSession


class CalendarFeed(models.Model):
    """The address under which somebody's calendar program fetches their lessons: whoever has it may read them.

    The token was shown once; only its hash is kept (R-ICS-6). A new one ends the old one at once.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"calendar feed of {self.user_id}"


class CalendarMail(DueWork):
    """An entry for the calendar of somebody who did something themselves: nobody notifies them of it.

    The others find the entry on the mail of their notification. One per person and `sequence`, the entry's number.
    """

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="+")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sequence = models.PositiveIntegerField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], name="calendar_mail_due", condition=Q(state=DueWork.State.DUE))]
        constraints = [
            models.UniqueConstraint(fields=["session", "recipient", "sequence"], name="calendar_mail_once"),
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="calendar_mail_state_known"),
        ]

    def __str__(self) -> str:
        return f"session {self.session_id} for the calendar of {self.recipient_id}"


class Reminder(DueWork):
    """What somebody is to be told at a certain time before or after a session (R-REM-1).

    Made when a lesson is confirmed or a seat taken; superseded, not deleted, when that changes. `sequence` is what the
    booking's (a group session's version) was then: a reminder of anything else than how things stand is not sent.
    """

    class Kind(models.TextChoices):
        DAY = "24h"
        HOUR = "1h"
        REVIEW = "review"
        REVIEW_AGAIN = "review_again"

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="reminders")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12, choices=Kind)
    sequence = models.PositiveIntegerField()
    starts_at = models.DateTimeField(help_text="When the session was to begin.")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], name="reminder_due", condition=Q(state=DueWork.State.DUE)),
            models.Index(fields=["session", "recipient"], name="reminder_by_session"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session", "recipient", "kind", "sequence"], name="reminder_once"),
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="reminder_state_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["24h", "1h", "review", "review_again"]), name="reminder_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of session {self.session_id} to {self.recipient_id}: {self.outcome or self.state}"
