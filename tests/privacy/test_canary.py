"""After an erasure nothing of a person is found anywhere: not in any column of any table, not in any file (S16)."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import moderation
from audit.models import AuditEntry
from bookings.models import BookingStatus
from common import personal_data
from common.personal_data import Keep, Section
from notifications.models import PushSubscription
from privacy.services import purging, retention
from tests.authorization.world import make_world
from tests.support.clients import Api
from tests.support.snapshot import everything

pytestmark = pytest.mark.django_db

CANARY = "CanaryZwölf"
FIRST, LAST = "Canaryfirst", "Canarylast"

# Words of ours, or of catalogues, which nobody writes freely; and secrets that lead nowhere.
NOT_WRITTEN_BY_PEOPLE = {
    "currency", "timezone", "tutor_timezone", "student_timezone", "provider", "provider_id", "failure_code", "key",
    "effect_key", "dedupe_key", "about", "type", "token_hash", "code_hash", "endpoint_hash", "fingerprint", "sha256",
    "lesson_type", "meeting_provider", "media_type", "payable_kind", "category", "action", "object_type", "object_id",
    "actor_role",
    "request_id", "code", "client_msg_id", "basis", "language", "outcome", "tutor_local", "student_local", "source",
    "hash", "prev_hash", "origin_token", "token", "email", "password",
}  # fmt: skip
# What is kept by law or belongs to somebody else, column by column.
KEPT = {
    # Books (R-GDPR-4). What was paid for is named by our own sentences, which lose the name: tested below.
    "payments.payment.payer": {"description"},
    "payments.payment.tutor__user": {"description", "client_secret", "failure_message"},
    "payments.refund.payment__payer": {"failure"},
    "payments.refund.payment__tutor__user": {"reason", "failure"},
    "payments.earning.tutor__user": {"description"},
    "payments.payout.tutor__user": {"failure", "hold_reason", "statement"},
    "payments.adjustment.tutor__user": {"reason"},
    "payments.posting.payment__payer": set(),
    "bookings.creditentry.purchase__student": {"reason"},
    # Somebody else's words.
    "messaging.message.recipient": {"text", "search_text", "removed_text", "reactions"},
    "support.ticketmessage.author": {"text"},
    "bookings.packagepurchase.student": {"name"},
    "bookings.booking.student": {"notes_tutor"},
    "bookings.booking.tutor__user": {"notes_student"},
    "bookings.review.student": {"response"},
    "bookings.review.tutor__user": {"comment", "hidden_reason"},
    "courses.certificate.enrolment__learner": {"course_title", "tutor_name"},
    "courses.certificate.enrolment__course__tutor__user": {"learner_name", "course_title"},
    # The log: an admin's reasons and masked changes.
    "audit.auditentry.actor_id": {"before", "after", "reason", "ip", "user_agent"},
    "privacy.erasure.user": {"blockers"},
    "privacy.erasurepart.erasure__user": {"evidence", "failure"},
}
TEXT = (models.CharField, models.TextField, models.JSONField)


def written(section: Section) -> list[models.Field]:
    """The columns in which something of the person may stand."""
    kept = KEPT.get(section.name, set()) | NOT_WRITTEN_BY_PEOPLE
    return [
        column
        for column in section.model_class._meta.concrete_fields
        if isinstance(column, TEXT)
        and not isinstance(column, models.FileField)
        and not column.choices
        and not column.primary_key
        and column.name not in kept
    ]


def plant(section: Section, user: User) -> int:
    """Put the canary into what is written of each of the person's rows; a file is the canary as well."""
    rows = section.rows(user)
    planted = 0
    for column in written(section):
        value: Any = [CANARY] if isinstance(column, models.JSONField) else CANARY[: column.max_length]
        with suppress(DatabaseError), transaction.atomic():  # a deleted message has no text, and so on
            planted += models.QuerySet.update(rows.all(), **{column.name: value})
    for name in section.file_columns:
        for row in rows.exclude(**{name: ""}):
            stored = default_storage.save(f"{row._meta.model_name}/{row.pk}.txt", ContentFile(CANARY.encode()))
            type(row)._base_manager.filter(pk=row.pk).update(**{name: stored})
    return planted


def found_in_the_database() -> list[str]:
    """`table.column: what stands there` of everything that has a word of the person's."""
    words = (CANARY.lower(), FIRST.lower(), LAST.lower())
    return sorted(
        {
            f"{table}.{name}: {value}"
            for table, rows in everything().items()
            for row in rows
            for name, value in row.items()
            if any(word in str(value).lower() for word in words)
        }
    )


def found_in_files() -> list[str]:
    found, folders = [], [""]
    while folders:
        folder = folders.pop()
        inner, names = default_storage.listdir(folder)
        folders += [f"{folder}{name}/" for name in inner]
        found += [
            f"{folder}{name}" for name in names if CANARY.encode() in default_storage.open(f"{folder}{name}").read()
        ]
    return found


def finish_everything_open() -> None:
    """So that nothing is in the way of an erasure."""
    for model, changes in {
        "bookings.Booking": {"status": BookingStatus.COMPLETED, "dispute_state": "none"},
        "bookings.PackagePurchase": {"available": 0},
        "payments.Payment": {"status": "succeeded"},
        "payments.Refund": {"status": "succeeded"},
        "payments.Earning": {"status": "paid"},
        "payments.Payout": {"status": "paid"},
        "payments.Dispute": {"status": "won"},
    }.items():
        apps.get_model(model)._base_manager.update(**changes)


def test_every_kept_column_is_one():
    names = {section.name: section for section in personal_data.sections()}
    for name, columns in KEPT.items():
        for column in columns:
            names[name].model_class._meta.get_field(column)


@pytest.mark.parametrize("who", ["student", "host"])
def test_what_was_planted_in_every_column_is_nowhere_after_the_erasure(
    who, tmp_path, settings, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    world = make_world()
    user = world[who]
    User.objects.filter(pk=user.pk).update(first_name=FIRST, last_name=LAST, phone="+14155550123")
    user.refresh_from_db()
    Api().as_(user).post("/api/messages", {"recipient_id": world["friend"].pk, "message": f"Yours, {CANARY}"})
    PushSubscription.objects.exclude(user=user).delete()  # nobody's browser is really there
    finish_everything_open()
    planted = {
        section.name: plant(section, user)
        for section in personal_data.sections()
        if not isinstance(section.erasure, Keep)
    }
    assert sum(planted.values()) > 50
    assert CANARY in str(everything())

    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        moderation.soft_delete(user.pk, actor=world["admin"], reason="asked", now=now - timedelta(days=31))
    finish_everything_open()
    with django_capture_on_commit_callbacks(execute=True):
        result = purging.purge(older_than=timedelta(days=30), actor=world["admin"], now=now, dry_run=False)
        retention.apply(now=now)

    assert (result.purged, result.blocked, result.failed) == ([user.pk], [], [])
    found = found_in_the_database()
    assert found == [], "\n".join(found)
    assert found_in_files() == []
    assert user.email not in str(everything())
    assert AuditEntry.objects.filter(object_type="accounts.user", object_id=str(user.pk)).exists()
