"""A time that is kept for a student who is about to book (R-OVL-6)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import TutorProfile, User
from bookings.errors import HoldExtended
from bookings.models import SlotHold
from bookings.services import calendars
from bookings.services.slots import require_bookable
from bookings.services.terms import terms_of
from common.errors import NotFound


@transaction.atomic
def hold_slot(
    tutor_id: int, *, student: User, starts_at: datetime, minutes: int, now: datetime, allow_overlap: bool = False
) -> SlotHold:
    """Keep a time for the student for `HOLD_MINUTES`: to everybody else it is taken.

    An earlier hold of theirs at this tutor ends. Raises NotFound, or why the time cannot be had (`require_bookable`).
    """
    tutor = TutorProfile.objects.listed().select_related("user", "booking_terms").filter(pk=tutor_id).first()
    if tutor is None:
        raise NotFound("Tutor not found")
    calendars.lock(tutor.user, student)
    require_bookable(
        tutor,
        terms_of(tutor),
        starts_at=starts_at,
        minutes=minutes,
        student=student,
        now=now,
        allow_overlap=allow_overlap,
    )
    SlotHold.objects.filter(tutor=tutor, student=student).delete()
    SlotHold.objects.filter(tutor=tutor, expires_at__lte=now).delete()
    return SlotHold.objects.create(
        tutor=tutor,
        student=student,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        expires_at=now + timedelta(minutes=settings.HOLD_MINUTES),
    )


@transaction.atomic
def extend_hold(hold_id: int, *, student: User, now: datetime) -> SlotHold:
    """Keep it until `EXTENDED_HOLD_MINUTES` after it was made. Raises NotFound (expired, too) or HoldExtended."""
    hold = SlotHold.objects.select_for_update(of=("self",)).filter(pk=hold_id, student=student).first()
    if hold is None or hold.expires_at <= now:
        raise NotFound("Hold not found")
    if hold.extended:
        raise HoldExtended
    hold.extended = True
    hold.expires_at += timedelta(minutes=settings.EXTENDED_HOLD_MINUTES - settings.HOLD_MINUTES)
    hold.save(update_fields=["extended", "expires_at"])
    return hold


def release_hold(hold_id: int, *, student: User) -> None:
    """Let others have the time. Raises NotFound."""
    deleted, _ = SlotHold.objects.filter(pk=hold_id, student=student).delete()
    if not deleted:
        raise NotFound("Hold not found")


def purge_expired(*, now: datetime) -> int:
    """Delete the holds that are over; returns how many. They are in nobody's way before that either."""
    return SlotHold.objects.filter(expires_at__lte=now).delete()[0]
