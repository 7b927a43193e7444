"""Figures of the days that are over, kept so that a dashboard costs the same after a million lessons.

`adminpanel.analytics` writes and reads them. Everything here can be worked out again from what it was counted from
(`manage.py rebuild_figures`), except the sign-ins, whose rows are deleted when they have expired.
"""

from django.db import models
from django.db.models import Q

from common.money import MoneyField


class RollUpState(models.Model):
    """How far the roll-up goes: one row, or none as long as nothing is rolled up.

    Days before `closed_until` are kept in the tables below. Whatever changes a session or a booking that began before
    `marked_until` leaves a `ChangedMoment` behind, by a trigger (`analytics.triggers`): its day is counted from the
    sessions themselves until it is rolled up anew. `marked_until` is always ahead, so that no change slips in between.
    """

    zone = models.CharField(max_length=64, help_text="Where the days begin at midnight. With another all is rebuilt.")
    closed_until = models.DateField(null=True)
    marked_until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="roll_up_state_once")]

    def __str__(self) -> str:
        return f"closed until {self.closed_until}"


class ChangedMoment(models.Model):
    """When something began, or was to begin, that was changed after its day had been rolled up. Written by triggers."""

    moment = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moment:%Y-%m-%d %H:%M}"


class DayRow(models.Model):
    """One day on the platform's wall."""

    day = models.DateField(db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.day}"


class SessionDay(DayRow):
    """The sessions that began, or were to begin, on a day."""

    kind = models.CharField(max_length=7)
    status = models.CharField(max_length=9)
    subject_id = models.BigIntegerField(null=True)
    sessions = models.PositiveIntegerField()
    length = models.DurationField(help_text="Of all of them together.")


class BookingDay(DayRow):
    """The lessons that began, or were to begin, on a day."""

    status = models.CharField(max_length=15)
    cancelled_by = models.CharField(max_length=7, blank=True)
    bookings = models.PositiveIntegerField()


class ReviewDay(DayRow):
    """The reviews that were written on a day, as far as they count."""

    stars = models.PositiveIntegerField()
    reviews = models.PositiveIntegerField()


class LedgerDay(DayRow):
    """What the ledger was told on a day."""

    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=30)
    account = models.CharField(max_length=16)
    amount = MoneyField(max_digits=20)
    lines = models.PositiveIntegerField()


class AnswerDay(DayRow):
    """The answers that requests got on a day, or that they lapsed without one."""

    kind = models.CharField(max_length=40)
    answers = models.PositiveIntegerField()
    waited = models.DurationField(help_text="For all of them together.")


class UsageDay(DayRow):
    """What else was done on a day, and how often."""

    what = models.CharField(max_length=10)
    number = models.PositiveIntegerField()


class ActiveUsers(models.Model):
    """How many people did anything in a day, week or month: these cannot be added up from shorter ones."""

    unit = models.CharField(max_length=5)
    start = models.DateField()
    users = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "active users"
        constraints = [models.UniqueConstraint(fields=["unit", "start"], name="active_users_once")]

    def __str__(self) -> str:
        return f"{self.users} in the {self.unit} of {self.start}"
