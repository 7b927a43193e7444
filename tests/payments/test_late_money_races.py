"""Money that comes late, against somebody else who wants that time, in real parallel connections (R-PAY-8)."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from bookings.models import LIVE, Booking, BookingStatus
from bookings.services import clock, reviving
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment, PaymentStatus
from payments.services import checking, intents
from sessions_app.models import TutoringSession
from tests.bookings.test_booking_races import booking_of, in_days
from tests.factories import BookingFactory, OpenTutorFactory, StudentFactory
from tests.payments.conftest import held, told, work_off
from tests.payments.events import deliver, kept_back, paid_there
from tests.support.threads import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)

GIVEN_BACK = (PaymentStatus.CANCELED, PaymentStatus.REFUNDED)


@pytest.fixture(autouse=True)
def _needed(settings):
    settings.BOOKINGS_NEED_PAYMENT = True


@pytest.fixture
def tutor():
    return OpenTutorFactory(terms__instant_booking=True)


def lapsed(tutor, start):
    """A request that lapsed while its payment was with the bank; and the event that the money is set aside."""
    student = StudentFactory()
    booking = booking_of(student, tutor, start)()
    payment = intents.create_intent("booking", booking.pk, payer=student)
    intents.confirm(payment.pk, payer=student, payment_method="pm_card_processing")
    Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now())
    clock.advance_overdue(now=timezone.now())
    with kept_back() as bodies:
        SandboxGateway().finish_processing(Payment.objects.get(pk=payment.pk).provider_id, succeeds=True)
    return booking, payment, bodies[-1]


def uncharged(tutor, start):
    """A confirmed lesson that could not be charged, and the event that it was charged after all."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    booking = BookingFactory(
        tutor=tutor,
        starts_at=start,
        status=BookingStatus.CANCELLED,
        cancelled_by="system",
        ended_at=an_hour_ago,
        refund_percent=100,
        refund_amount=45,
    )
    payment = Payment.objects.create(
        payer=booking.student,
        tutor=tutor,
        payable_kind="booking",
        payable_id=booking.pk,
        description="a lesson",
        amount=booking.price,
        currency="USD",
        commission_percent=20,
        is_manual=False,
        status=PaymentStatus.CANCELED,
        provider="sandbox",
        secured_at=an_hour_ago,
    )
    about = {"payment_ref": str(payment.pk), "description": "a lesson", "key": f"intent:{payment.pk}"}
    intent = SandboxGateway().create_intent(amount=payment.amount, currency="USD", is_manual=False, **about)
    payment.provider_id = intent.id
    payment.save()
    return booking, payment, paid_there(payment)


def assert_one_has_it(*late):
    """One booking has the time, and the money of that one only is kept, or none where somebody else has it."""
    work_off()
    kept = 0
    for booking, payment, _ in late:
        booking.refresh_from_db()
        payment.refresh_from_db()
        is_on = booking.status == BookingStatus.CONFIRMED
        assert payment.status == PaymentStatus.SUCCEEDED if is_on else payment.status in GIVEN_BACK
        assert ("payment_too_late" in told(booking.student)) is not is_on
        assert booking.events.filter(kind="revived").count() == is_on
        kept += booking.price * is_on
    assert Booking.objects.filter(status__in=LIVE).count() == TutoringSession.objects.live().count() == 1
    assert held() == kept
    assert checking.problems() == []


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("both", [(lapsed, lapsed), (uncharged, uncharged), (lapsed, uncharged)])
def test_of_two_whose_money_comes_late_for_one_time_exactly_one_has_it(tutor, both, turn):
    late = [make(tutor, in_days(3)) for make in both]

    results = at_once([partial(deliver, body) for _, _, body in late])

    assert kinds(results) == {"ok": 2}
    assert_one_has_it(*late)
    assert sorted(booking.status == BookingStatus.CONFIRMED for booking, _, _ in late) == [False, True]


def test_the_database_lets_one_of_them_have_it_where_nobody_looks(tutor, monkeypatch):
    """The guard alone: both go on to write, and what was written by halves is taken back."""
    monkeypatch.setattr(reviving, "_require_bookable", lambda booking, now: None)
    late = [uncharged(tutor, in_days(3)) for _ in range(2)]

    results = at_once([partial(deliver, body) for _, _, body in late])

    assert kinds(results) == {"ok": 2}
    assert_one_has_it(*late)
    assert sorted(booking.status == BookingStatus.CONFIRMED for booking, _, _ in late) == [False, True]


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("make", [lapsed, uncharged])
def test_late_money_and_somebody_who_books_that_time_do_not_both_have_it(tutor, make, turn):
    late = make(tutor, in_days(3))
    calls = [partial(deliver, late[-1]), booking_of(StudentFactory(), tutor, in_days(3))]

    results = at_once(calls[:: 1 if turn % 2 else -1])

    assert kinds(results) in ({"ok": 2}, {"ok": 1, "SlotTaken": 1})
    assert_one_has_it(late)
    assert (late[0].status == BookingStatus.CONFIRMED) == ("SlotTaken" in kinds(results))


def test_a_student_whose_money_comes_late_for_two_lessons_at_one_time_has_one_of_them():
    tutors = [OpenTutorFactory(terms__instant_booking=True) for _ in range(2)]
    late = [lapsed(tutor, in_days(3)) for tutor in tutors]
    student = late[0][0].student
    Booking.objects.update(student=student)
    Payment.objects.update(payer=student)
    for booking, _, _ in late:
        booking.session.participants.update(user=student)

    results = at_once([partial(deliver, body) for _, _, body in late])
    work_off()

    assert kinds(results) == {"ok": 2}
    assert Booking.objects.filter(status=BookingStatus.CONFIRMED).count() == 1
    assert Payment.objects.filter(status=PaymentStatus.SUCCEEDED).count() == 1
    assert Payment.objects.filter(status=PaymentStatus.CANCELED).count() == 1
    assert checking.problems() == []


def test_one_late_payment_that_is_told_of_many_times_at_once_brings_its_lesson_back_once(tutor):
    booking, payment, body = lapsed(tutor, in_days(3))
    with kept_back():
        calls = [partial(deliver, body)] * 4 + [partial(intents.confirm, payment.pk, payer=booking.student)] * 4

    results = at_once(calls)

    assert kinds(results) == {"ok": 8}
    assert_one_has_it((booking, payment, body))
    assert booking.status == BookingStatus.CONFIRMED
