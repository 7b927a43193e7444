"""What admins give tutors beyond lessons, or take from them, with a reason: up to `settings.ADJUSTMENT_LIMIT` in a
tutor's day at once, beyond it when a second admin agrees (R-PO-5).
"""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Abs
from django.utils import timezone

from accounts.models import TutorProfile, User
from accounts.services.moderators import require_admin, require_no_party, require_reason
from audit.services import record
from catalog.reference import currency_codes
from common.errors import Forbidden, Invalid, InvalidTransition, NotFound
from common.money import MoneySum, is_movable, step_of
from payments.models import Account, Adjustment, AdjustmentStatus, Earning, EarningKind, EarningStatus
from payments.services import ledger
from payments.services.ledger import Line

LARGEST = Decimal(10) ** 9
# What needed one admin within this time counts together: else ten small sums would pass where a large one does not.
COUNTED_TOGETHER = timedelta(days=1)


@transaction.atomic
def propose(tutor_id: int, amount: Decimal, currency: str, *, reason: str, actor: User) -> Adjustment:
    """Give a tutor `amount`, or take it where it is negative; above the limit, together with what the tutor's last 24
    hours brought without a second admin, it waits for another admin.

    Raises Forbidden (also for one's own money), NotFound or Invalid.
    """
    require_admin(actor)
    require_reason(reason)
    _require_amount(amount, currency)
    # Locked, so that two proposals at once are counted together, too.
    tutor = TutorProfile.objects.select_for_update(of=("self",), no_key=True).filter(pk=tutor_id).first()
    if tutor is None:
        raise NotFound("Tutor not found")
    require_no_party(actor, tutor.user_id)
    adjustment = Adjustment(
        tutor=tutor,
        amount=amount,
        currency=currency,
        reason=reason.strip()[:500],
        needs_approval=abs(amount) + _by_one_admin(tutor, currency) > settings.ADJUSTMENT_LIMIT,
        requested_by=actor,
    )
    adjustment.save()
    if not adjustment.needs_approval:
        _earn(adjustment)
    after = {"tutor": tutor.pk, "amount": amount, "currency": currency, "status": adjustment.status}
    record("adjustment.proposed", actor=actor, obj=adjustment, after=after, reason=reason)
    return adjustment


@transaction.atomic
def approve(adjustment_id: int, *, actor: User, reason: str = "") -> Adjustment:
    """By another admin than who proposed it. Raises Forbidden, NotFound or InvalidTransition."""
    adjustment = _lock_pending(adjustment_id, AdjustmentStatus.APPROVED, actor)
    if adjustment.requested_by_id == actor.pk:
        raise Forbidden("Another admin has to approve what you proposed.")
    require_no_party(actor, adjustment.tutor.user_id)
    adjustment.approved_by = actor
    _earn(adjustment)
    record("adjustment.approved", actor=actor, obj=adjustment, after={"status": adjustment.status}, reason=reason)
    return adjustment


@transaction.atomic
def reject(adjustment_id: int, *, actor: User, reason: str) -> Adjustment:
    """By any admin; who proposed it takes it back so. Raises Forbidden, Invalid, NotFound or InvalidTransition."""
    require_reason(reason)
    adjustment = _lock_pending(adjustment_id, AdjustmentStatus.REJECTED, actor)
    require_no_party(actor, adjustment.tutor.user_id)
    adjustment.status, adjustment.decided_at = AdjustmentStatus.REJECTED, timezone.now()
    adjustment.save(update_fields=["status", "decided_at", "updated_at"])
    record("adjustment.rejected", actor=actor, obj=adjustment, after={"status": adjustment.status}, reason=reason)
    return adjustment


def _by_one_admin(tutor: TutorProfile, currency: str) -> Decimal:
    """What was given to and taken from the tutor lately without a second admin, each counted as it is large."""
    since = timezone.now() - COUNTED_TOGETHER
    lately = Adjustment.objects.filter(tutor=tutor, currency=currency, needs_approval=False, created_at__gte=since)
    return lately.aggregate(sum=MoneySum(Abs("amount")))["sum"] or Decimal(0)


def _require_amount(amount: Decimal, currency: str) -> None:
    if currency not in currency_codes():
        raise Invalid(errors={"currency": ["This is no currency."]})
    if not amount.is_finite() or not amount or abs(amount) > LARGEST:
        raise Invalid(errors={"amount": ["Give or take something."]})
    if not is_movable(amount, currency):
        raise Invalid(errors={"amount": [f"Give or take a multiple of {step_of(currency)} {currency}."]})


def _lock_pending(adjustment_id: int, status: AdjustmentStatus, actor: User) -> Adjustment:
    require_admin(actor)
    rows = Adjustment.objects.select_for_update(of=("self",)).select_related("tutor")
    adjustment = rows.filter(pk=adjustment_id).first()
    if adjustment is None:
        raise NotFound("Adjustment not found")
    if adjustment.status != AdjustmentStatus.PENDING:
        text = f"An adjustment that is {adjustment.get_status_display().lower()} cannot become {status.label.lower()}."
        raise InvalidTransition(text, current=adjustment.status, allowed=[])
    return adjustment


def _earn(adjustment: Adjustment) -> None:
    """It is available at once, and it is the platform's money."""
    now = timezone.now()
    adjustment.earning = Earning.objects.create(
        tutor=adjustment.tutor,
        kind=EarningKind.ADJUSTMENT,
        source=f"adjustment:{adjustment.pk}",
        description=f"Adjustment: {adjustment.reason}"[:200],
        gross=adjustment.amount,
        commission=Decimal(0),
        net=adjustment.amount,
        currency=adjustment.currency,
        status=EarningStatus.AVAILABLE,
        available_at=now,
    )
    adjustment.status, adjustment.decided_at = AdjustmentStatus.APPROVED, now
    adjustment.save(update_fields=["status", "decided_at", "approved_by", "earning", "updated_at"])
    lines = [
        Line(Account.PLATFORM_REVENUE, adjustment.amount),
        Line(Account.TUTOR_PAYABLE, -adjustment.amount, adjustment.tutor),
    ]
    ledger.post("adjustment", f"adjustment:{adjustment.pk}", adjustment.currency, lines)
