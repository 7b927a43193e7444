"""The audit log: entries say what happened, links chain them so that tampering shows (docs/adr)."""

from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.querysets import AppendOnlyError, AppendOnlyQuerySet, AuditEntryQuerySet


class AppendOnlyModel(models.Model):
    """A row is written once. Triggers (migration 0002) hold even where this class is bypassed."""

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(type(self))
        # A new object with the key of an old row must collide with it, not overwrite it.
        super().save(**kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(type(self))


class PersonalPart(models.Model):
    """From where somebody acted. Entries name it by its token; an erasure deletes it (`audit.personal`)."""

    token = models.CharField(max_length=64, primary_key=True)
    subject_id = models.BigIntegerField(null=True, help_text="Whose it is. Empty: of nobody signed in.")
    key = models.CharField(max_length=32, help_text="Of the token; kept nowhere else.")
    ip = models.CharField("address", max_length=64, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["subject_id"], name="audit_personal_by_subject")]

    def __str__(self) -> str:
        return self.token[:12]


class AuditEntry(AppendOnlyModel):
    """One thing that somebody did. Written by `audit.services.record` in the transaction of the deed itself.

    People are kept as bare numbers, not foreign keys: the log outlives them and never holds their names.
    """

    created_at = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(null=True, blank=True, help_text="Empty: the system, or nobody signed in.")
    actor_role = models.CharField(max_length=30, blank=True)
    action = models.CharField(max_length=100, help_text="What was done, such as session.created.")
    object_type = models.CharField(max_length=100, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    before = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    reason = models.TextField(blank=True)
    # Of entries from before personal parts were kept apart; empty in all others.
    ip = models.CharField("address", max_length=64, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    # Nullable, so that SQLite adds it in place and the table keeps its triggers.
    origin_token = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    request_id = models.CharField(max_length=100, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="audit_entry_newest"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_entry_by_object"),
            models.Index(fields=["actor_id", "-id"], name="audit_entry_by_actor"),
            models.Index(fields=["action", "-id"], name="audit_entry_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} at {self.created_at:%Y-%m-%d %H:%M:%S}"


class AuditLink(AppendOnlyModel):
    """One entry's place in the hash chain. Written only by `audit.services.seal`."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="link")
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        constraints = [models.CheckConstraint(condition=Q(seq__gte=1), name="audit_link_counts_from_one")]

    def __str__(self) -> str:
        return f"{self.seq}: {self.hash[:12]}"
