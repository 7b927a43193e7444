"""Who sits in a session, and who wants to."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from sessions_app.models.session import TutoringSession
from sessions_app.querysets import JoinRequestQuerySet, ParticipantQuerySet, WaitlistQuerySet


class SeatState(models.TextChoices):
    JOINED = "joined"  # after the session: was there, as far as anybody said
    LEFT = "left"
    REMOVED = "removed"  # by the host, and cannot come back by themselves
    ATTENDED = "attended"
    ABSENT = "absent"


# The states of those who have a seat, during the session and after it.
SEATED = (SeatState.JOINED, SeatState.ATTENDED, SeatState.ABSENT)


class Participant(models.Model):
    """One person's seat in one session. Who left and comes back takes a new place: `joined_at` is the latest."""

    class Role(models.TextChoices):
        STUDENT = "student"
        TUTOR = "tutor"

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats")
    role = models.CharField(max_length=7, choices=Role, default=Role.STUDENT)
    state = models.CharField(max_length=8, choices=SeatState, default=SeatState.JOINED)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    attended_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of a lesson. Empty: nobody wrote it down, and all of it counts."
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "id"]
        indexes = [
            models.Index(fields=["user", "session"], name="seat_by_user", condition=Q(state__in=SEATED)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="seat_once_per_person"),
            models.CheckConstraint(condition=Q(state__in=SeatState.values), name="seat_state_known"),
            models.CheckConstraint(condition=Q(role__in=["student", "tutor"]), name="seat_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.session_id}: {self.state}"


class PlaceState(models.TextChoices):
    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"  # has a seat now
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"  # the session began or will not take place, or this person cannot have a seat


class WaitlistEntry(models.Model):
    """One person's place in the queue for one session: first come, first served, `priority` before that (R-SEAT-5).

    An offer that ended is ended for good: whoever comes back takes a new place behind all others (R-SEAT-7).
    """

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="waitlist", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="waitlist_places")
    state = models.CharField(max_length=9, choices=PlaceState, default=PlaceState.WAITING)
    priority = models.SmallIntegerField(default=0, help_text="Higher ones come first, whenever they came.")
    asks_first = models.BooleanField(default=False, help_text="Wants a seat to be offered, not just given.")
    joined_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    nudge_at = models.DateTimeField(null=True, blank=True, help_text="When its owner is reminded of an offer.")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "joined_at", "id"]
        verbose_name_plural = "waitlist entries"
        indexes = [
            models.Index(fields=["session", "-priority", "joined_at", "id"], name="place_in_order"),
            models.Index(fields=["offer_expires_at"], name="place_by_offers_end", condition=Q(state="offered")),
            models.Index(fields=["nudge_at"], name="place_by_nudge", condition=Q(state="offered")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"], condition=Q(state__in=["waiting", "offered"]), name="place_once_per_person"
            ),
            models.CheckConstraint(condition=Q(state__in=PlaceState.values), name="place_state_known"),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer_expires_at__isnull=False), name="place_offer_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "offered"], ended_at=None)
                | (~Q(state__in=["waiting", "offered"]) & Q(ended_at__isnull=False)),
                name="place_ended_or_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.session_id}: {self.state}"

    def is_offered(self, now: datetime) -> bool:
        """Whether there is an offer that can still be accepted."""
        return self.state == PlaceState.OFFERED and self.offer_expires_at is not None and self.offer_expires_at > now


class RequestState(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"  # the session began or will not take place, or everybody may join now


class JoinRequest(models.Model):
    """Somebody asks the host for a seat, where the session's `needs_approval` says so."""

    session = models.ForeignKey(TutoringSession, models.CASCADE, related_name="join_requests", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="join_requests")
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.PENDING)
    waitlist = models.BooleanField(default=False, help_text="Waits for a seat if there is none when it is approved.")
    asks_first = models.BooleanField(default=False, help_text="Wants a seat to be offered then, not just given.")
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]  # the id makes pages stable
        indexes = [models.Index(fields=["session", "-created_at", "-id"], name="join_request_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"], condition=Q(state="pending"), name="join_request_once_per_person"
            ),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="join_request_state_known"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at=None) | (~Q(state="pending") & Q(decided_at__isnull=False)),
                name="join_request_decided_or_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} asks to join {self.session_id}: {self.state}"
