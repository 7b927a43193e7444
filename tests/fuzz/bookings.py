"""Bookings that the fuzzer finds, one for each thing that can be done with one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import TutorProfile, User
from bookings.models import LIVE, Attendance, Booking, BookingStatus, NoShowClaim, Party, RescheduleProposal
from sessions_app.models import TutoringSession
from tests.factories import BookingFactory, ProposalFactory

HOUR = timedelta(hours=1)


def _pair(caller: User | None) -> dict[str, Any]:
    """The caller as student or tutor, with whoever belongs to nobody else on the other side."""
    tutor, student = "host@fuzz.example.com", "student@fuzz.example.com"
    if caller and caller.is_tutor:
        tutor = caller.email
    elif caller and not caller.is_admin:
        student = caller.email
    return {
        "tutor": TutorProfile.objects.select_related("user").get(user__email=tutor),
        "student": User.objects.get(email=student),
    }


def _free(pair: dict[str, Any], *, after: datetime) -> datetime:
    """A time at which neither has anything: after all that there is."""
    people = [pair["student"].pk, pair["tutor"].user_id]
    hosted = TutoringSession.objects.filter(creator__in=people).order_by("-ends_at").first()
    booked = Booking.objects.filter(student=pair["student"]).order_by("-ends_at").first()
    return max([after, *(one.ends_at for one in (hosted, booked) if one)]) + HOUR


def _coming(caller: User | None, **fields: Any) -> Booking:
    pair = _pair(caller)
    return BookingFactory(**pair, **fields, starts_at=_free(pair, after=timezone.now() + timedelta(days=2)))


def _confirmed(caller: User | None) -> int:
    return _coming(caller).pk


def _request(caller: User | None) -> int:
    return _coming(caller, status=BookingStatus.PENDING, expires_at=timezone.now() + timedelta(days=1)).pk


def _asked(caller: User | None) -> int:
    booking = _coming(caller)
    by = Party.TUTOR if caller == booking.student else Party.STUDENT
    start = booking.starts_at + timedelta(days=1)
    return ProposalFactory(
        booking=booking, proposed_by=by, state=RescheduleProposal.State.OPEN, starts=[start]
    ).booking_id


def _running(caller: User | None) -> int:
    """It began forty minutes ago; whatever else was going on then is over."""
    pair, now = _pair(caller), timezone.now()
    for person in ({"student": pair["student"]}, {"tutor": pair["tutor"]}):
        others = Booking.objects.filter(**person, status__in=LIVE, starts_at__lt=now + HOUR, ends_at__gt=now - HOUR)
        TutoringSession.objects.filter(booking__in=others).update(status="completed")
        others.update(status=BookingStatus.COMPLETED, ended_at=now)
    booking = BookingFactory(**pair, starts_at=now - timedelta(minutes=40))
    Attendance.objects.create(booking=booking, user=caller or pair["student"], entered_at=now)
    return booking.pk


def _missed(caller: User | None) -> int:
    pair = _pair(caller)
    absent = Party.TUTOR if caller == pair["tutor"].user else Party.STUDENT
    status = {Party.TUTOR: BookingStatus.NO_SHOW_TUTOR, Party.STUDENT: BookingStatus.NO_SHOW_STUDENT}[absent]
    booking = BookingFactory(**pair, status=status, starts_at=timezone.now() - 5 * HOUR)
    by = pair["student"] if absent == Party.TUTOR else pair["tutor"].user
    NoShowClaim.objects.create(
        booking=booking, absent=absent, claimed_by=by, state=NoShowClaim.State.UPHELD, decided_at=timezone.now()
    )
    return booking.pk


def _late_cancelled(caller: User | None) -> int:
    fields = {"status": BookingStatus.CANCELLED, "cancelled_by": Party.STUDENT, "refund_percent": 0}
    return BookingFactory(**_pair(caller), **fields, starts_at=timezone.now() - 5 * HOUR).pk


MAKERS: dict[str, Callable[[User | None], int]] = {
    "booking": _confirmed,
    "request": _request,
    "asked_lesson": _asked,
    "running_lesson": _running,
    "missed_lesson": _missed,
    "late_cancelled": _late_cancelled,
}
