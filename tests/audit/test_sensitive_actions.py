"""What is always audited (R-AUD-6): exactly one entry each, in the transaction of the deed (R-AUD-4, S15)."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError
from django.utils import timezone

from accounts.errors import InvalidCredentials
from accounts.models import Role, TutorStatus, User
from accounts.services import approval, moderation, sign_in
from audit.models import AuditEntry
from bookings.models import BookingStatus
from bookings.services import cancelling, review_moderation
from payments.models import EarningStatus
from payments.services import adjustments, payouts, refunds
from privacy.models import ErasureOrigin, ErasureState
from privacy.services import erasing, exporting, purging, requests
from tests.factories import (
    PASSWORD,
    AdjustmentFactory,
    AdminFactory,
    BookingFactory,
    EarningFactory,
    ErasureFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PayoutFactory,
    ReviewFactory,
    StudentFactory,
    TutorProfileFactory,
)
from tests.support.clients import Api
from tests.support.snapshot import everything

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"


def _on_a_student(deed):
    """`deed(student, admin)`."""

    def arrange():
        student, admin = StudentFactory(), AdminFactory()
        return lambda: deed(student, admin)

    return arrange


def _decision(decide):
    def arrange():
        profile, admin = TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL), AdminFactory()
        return lambda: decide(profile.pk, actor=admin, now=timezone.now())

    return arrange


def _with(factory, deed):
    """`deed(row, admin)`."""

    def arrange():
        row, admin = factory(), AdminFactory()
        return lambda: deed(row, admin)

    return arrange


def _deleted(days):
    student = StudentFactory()
    User.objects.filter(pk=student.pk).update(is_active=False, deleted_at=timezone.now() - timedelta(days=days))
    return student


def _late_cancelled():
    now = timezone.now()
    return BookingFactory(
        status=BookingStatus.CANCELLED,
        cancelled_by="student",
        starts_at=now + timedelta(hours=8),
        ended_at=now,
        refund_percent=0,
        refund_amount=Decimal(0),
    )


def _payable():
    earning = EarningFactory(status=EarningStatus.AVAILABLE, available_at=timezone.now() - timedelta(days=1))
    PayoutAccountFactory(tutor=earning.tutor)
    return earning


def _erasure():
    now = timezone.now()
    erasure = ErasureFactory(user=_deleted(31), origin=ErasureOrigin.PURGE, begins_at=now - timedelta(days=1))
    return lambda: erasing.advance(erasure.pk, now=now)


# The action, and what makes a deed that is audited as it.
DEEDS = {
    "account.role_changed": _on_a_student(lambda user, admin: moderation.change_role(user.pk, Role.TUTOR, actor=admin)),
    "account.deactivated": _on_a_student(lambda user, admin: moderation.deactivate(user.pk, actor=admin)),
    "tutor.approved": _decision(approval.approve),
    "tutor.rejected": _decision(lambda pk, **how: approval.reject(pk, reason="Too thin.", **how)),
    "tutor.suspended": _with(
        TutorProfileFactory,
        lambda profile, admin: moderation.suspend_tutor(profile.user_id, actor=admin, reason="no-shows"),
    ),
    "payment.refund_claimed": _with(
        PaymentFactory,
        lambda payment, admin: refunds.refund_payment(payment.pk, actor=admin, amount=Decimal(5), reason="ill"),
    ),
    "booking.late_cancel_waived": _with(
        _late_cancelled,
        lambda booking, _: cancelling.waive_late_cancel(booking.pk, actor=booking.tutor.user),
    ),
    "payout.made": _with(_payable, lambda earning, admin: payouts.run_payouts(actor=admin, tutor_id=earning.tutor_id)),
    "payout.held": _with(PayoutFactory, lambda payout, admin: payouts.hold(payout.pk, actor=admin, reason="ticket 7")),
    "adjustment.approved": _with(
        AdjustmentFactory, lambda adjustment, admin: adjustments.approve(adjustment.pk, actor=admin)
    ),
    "tutor.prices_changed": _with(
        TutorProfileFactory,
        lambda profile, _: Api().as_(profile.user).patch("/api/tutors/me/pricing", {"hourly_rate": 61}),
    ),
    "review.hidden": _with(
        ReviewFactory, lambda review, admin: review_moderation.hide(review.pk, reason="spam", actor=admin)
    ),
    "account.deleted": _on_a_student(
        lambda user, admin: moderation.soft_delete(user.pk, actor=admin, reason="asked", now=timezone.now())
    ),
    "account.restored": _with(
        lambda: _deleted(3), lambda user, admin: moderation.restore(user.pk, actor=admin, now=timezone.now())
    ),
    "accounts.purged": _with(
        lambda: _deleted(31),
        lambda _, admin: purging.purge(older_than=timedelta(days=30), actor=admin, now=timezone.now(), dry_run=False),
    ),
    "erasure.requested": _on_a_student(
        lambda user, _: requests.request_erasure(user, password=PASSWORD, address=ADDRESS, now=timezone.now())
    ),
    "erasure.withdrawn": _with(
        ErasureFactory, lambda erasure, _: requests.withdraw_erasure(erasure.user, now=timezone.now())
    ),
    "account.erased": _erasure,
    "export.requested": _on_a_student(
        lambda user, _: exporting.request_export(user, password=PASSWORD, address=ADDRESS, now=timezone.now())
    ),
}
# Of many transactions: each deed in them is one of those above.
IN_PARTS = {"accounts.purged", "account.erased"}


@pytest.mark.parametrize("action", DEEDS)
def test_a_sensitive_deed_is_one_entry(action):
    deed = DEEDS[action]()
    before = AuditEntry.objects.filter(action=action).count()

    deed()

    assert AuditEntry.objects.filter(action=action).count() - before == 1


@pytest.mark.parametrize("action", sorted(DEEDS.keys() - IN_PARTS))
def test_what_cannot_be_audited_does_not_happen(action, monkeypatch):
    deed = DEEDS[action]()
    real = AuditEntry.save

    def refuse(entry, **kwargs):
        if entry.action == action:
            raise DatabaseError("the disk is full")
        real(entry, **kwargs)

    monkeypatch.setattr(AuditEntry, "save", refuse)
    before = everything()
    with suppress(DatabaseError):
        deed()

    after = everything()
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}


def test_an_erasure_that_cannot_be_audited_is_not_said_to_be_done(monkeypatch):
    deed = _erasure()
    real = AuditEntry.save

    def refuse(entry, **kwargs):
        if entry.action == "account.erased":
            raise DatabaseError("the disk is full")
        real(entry, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(AuditEntry, "save", refuse)
        with pytest.raises(DatabaseError):
            deed()

    assert erasing.Erasure.objects.get().state == ErasureState.RUNNING
    assert erasing.advance_due(now=timezone.now() + timedelta(hours=2)) == 1


def test_each_failed_sign_in_is_an_entry_and_the_tenth_one_a_lock(settings):
    settings.THROTTLING = True
    user = StudentFactory()

    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            sign_in.check_credentials(user.email, "Guessed_1", address=ADDRESS)

    actions = list(AuditEntry.objects.values_list("action", flat=True))
    assert (actions.count("auth.login_failed"), actions.count("auth.locked_out"), len(actions)) == (10, 1, 11)
    assert user.email not in str(everything()["audit.AuditEntry"])


def test_what_an_admin_does_in_a_learners_place_is_the_admins(api):
    learner, admin = StudentFactory(), AdminFactory()

    answer = api.as_(admin).put(f"/api/learners/{learner.pk}", {"bio": "Corrected."})

    assert answer.status_code == 200
    (entry,) = AuditEntry.objects.filter(actor_id=admin.pk).exclude(action__startswith="auth.")
    assert entry.object_id == str(learner.pk) or entry.after["in_place_of"] == learner.pk
