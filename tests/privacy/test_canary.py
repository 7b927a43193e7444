"""After an erasure nothing of a person is found anywhere: not in any column of any table, not in any file (S16)."""

import json
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
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
from bookings.services import offers, pricing, refunds
from common import personal_data
from common.personal_data import Keep, Section
from courses.services import assessments, authoring, modules
from notifications.models import PushSubscription
from notifications.services import announcements
from privacy.services import purging, retention
from sessions_app.services import course, hosting, quality, rating, seats
from tests.authorization.world import make_world
from tests.factories import PackagePurchaseFactory
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
    in_json = json.dumps(CANARY)[1:-1]  # as SQLite keeps it
    words = [word.lower() for word in (CANARY, in_json, FIRST, LAST)]
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


def write_as_host(host: User, world: dict[str, Any]) -> None:
    """Whatever a host writes freely about sessions, courses and prices, twice where it can be changed."""
    words = {"title": CANARY, "description": CANARY, "modules": [CANARY]}
    links = {"meeting_link": f"https://meet.example/j/1?pwd={CANARY}", "meeting_id": CANARY}
    later = {"title": f"{CANARY} 2", "description": f"{CANARY} 2", "modules": [f"{CANARY} 2"], "meeting_link": CANARY}
    in_a_month = timezone.now() + timedelta(days=30)
    session = hosting.create_session(creator=host, starts_at=in_a_month, max_participants=4, **words, **links)
    hosting.update_session(session.pk, later, actor=host)
    hosting.reschedule_session(session.pk, [in_a_month + timedelta(days=1)], actor=host, reason=CANARY)
    seats.join_session(session.pk, user=world["stranger"])
    seats.remove_participant(session.pk, world["stranger"].pk, actor=host, reason=CANARY)
    course.cancel_session(session.pk, actor=host, reason=CANARY)

    draft = authoring.create_course(tutor=host, title=CANARY, description=CANARY)
    authoring.update_course(draft.pk, {"title": f"{CANARY} 2", "description": f"{CANARY} 2"}, actor=host)
    module = modules.add_module(draft.pk, actor=host, title=CANARY, content=CANARY)
    modules.update_module(draft.pk, module.pk, {"title": f"{CANARY} 2", "content": f"{CANARY} 2"}, actor=host)
    modules.remove_module(draft.pk, module.pk, actor=host)
    task = assessments.add_assessment(draft.pk, actor=host, title=CANARY, description=CANARY)
    changes = {"title": f"{CANARY} 2", "description": f"{CANARY} 2"}
    assessments.update_assessment(draft.pk, task.pk, changes, actor=host)
    assessments.remove_assessment(draft.pk, task.pk, actor=host)
    authoring.delete_course(draft.pk, actor=host)

    offer = offers.create_offer(actor=host, name=CANARY, description=CANARY, session_count=5, price=Decimal(100))
    offers.update_offer(offer.pk, {"name": f"{CANARY} 2"}, actor=host)
    pricing.change_pricing(host, options=[pricing.PricingOption(CANARY, CANARY, 30, Decimal(20))])


def write_as_student(student: User, world: dict[str, Any]) -> None:
    rating.rate_session(world["past_session"].pk, user=student, rating=2, comment=CANARY)
    rating.rate_session(world["past_session"].pk, user=student, rating=3, comment=f"{CANARY} 2")
    purchase = PackagePurchaseFactory(package=world["package"], student=student)
    refunds.refund_unused(purchase.pk, cause=refunds.Cause.STUDENT, reason=CANARY, actor=student)


def write_as_admin(admin: User, world: dict[str, Any]) -> None:
    """About a host, and to everybody."""
    for notes in (CANARY, f"{CANARY} 2"):
        quality.review(world["past_session"].pk, score=2, outcome="needs_improvement", notes=notes, actor=admin)
    announcements.request(actor=admin, title=CANARY, message=CANARY)


def test_what_people_write_through_services_is_not_in_the_audit_log_after_their_erasure(
    tmp_path, settings, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    world = make_world()
    host, student, admin = world["host"], world["student"], world["admin"]
    write_as_host(host, world)
    write_as_student(student, world)
    write_as_admin(admin, world)
    assert CANARY in str(everything())
    PushSubscription.objects.all().delete()  # nobody's browser is really there
    finish_everything_open()

    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        for user in (host, student):
            moderation.soft_delete(user.pk, actor=admin, reason="asked", now=now - timedelta(days=31))
    finish_everything_open()
    with django_capture_on_commit_callbacks(execute=True):
        result = purging.purge(older_than=timedelta(days=30), actor=admin, now=now, dry_run=False)

    assert sorted(result.purged) == sorted([host.pk, student.pk])
    found = [line for line in found_in_the_database() if line.startswith("audit.")]
    assert found == [], "\n".join(found)
