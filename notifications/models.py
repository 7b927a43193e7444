"""What people are told, and the stream of events that their open sockets receive."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from common.models import DueWork, DueWorkQuerySet, TimestampedModel


def every_day() -> list[int]:
    return list(range(7))


class NotificationQuerySet(models.QuerySet):
    def of(self, user_id: int) -> Self:
        return self.filter(recipient_id=user_id)

    def unread(self) -> Self:
        return self.filter(is_read=False)


class Notification(TimestampedModel):
    """One thing that one person was told. Written in the transaction of what caused it, and never twice: the
    `dedupe_key` names the cause.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    type = models.CharField(max_length=50)
    title = models.CharField(max_length=200)
    message = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    is_read = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True, blank=True)
    about = models.CharField(max_length=60, blank=True, help_text="The thing that it is about, such as booking:12.")
    dedupe_key = models.CharField(max_length=150)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notification_newest"),
            models.Index(fields=["recipient"], name="notification_unread", condition=models.Q(is_read=False)),
            models.Index(fields=["recipient", "about", "id"], name="notification_about"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "dedupe_key"], name="notification_once_per_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.recipient_id}"


class NotificationPreferences(TimestampedModel):
    """How somebody wants to hear of things. Nobody has a row before they change something.

    `types` and `categories` hold what was chosen for a channel, such as `{"booking_confirmed": {"email": false}}`; what
    is not in them follows the switches `email`, `push` and `sms` and the type's own default (R-NOTIF-1). Times are
    minutes of the user's wall.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notification_preferences"
    )
    email = models.BooleanField(default=True)
    push = models.BooleanField(default=True)
    sms = models.BooleanField(default=False)
    types = models.JSONField(default=dict, blank=True)
    categories = models.JSONField(default=dict, blank=True)
    quiet_start = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_end = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_days = models.JSONField(default=every_day, blank=True, help_text="Weekdays that it begins on, 0 is Monday.")
    digests = models.JSONField(default=dict, blank=True, help_text="How often, by category.")
    digest_hour = models.PositiveSmallIntegerField(default=8)

    class Meta:
        verbose_name_plural = "notification preferences"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_start=None, quiet_end=None)
                | Q(quiet_start__range=(0, 1439), quiet_end__range=(0, 1439)),
                name="preferences_quiet_hours_on_a_clock",
            ),
            models.CheckConstraint(condition=Q(digest_hour__range=(0, 23)), name="preferences_digest_hour_on_a_clock"),
        ]

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"


class PushSubscription(models.Model):
    """A browser that somebody lets us push to, as its PushManager says (RFC 8030, RFC 8291)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=600)
    endpoint_hash = models.CharField(max_length=64, unique=True, help_text="A browser belongs to one person.")
    p256dh = models.CharField(max_length=100, help_text="The browser's public key.")
    auth = models.CharField(max_length=40, help_text="The secret that it shares with us.")
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"browser {self.pk} of {self.user_id}"


class Digest(DueWork):
    """One mail that collects what a category had to tell somebody in one window of time (R-NOTIF-5)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    category = models.CharField(max_length=30)
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], name="digest_due", condition=Q(state=DueWork.State.DUE))]
        constraints = [
            # Who has asked for one before its window was over may begin another.
            models.UniqueConstraint(
                fields=["user", "category", "ends_at"],
                condition=Q(state=DueWork.State.DUE),
                name="digest_once_a_window",
            ),
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="digest_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.category} for {self.user_id} until {self.ends_at:%Y-%m-%d %H:%M}"


class DeliveryQuerySet(DueWorkQuerySet):
    def due(self, now: datetime) -> Self:
        """What waits for a digest goes out with it."""
        return super().due(now).filter(digest=None)


class Delivery(DueWork):
    """One notification on its way through one channel to one person, and what became of it: the log (R-NOTIF-8).

    `effect_key` names the effect, so that it is asked for once. The row outlives the notification, which its reader may
    delete.
    """

    class Channel(models.TextChoices):
        EMAIL = "email"
        PUSH = "push"

    notification = models.ForeignKey(Notification, models.SET_NULL, null=True, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel)
    type = models.CharField(max_length=50)
    about = models.CharField(max_length=60, blank=True)
    is_mandatory = models.BooleanField(default=False)
    subscription = models.ForeignKey(PushSubscription, models.SET_NULL, null=True, blank=True, related_name="+")
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, blank=True, related_name="deliveries")
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="When it took its turn, where one mail in a while is enough."
    )
    effect_key = models.CharField(max_length=80, unique=True)

    objects = DeliveryQuerySet.as_manager()  # type: ignore[misc] # narrower than its base's on purpose

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(state=DueWork.State.DUE)),
            models.Index(fields=["recipient", "about", "announced_at"], name="delivery_by_thread"),
            models.Index(fields=["channel", "-updated_at"], name="delivery_latest"),
            models.Index(fields=["created_at"], name="delivery_by_age"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="delivery_state_known"),
            models.CheckConstraint(condition=Q(channel__in=("email", "push")), name="delivery_channel_known"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk} to {self.recipient_id}: {self.status}"

    @property
    def status(self) -> str:
        """In the words of R-NOTIF-8: queued, failed(n), sent or suppressed; given up is the dead letter."""
        if self.state == DueWork.State.DEAD:
            return "given up"
        if self.state == DueWork.State.DUE:
            return f"failed({self.attempts})" if self.attempts else "queued"
        return self.outcome.partition(":")[0]


class Announcement(DueWork):
    """What an admin tells many people at once. A worker makes everybody's notification of it."""

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    user_ids = models.JSONField(default=list, blank=True)
    role = models.CharField(max_length=7, blank=True, help_text="Empty, and nobody named: everybody.")
    title = models.CharField(max_length=200)
    message = models.TextField()
    link = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], name="announcement_due", condition=Q(state=DueWork.State.DUE))]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DueWork.State.values), name="announcement_state_known")
        ]

    def __str__(self) -> str:
        return self.title


class EventCounter(models.Model):
    """The number of the last event of each user's stream. Its row lock puts the stream in the order of commits."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    last_seq = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.last_seq}"


class LiveEvent(models.Model):
    """One frame of one user's stream, as sent; kept for a while so that a socket can resume."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="live_events")
    seq = models.PositiveBigIntegerField()
    frame = models.TextField(help_text="The JSON that goes over the wire.")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["user_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["user", "seq"], name="live_event_seq_once")]

    def __str__(self) -> str:
        return f"event {self.seq} of {self.user_id}"
