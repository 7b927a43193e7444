"""`manage.py settle_payments`: what a cron job can do where there are no workers."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from payments.models import Earning, ProviderCall, ProviderEvent, RefundStatus
from payments.services import refunds
from tests.factories import AdminFactory, BookingFactory, EarningFactory

pytestmark = pytest.mark.django_db


def test_it_does_all_that_is_due(pay):
    payment = pay(BookingFactory())
    refund = refunds.refund_payment(payment.pk, actor=AdminFactory(), amount=Decimal(5), reason="late")
    ripe = EarningFactory(status="pending")

    call_command("settle_payments")
    call_command("settle_payments")

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert Earning.objects.get(pk=ripe.pk).status == "available"
    assert not ProviderCall.objects.filter(state="due").exists()
    assert not ProviderEvent.objects.filter(state="due").exists()
