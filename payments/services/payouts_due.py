"""Who would be paid by a run of payouts at this moment, and who not and why. Changes nothing."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import TutorProfile, TutorStatus
from common.money import MoneySum
from payments.models import Earning, EarningStatus, Payout
from payments.models.payout import OPEN_PAYOUTS
from payments.services import payouts, reversals


class Due(NamedTuple):
    """What a tutor has in a currency; `why_not` is empty where it would be paid out."""

    tutor_id: int
    amount: Decimal
    currency: str
    why_not: str


def list_due(*, tutor_id: int | None = None, period_end: datetime | None = None) -> list[Due]:
    """By tutor and currency, with the same arguments and rules as `payouts.run_payouts`."""
    now = timezone.now()
    until = min(period_end or now, now)
    may_go = payouts.in_period(until) & Q(status=EarningStatus.AVAILABLE, payout=None)
    ripe = Q(status=EarningStatus.PENDING, available_at__lte=until)
    rows = Earning.objects.filter(may_go | ripe, is_frozen=False).exclude(reversals.waits())
    if tutor_id is not None:
        rows = rows.filter(tutor=tutor_id)
    sums = rows.order_by("tutor", "currency").values_list("tutor", "currency").annotate(sum=MoneySum("net"))
    tutors = TutorProfile.objects.select_related("payout_account").in_bulk({row[0] for row in sums})
    open_ones = set(Payout.objects.filter(status__in=OPEN_PAYOUTS).values_list("tutor", "currency"))
    return [
        Due(tutor, amount, currency, _why_not(tutors[tutor], amount, has_open=(tutor, currency) in open_ones))
        for tutor, currency, amount in sums
    ]


def _why_not(tutor: TutorProfile, amount: Decimal, *, has_open: bool) -> str:
    account = getattr(tutor, "payout_account", None)
    gets_one = settings.PAYMENT_PROVIDER == "sandbox" and tutor.status == TutorStatus.APPROVED
    if tutor.status == TutorStatus.SUSPENDED:
        return "suspended"
    if account is None and not gets_one:
        return "no account"
    if account is not None and not account.is_enabled:
        return "the account is not enabled"
    if has_open:
        return "another payout is open"
    if amount < settings.PAYOUT_MINIMUM:
        return f"less than {settings.PAYOUT_MINIMUM}"
    return ""
