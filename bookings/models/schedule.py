"""When a tutor may be booked: weekly hours, exceptions for dates, time off, and the terms of booking."""

from django.db import models
from django.db.models import F, Q

from accounts.models import TutorProfile
from accounts.validators import validate_time_zone
from common.models import TimestampedModel

MINUTES_OF_A_DAY = 1440
DURATIONS = [30, 45, 60, 90, 120]


class CancellationPolicy(models.TextChoices):
    """The templates that a tutor picks from (R-CAN-1); their tiers are in `bookings.cancellation`."""

    FLEXIBLE = "flexible"
    STANDARD = "standard"
    STRICT = "strict"


class Weekday(models.IntegerChoices):
    """As stored. The edustream client counts from Sunday; dialects translate."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def default_durations() -> list[int]:
    return list(DURATIONS)


class BookingTerms(TimestampedModel):
    """How a tutor may be booked; made with the tutor's first booking or hours, in the tutor's zone.

    What a booking depends on is copied into it. A tutor's calendar is locked by `bookings.services.calendars`.
    """

    tutor = models.OneToOneField(TutorProfile, models.CASCADE, primary_key=True, related_name="booking_terms")
    timezone = models.CharField(
        max_length=64, default="UTC", validators=[validate_time_zone], help_text="Of the weekly hours: an IANA name."
    )
    slot_step_minutes = models.PositiveSmallIntegerField(default=30)
    durations = models.JSONField(default=default_durations, help_text="Minutes that a lesson may last.")
    min_notice_hours = models.PositiveSmallIntegerField(default=2)
    max_advance_days = models.PositiveSmallIntegerField(default=60)
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    most_a_day = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Bookings; empty: no limit.")
    most_a_week = models.PositiveSmallIntegerField(null=True, blank=True)
    most_minutes_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    most_minutes_a_week = models.PositiveSmallIntegerField(null=True, blank=True)
    cancellation_policy = models.CharField(
        max_length=8, choices=CancellationPolicy, default=CancellationPolicy.STANDARD
    )
    instant_booking = models.BooleanField(default=False, help_text="Bookings need no confirmation.")
    auto_accept_reschedule = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "booking terms"
        constraints = [
            models.CheckConstraint(
                condition=Q(cancellation_policy__in=CancellationPolicy.values), name="terms_policy_known"
            ),
            models.CheckConstraint(condition=Q(min_notice_hours__lte=168), name="terms_notice_at_most_a_week"),
            models.CheckConstraint(condition=Q(slot_step_minutes__range=(5, 240)), name="terms_step_5_to_240"),
        ]

    def __str__(self) -> str:
        return f"terms of tutor {self.tutor_id}"


class WeeklyHours(TimestampedModel):
    """A window of a weekday in wall-clock minutes of the tutor's zone: 540 to 1020 is 09:00 to 17:00 (R-SLOT-2)."""

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField(help_text="1440 is midnight.")
    only_on = models.DateField(null=True, blank=True, help_text="Not recurring: the one date on which it holds.")

    class Meta:
        ordering = ["weekday", "start_minute", "id"]
        verbose_name_plural = "weekly hours"
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="hours_weekday_known"),
            models.CheckConstraint(
                condition=Q(start_minute__lt=F("end_minute"), end_minute__lte=MINUTES_OF_A_DAY),
                name="hours_within_a_day",
            ),
            models.UniqueConstraint(
                fields=["tutor", "weekday", "start_minute", "end_minute"],
                condition=Q(only_on=None),
                name="hours_once_a_week",
            ),
            models.UniqueConstraint(
                fields=["tutor", "only_on", "start_minute", "end_minute"],
                condition=~Q(only_on=None),
                name="hours_once_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {self.start_minute}-{self.end_minute} of tutor {self.tutor_id}"


class DateOverride(TimestampedModel):
    """What holds on one local date instead of all weekly hours; no windows: a day off (R-SLOT-3)."""

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="date_overrides")
    date = models.DateField()
    windows = models.JSONField(default=list, blank=True, help_text="A list of [start minute, end minute].")

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["tutor", "date"], name="override_once_a_date")]

    def __str__(self) -> str:
        return f"{self.date} of tutor {self.tutor_id}"


class TimeOff(TimestampedModel):
    """A range of instants in which the tutor cannot be booked, whatever the hours say (R-SLOT-3)."""

    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, help_text="For the tutor only.")

    class Meta:
        ordering = ["starts_at"]
        verbose_name_plural = "time off"
        indexes = [models.Index(fields=["tutor", "ends_at"], name="time_off_by_tutor")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="time_off_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"tutor {self.tutor_id} is away from {self.starts_at:%Y-%m-%d %H:%M}"
