"""Meetings: a host, a time, seats."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalog.models import Subject
from common.models import TimestampedModel
from sessions_app.querysets import SessionQuerySet


class SessionKind(models.TextChoices):
    GROUP = "group"  # an instructor's
    PEER = "peer"  # hosted by a student
    PRIVATE = "private"  # one tutor, one student, made by a booking


class SessionStatus(models.TextChoices):
    UPCOMING = "upcoming"
    ONGOING = "ongoing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class SessionLevel(models.TextChoices):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


# Every legal move, in one place. A status missing on the left is final.
TRANSITIONS: dict[str, set[str]] = {
    SessionStatus.UPCOMING: {SessionStatus.ONGOING, SessionStatus.CANCELLED},
    SessionStatus.ONGOING: {SessionStatus.COMPLETED, SessionStatus.CANCELLED},
}
# The states in which a session takes its host's time.
LIVE = (SessionStatus.UPCOMING, SessionStatus.ONGOING)


class TutoringSession(TimestampedModel):
    """A meeting from `starts_at` to `ends_at` (UTC) with seats for others; its host takes none.

    `status` and the counters change only in `sessions_app.services`: `seats_taken` is the number of participants who
    have a seat, `seats_offered` that of live offers to those who wait, each of which counts as a seat, and
    `waiting_count` that of people who wait (R-SEAT-1). `version` grows with every change of what a client may have read
    (R-GEN-7). Two live sessions of one host never overlap: the database refuses it on both engines (migration 0002).
    """

    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="hosted_sessions")
    kind = models.CharField(max_length=7, choices=SessionKind, default=SessionKind.GROUP)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="sessions")
    level = models.CharField(max_length=12, choices=SessionLevel, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    max_participants = models.PositiveSmallIntegerField()
    seats_taken = models.PositiveSmallIntegerField(default=0)
    seats_offered = models.PositiveSmallIntegerField(default=0, db_default=0)
    waiting_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    status = models.CharField(max_length=9, choices=SessionStatus, default=SessionStatus.UPCOMING)
    end_reason = models.CharField(max_length=500, blank=True, help_text="Why it was cancelled, such as host_absent.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="UTC, if completed before `ends_at`.")
    needs_approval = models.BooleanField(default=False, help_text="The host decides who gets a seat.")
    min_participants = models.PositiveSmallIntegerField(default=1, help_text="With fewer it does not take place.")
    runs_anyway = models.BooleanField(default=False, help_text="Takes place with fewer than that, too (R-SEAT-10).")
    minimum_warned_at = models.DateTimeField(null=True, blank=True, help_text="When its host heard of too few people.")
    minimum_checked_at = models.DateTimeField(null=True, blank=True, help_text="When it was decided that it stays.")
    meeting_link = models.URLField(max_length=500, blank=True)
    meeting_provider = models.CharField(max_length=50, blank=True)
    meeting_id = models.CharField(max_length=100, blank=True)
    modules = models.JSONField(default=list, blank=True, help_text="What it goes through, in order: a list of titles.")
    version = models.PositiveIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]  # the id makes pages stable
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), name="session_newest", condition=Q(deleted_at=None)),
            models.Index(fields=["creator", "-created_at"], name="session_by_host"),
            models.Index(fields=["starts_at"], name="session_by_start", condition=Q(deleted_at=None)),
            models.Index(
                fields=["ends_at"], name="session_live_by_end", condition=Q(status__in=["upcoming", "ongoing"])
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(
                condition=Q(max_participants__gte=F("seats_taken") + F("seats_offered")), name="session_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(kind="private", max_participants=1)
                | (~Q(kind="private") & Q(max_participants__range=(2, 20))),
                name="session_seats_2_to_20",
            ),
            models.CheckConstraint(
                condition=Q(min_participants__gte=1, min_participants__lte=F("max_participants")),
                name="session_minimum_within_seats",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("starts_at")), name="session_ended_not_before_start"
            ),
            models.CheckConstraint(condition=Q(status__in=SessionStatus.values), name="session_status_known"),
            models.CheckConstraint(condition=Q(kind__in=SessionKind.values), name="session_kind_known"),
            models.CheckConstraint(condition=Q(level__in=["", *SessionLevel.values]), name="session_level_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def duration_minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def available_spots(self) -> int:
        return max(0, self.max_participants - self.seats_taken - self.seats_offered)

    @property
    def is_full(self) -> bool:
        return self.available_spots == 0

    @property
    def has_queue(self) -> bool:
        """Whether anybody waits for a seat or has been offered one."""
        return bool(self.waiting_count or self.seats_offered)

    def can_become(self, status: SessionStatus) -> bool:
        return status in TRANSITIONS.get(self.status, ())
