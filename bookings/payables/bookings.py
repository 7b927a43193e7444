"""A lesson that is paid for (settings.PAYABLES, "booking")."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings.cancellation import NOTHING_LOST
from bookings.models import LIVE, Attendance, Booking, BookingStatus, Party
from bookings.services import access, alternatives, answering, clock, money, outcomes, reviving
from bookings.services.events import News as BookingNews
from bookings.services.events import described, when
from common.errors import NotFound
from notifications.services import Notice
from payments.errors import NothingToPay, StillOn
from payments.models import CallKind, Payment, PaymentStatus
from payments.payables import Bill, News

# What is over and still costs something.
_OWED = (BookingStatus.COMPLETED, BookingStatus.NO_SHOW_STUDENT)
_OFF = (BookingStatus.DECLINED, BookingStatus.EXPIRED, BookingStatus.CANCELLED)


def bill(pk: int, *, payer: User) -> Bill:
    booking = Booking.objects.with_everything().filter(pk=pk, student=payer).first()
    if booking is None:
        raise NotFound("Booking not found")
    clock.catch_up(booking, now=timezone.now())
    booking.refresh_from_db()
    amount = booking.price - (booking.refund_amount or Decimal(0))
    if booking.purchase_id is not None:
        raise NothingToPay("This lesson is paid by a credit.")
    if booking.status not in (*LIVE, *_OWED) or not amount:
        raise NothingToPay
    return Bill(
        tutor=booking.tutor,
        amount=amount,
        currency=booking.currency,
        description=described(booking),
        commission_percent=booking.commission_percent,
        is_manual=booking.status == BookingStatus.PENDING,
    )


@contextmanager
def locked(pk: int) -> Iterator[None]:
    booking, now = Booking.objects.with_everything().get(pk=pk), timezone.now()
    clock.catch_up(booking, now=now)
    reviving.make_way(booking, now=now)
    with transaction.atomic():
        access.lock(booking)
        yield


def follow_money(pk: int, payment: Payment) -> News:
    """A lesson that only waits for its money is confirmed; one that has lost it is called off. Money that came too late
    brings back what was off for want of it, if the time is still free, and else goes back (R-PAY-8).
    """
    now = timezone.now()
    booking = access.lock_row(pk)
    # Another one may have got the lesson while this payment was begun.
    money.follow_tutor(booking, description=described(booking))
    if booking.status == BookingStatus.PENDING and payment.is_secured and money.waits_for_payment_only(booking):
        return _told(answering.confirm_paid(booking, now=now))
    if booking.status == BookingStatus.CONFIRMED and _is_lost(payment):
        reason = "The payment did not go through."
        news = outcomes.cancel(
            booking, NOTHING_LOST, actor=None, by=Party.SYSTEM, reason=reason, now=now, is_struck=False
        )
        return _told(news)
    revived = reviving.revive(booking, payment, now=now)
    if revived is not None:
        return _told(revived)
    money.settle(booking)
    return _came_too_late(booking, payment, now)


def give_back(pk: int, *, actor: User, reason: str) -> None:
    """What the terms give has come by itself when the lesson was called off; while it is on there is nothing yet."""
    booking = access.lock_row(pk)
    if booking.status in LIVE:
        raise StillOn
    money.settle(booking)


def require_returnable(pk: int) -> None:
    """An admin may decide so of a lesson at any time."""


def evidence(pk: int) -> dict[str, Any]:
    """Who was there and when, what was agreed, and what happened, all of it without anybody's words."""
    booking = Booking.objects.with_everything().get(pk=pk)
    was_there = Attendance.objects.filter(booking=booking)
    return {
        "status": booking.status,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "cancellation_policy": booking.cancellation_policy,
        "booked_at": booking.created_at.isoformat(),
        "attendance": [
            {
                "who": Party.STUDENT if row.user_id == booking.student_id else Party.TUTOR,
                "entered_at": row.entered_at.isoformat(),
                "left_at": row.left_at and row.left_at.isoformat(),
            }
            for row in was_there
        ],
        "history": [
            {"event": event.kind, "by": event.party, "at": event.created_at.isoformat()}
            for event in booking.events.all()
        ],
    }


def disputed_sources(pk: int) -> list[str]:
    return money.disputed_sources(Booking.objects.filter(pk=pk))


def commission_percents(pk: int) -> dict[str, Decimal]:
    return money.commission_percents(Booking.objects.filter(pk=pk))


def began_at(pk: int) -> datetime:
    return Booking.objects.get(pk=pk).created_at


def ended_at(pk: int) -> datetime | None:
    booking = Booking.objects.get(pk=pk)
    return booking.ended_at or booking.ends_at


def _is_lost(payment: Payment) -> bool:
    """The money that it was confirmed on could not be taken."""
    was_to_be_taken = payment.calls.filter(kind=CallKind.CAPTURE).exists()
    return settings.BOOKINGS_NEED_PAYMENT and was_to_be_taken and payment.status == PaymentStatus.CANCELED


def _told(news: BookingNews) -> News:
    return News(news.notices, news.frames)


def _came_too_late(booking: Booking, payment: Payment, now: datetime) -> News:
    came_at = payment.captured_at or (payment.secured_at if payment.status == PaymentStatus.AUTHORIZED else None)
    if booking.status not in _OFF or booking.refund_percent != 100:
        return News([], [])
    if booking.ended_at is None or came_at is None or came_at < booking.ended_at:
        return News([], [])
    return News(
        [
            Notice(
                recipient_id=booking.student_id,
                kind="payment_too_late",
                title="Your payment came too late",
                message=f"The lesson on {when(booking, Party.STUDENT)} was off already: you get everything back.",
                link=f"/bookings/{booking.pk}",
                data={"booking_id": booking.pk, "alternatives": alternatives.near(booking, now=now)},
                about=f"booking:{booking.pk}",
                dedupe_key=f"payment:{payment.pk}:too_late",
            )
        ],
        [],
    )
