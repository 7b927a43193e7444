"""Money that tests move by hand."""

from decimal import Decimal

from django.utils import timezone

from payments.models import EarningStatus, Payment, Payout, PayoutStatus
from tests.factories import EarningFactory


def payout_of(payment: Payment) -> Payout:
    """What the payment's lesson has earned has reached its tutor."""
    now = timezone.now()
    payout = Payout.objects.create(
        tutor=payment.tutor,
        amount=Decimal("36.00"),
        currency="USD",
        status=PayoutStatus.PAID,
        period_end=now,
        paid_at=now,
        provider="sandbox",
    )
    EarningFactory(tutor=payment.tutor, payment=payment, status=EarningStatus.PAID, payout=payout)
    return payout
