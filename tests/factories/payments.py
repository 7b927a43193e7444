"""Payments and what comes of them. The ledger knows of all of it, the provider of nothing."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from payments.models import (
    Account,
    Adjustment,
    CallKind,
    Dispute,
    DisputeKind,
    Earning,
    EarningKind,
    EarningStatus,
    Fee,
    LedgerLine,
    Payment,
    PaymentStatus,
    Payout,
    PayoutAccount,
    PayoutStatus,
    Posting,
    ProviderCall,
    ProviderEvent,
    Refund,
    Reversal,
)
from payments.services import earning, ledger
from payments.services.ledger import Line
from tests.factories.bookings import BookingFactory
from tests.factories.people import AdminFactory, StudentFactory, TutorProfileFactory


class PaymentFactory(factory.django.DjangoModelFactory):
    """45 USD that were taken for a lesson."""

    class Meta:
        model = Payment

    class Params:
        number = factory.Sequence(lambda n: n)

    payer = factory.SubFactory(StudentFactory)
    tutor = factory.SubFactory(TutorProfileFactory)
    payable_kind = "booking"
    payable_id = factory.LazyAttribute(
        lambda payment: (
            BookingFactory(student=payment.payer, tutor=payment.tutor, starts_at=_hour(48 + payment.number)).pk
        )
    )
    description = "the lesson with Tess Tutor"
    amount = Decimal("45.00")
    currency = "USD"
    commission_percent = Decimal("20.00")
    is_manual = False
    status = PaymentStatus.SUCCEEDED
    provider = "sandbox"
    provider_id = factory.Sequence(lambda n: f"sandbox_pi_factory{n}")
    captured_amount = factory.LazyAttribute(
        lambda payment: payment.amount if payment.status == PaymentStatus.SUCCEEDED else Decimal(0)
    )
    captured_at = factory.LazyAttribute(lambda payment: timezone.now() if payment.captured_amount else None)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        payment = super()._create(model_class, *args, **kwargs)
        _moved(payment, "capture", payment.captured_amount, debit=Account.PROCESSOR, credit=Account.STUDENT_CREDIT)
        return payment


class RefundFactory(factory.django.DjangoModelFactory):
    """10 of them, on their way back."""

    class Meta:
        model = Refund

    payment = factory.SubFactory(PaymentFactory)
    amount = Decimal("10.00")
    reason = "ill"
    basis = "admin"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        refund = super()._create(model_class, *args, **kwargs)
        refund.payment.refunds_claimed += refund.amount
        refund.payment.save()
        _moved(refund, "refund", refund.amount, debit=Account.STUDENT_CREDIT, credit=Account.REFUNDS)
        return refund


class FeeFactory(factory.django.DjangoModelFactory):
    """1.60 of what was taken, kept by the provider."""

    class Meta:
        model = Fee

    payment = factory.SubFactory(PaymentFactory)
    provider_id = factory.Sequence(lambda n: f"sandbox_txn_factory{n}")
    amount = Decimal("1.60")
    currency = factory.LazyAttribute(lambda fee: fee.payment.currency)
    created_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        fee = super()._create(model_class, *args, **kwargs)
        ledger.move(
            *("fee", f"fee:{fee.pk}", fee.currency, fee.amount),
            debit=Account.FEES,
            credit=Account.PROCESSOR,
            payment=fee.payment,
        )
        return fee


class DisputeFactory(factory.django.DjangoModelFactory):
    """The student says that something was wrong."""

    class Meta:
        model = Dispute

    payment = factory.SubFactory(PaymentFactory)
    kind = DisputeKind.INTERNAL
    amount = factory.SelfAttribute("payment.captured_amount")
    reason = "The tutor did not come."
    opened_by = factory.SelfAttribute("payment.payer")


class PayoutAccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PayoutAccount

    tutor = factory.SubFactory(TutorProfileFactory)
    provider = "sandbox"
    provider_id = factory.Sequence(lambda n: f"sandbox_acct_factory{n}")


class EarningFactory(factory.django.DjangoModelFactory):
    """The tutor's 36 of the 45, available."""

    class Meta:
        model = Earning

    class Params:
        percent = Decimal(20)

    tutor = factory.SubFactory(TutorProfileFactory)
    payment = factory.LazyAttribute(
        lambda line: PaymentFactory(tutor=line.tutor, amount=line.gross, currency=line.currency)
    )
    source = factory.LazyAttribute(lambda line: f"booking:{line.payment.payable_id}")
    description = "Lesson of 1 June 2026"
    gross = Decimal("45.00")
    currency = "USD"
    commission = factory.LazyAttribute(lambda line: earning.split(line.gross, line.percent, line.currency)[0])
    net = factory.LazyAttribute(lambda line: line.gross - line.commission)
    status = EarningStatus.AVAILABLE
    available_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        line = super()._create(model_class, *args, **kwargs)
        lines = [
            Line(Account.STUDENT_CREDIT, line.gross),
            Line(Account.TUTOR_PAYABLE, -line.net, line.tutor),
            Line(Account.PLATFORM_REVENUE, -line.commission),
        ]
        ledger.post("earning", f"earning:{line.pk}", line.currency, lines, payment=line.payment)
        return line


