"""Events of the sandbox provider as a test delivers them: kept back while things happen there, and brought by hand."""

from contextlib import contextmanager
from unittest.mock import patch

from payments.gateways import sandbox
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.sandbox_events import HEADER, body_of, sign
from payments.models import Payment, PaymentStatus
from payments.services import webhooks
from tests.factories import StudentFactory, TutorProfileFactory
from tests.payments.plain import AMOUNT

PAYABLES = {"plain": "tests.payments.plain"}


def deliver(body, *, at=None):
    """As the provider does, signed now or at that moment."""
    return webhooks.take_in("sandbox", body, {HEADER: sign(body, at=at)})


@contextmanager
def kept_back():
    """A list of the bodies of all events that the provider would have sent meanwhile."""
    bodies = []
    with patch.object(sandbox, "_deliver", bodies.append):
        yield bodies


def begun(*, is_manual=False, number=1):
    """A payment that the provider knows and that nobody has paid yet."""
    payment = Payment.objects.create(
        payer=StudentFactory(),
        tutor=TutorProfileFactory(),
        payable_kind="plain",
        payable_id=number,
        description="something",
        amount=AMOUNT,
        currency="USD",
        commission_percent=20,
        is_manual=is_manual,
        provider="sandbox",
    )
    state = SandboxGateway().create_intent(
        amount=AMOUNT,
        currency="USD",
        is_manual=is_manual,
        payment_ref=str(payment.pk),
        description="something",
        key=f"intent:{payment.pk}",
    )
    payment.provider_id = state.id
    payment.save()
    return payment


def paid_there(payment, method="pm_card_visa"):
    """The payer pays, and nobody here knows it; returns the body of the event of it."""
    with kept_back() as bodies:
        SandboxGateway().confirm(payment.provider_id, payment_method=method, key="confirm")
    return bodies[-1]


def body_about(object_id, *, kind="payment_intent.succeeded", ref="", event_id=""):
    return body_of(kind, {"id": object_id, "payment_ref": ref}, event_id=event_id)


def is_paid(payment):
    payment.refresh_from_db()
    return payment.status == PaymentStatus.SUCCEEDED and payment.captured_amount == AMOUNT
