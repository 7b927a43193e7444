"""Mails that ask guardians whether a minor may be recorded."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Guardian
from common.models import DueWork
from sessions_app.models.session import TutoringSession


class GuardianMail(DueWork):
    """One mail to the guardian of a user who agrees to the recording of a session (R-GDPR-7).

    It has no address: the worker takes that of the guardian, and of whom another one was named since, nobody gets it.
    """

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    # The row outlives its guardian: how many mails somebody has caused is counted.
    guardian = models.ForeignKey(Guardian, models.SET_NULL, null=True, blank=True, related_name="+")
    text_version = models.PositiveSmallIntegerField()
    mailbox = models.CharField(max_length=64, help_text="A mark of the address (`accounts.mailboxes`).")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], name="guardian_mail_due", condition=Q(state=DueWork.State.DUE)),
            models.Index(fields=["user", "-created_at"], name="guardian_mail_by_user"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="guardian_mail_state_known")
        ]

    def __str__(self) -> str:
        return f"to the guardian of {self.user_id} about session {self.session_id}"