class PayoutFactory(factory.django.DjangoModelFactory):
    """36 USD that wait to be sent, for one lesson."""

    class Meta:
        model = Payout

    tutor = factory.LazyFunction(lambda: PayoutAccountFactory().tutor)
    amount = Decimal("36.00")
    currency = "USD"
    status = PayoutStatus.SCHEDULED
    period_end = factory.LazyFunction(timezone.now)
    provider = "sandbox"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        payout = super()._create(model_class, *args, **kwargs)
        is_over = payout.status in (PayoutStatus.FAILED, PayoutStatus.RETURNED)
        is_paid = payout.status == PayoutStatus.PAID
        status = EarningStatus.PAID if is_paid else EarningStatus.IN_PAYOUT
        EarningFactory(
            tutor=payout.tutor,
            status=EarningStatus.AVAILABLE if is_over else status,
            payout=None if is_over else payout,
        )
        if is_paid:
            lines = [Line(Account.TUTOR_PAYABLE, payout.amount, payout.tutor), Line(Account.PROCESSOR, -payout.amount)]
            ledger.post("payout", f"payout:{payout.pk}", payout.currency, lines)
        return payout


class ReversalFactory(factory.django.DjangoModelFactory):
    """8 USD that are to be taken back of 36 that were paid out."""

    class Meta:
        model = Reversal

    payout = factory.LazyFunction(lambda: PayoutFactory(status=PayoutStatus.PAID, provider_id="sandbox_tr_factory"))
    earning = factory.LazyAttribute(lambda reversal: _correction(reversal.payout.lines.get()))
    amount = factory.LazyAttribute(lambda reversal: -reversal.earning.net)


def _correction(paid):
    return EarningFactory(
        tutor=paid.tutor,
        payment=paid.payment,
        kind=EarningKind.ADJUSTMENT,
        source=f"{paid.source}#1",
        description=f"Correction: {paid.description}",
        gross=Decimal("-10.00"),
    )


class AdjustmentFactory(factory.django.DjangoModelFactory):
    """150 USD for a tutor, which a second admin has to agree to."""

    class Meta:
        model = Adjustment

    tutor = factory.SubFactory(TutorProfileFactory)
    amount = Decimal("150.00")
    currency = "USD"
    reason = "A prize for the best explanation."
    needs_approval = True
    requested_by = factory.SubFactory(AdminFactory)


class ProviderCallFactory(factory.django.DjangoModelFactory):
    """A refund that the provider is still to make."""

    class Meta:
        model = ProviderCall

    kind = CallKind.REFUND
    refund = factory.SubFactory(RefundFactory)
    payment = factory.SelfAttribute("refund.payment")
    key = factory.LazyAttribute(lambda call: f"refund:{call.refund.pk}")
    due_at = factory.LazyFunction(timezone.now)


class ProviderEventFactory(factory.django.DjangoModelFactory):
    """An event about nothing that concerns us, dealt with."""

    class Meta:
        model = ProviderEvent

    provider = "sandbox"
    event_id = factory.Sequence(lambda n: f"sandbox_evt_factory{n}")
    type = "customer.created"
    happened_at = factory.LazyFunction(timezone.now)
    payload = factory.LazyAttribute(lambda event: {"id": event.event_id, "type": event.type})
    state = ProviderEvent.State.DONE
    verdict = "ignored"
    outcome = "not about a payment"
    due_at = factory.LazyFunction(timezone.now)


class PostingFactory(factory.django.DjangoModelFactory):
    """45 USD that came in, two lines."""

    class Meta:
        model = Posting

    kind = "capture"
    key = factory.Sequence(lambda n: f"capture:factory{n}")
    currency = "USD"
    created_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        posting = super()._create(model_class, *args, **kwargs)
        for account, amount in ((Account.PROCESSOR, Decimal(45)), (Account.STUDENT_CREDIT, Decimal(-45))):
            LedgerLine.objects.create(posting=posting, account=account, amount=amount, currency=posting.currency)
        return posting


def ledger_line():
    """One of a posting's."""
    return PostingFactory().lines.first()


def _hour(number):
    """One to come: no tutor is in two places."""
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=number)


def _moved(row, kind, amount, *, debit, credit):
    payment = row if isinstance(row, Payment) else row.payment
    key = f"{kind}:{row.pk}"
    ledger.move(kind, key, payment.currency, amount, debit=debit, credit=credit, payment=payment)
