"""Tutors who can be booked, and bookings, for a running site: made with `site.call`, returned as plain data."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import TutorProfile, User
from bookings.models import (
    LIVE,
    TRANSITIONS,
    Booking,
    BookingTerms,
    CreditEntry,
    CreditKind,
    Package,
    PackagePurchase,
    PurchaseStatus,
    WeeklyHours,
)
from bookings.services import creating
from tests.support import world

SESSION_OF = {"pending": "upcoming", "confirmed": "upcoming", "completed": "completed"}


def make_open_tutors(count: int = 1, *, step: int = 30) -> list[dict]:
    """Tutors in UTC with a rate who can be booked round the clock; as `world.make_tutors`, with their `profile`."""
    people = world.make_tutors(count)
    for person in people:
        profile = TutorProfile.objects.get(user=person["id"])
        profile.hourly_rate, profile.is_listed = 45, True
        profile.save(update_fields=["hourly_rate", "is_listed"])
        BookingTerms.objects.create(tutor=profile, slot_step_minutes=step)
        WeeklyHours.objects.bulk_create(
            WeeklyHours(tutor=profile, weekday=day, start_minute=0, end_minute=1440) for day in range(7)
        )
        person["profile"] = profile.pk
    return people


def make_purchase(student: int, profile: int, *, credits: int) -> int:
    """The id of a paid package with so many credits."""
    terms = {"name": "Lessons", "session_count": credits, "price": 200, "currency": "USD"}
    terms |= {"duration_minutes": 60, "validity_days": 90}
    now = timezone.now()
    purchase = PackagePurchase.objects.create(
        package=Package.objects.create(tutor_id=profile, **terms),
        tutor_id=profile,
        student_id=student,
        status=PurchaseStatus.ACTIVE,
        lesson_price=45,
        available=credits,
        purchased_at=now,
        expires_at=now + timedelta(days=90),
        **terms,
    )
    CreditEntry.objects.create(purchase=purchase, kind=CreditKind.PURCHASE, change=credits, created_at=now)
    return purchase.pk


def slot(*, day: int, hour: int = 12, minute: int = 0) -> str:
    """A start so many days from now."""
    start = timezone.now().replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (start + timedelta(days=day)).isoformat()


def make_booking(student: int, profile: int, start: str, *, purchase: int | None = None) -> int:
    """The id of a request that the student has really made."""
    booking = creating.create_booking(
        student=User.objects.get(pk=student),
        tutor_profile_id=profile,
        starts_at=datetime.fromisoformat(start),
        duration_minutes=60,
        use_package_id=purchase,
    )
    return booking.pk


def live_bookings(profile: int) -> list[int]:
    return list(Booking.objects.filter(tutor=profile, status__in=LIVE).values_list("pk", flat=True))


def live_sessions(profile: int) -> int:
    """How many sessions take that tutor's time."""
    host = TutorProfile.objects.get(pk=profile).user
    return host.hosted_sessions.live().count()


def credits_of(purchase: int) -> dict:
    """`{available, sum}`: the counter, and what the ledger sums to."""
    entries = CreditEntry.objects.filter(purchase=purchase).values_list("change", flat=True)
    return {"available": PackagePurchase.objects.get(pk=purchase).available, "sum": sum(entries)}


def state_of(booking: int) -> dict:
    """What the booking is, and `faults`: where booking, session, history and credit disagree."""
    row = Booking.objects.select_related("session").get(pk=booking)
    edges = list(row.events.values_list("from_status", "to_status"))
    illegal = [edge for edge in edges if edge[0] and edge[1] not in {edge[0], *TRANSITIONS.get(edge[0], ())}]
    kinds = set(row.credit_entries.values_list("kind", flat=True))
    faults = [f"illegal {edge}" for edge in illegal]
    if row.session.status != SESSION_OF.get(row.status, "cancelled"):
        faults.append(f"the session is {row.session.status}")
    if (row.session.starts_at, row.session.ends_at) != (row.starts_at, row.ends_at):
        faults.append("the session is at another time")
    if row.purchase_id and ("reserve" not in kinds or (kinds == {"reserve"}) != (row.status in SESSION_OF)):
        faults.append(f"the credit is {sorted(kinds)}")
    return {"status": row.status, "version": row.version, "starts_at": row.starts_at.isoformat(), "faults": faults}


def deadlocks() -> int:
    """How many the database has had to break up."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def drop_calendar_guards() -> None:
    """Take the constraint away that keeps hosts from being in two places."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sessions_app_tutoringsession DROP CONSTRAINT session_host_in_one_place")
