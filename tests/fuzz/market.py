"""Packages and reviews for the fuzzer: how to make one that the caller can do something with.

What the caller cannot be a party of belongs to `host@fuzz.example.com` and `student@fuzz.example.com`.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import TutorProfile, User
from bookings.models import Booking, BookingStatus, Package, Review
from bookings.services import purchases, ratings
from messaging.models import Block
from sessions_app.models import SessionKind, SessionStatus, TutoringSession


def make_package(caller: User | None) -> int:
    return _package(caller).pk


def make_purchase(caller: User | None) -> int:
    """Of two who do not block each other, whatever the fuzzer has had them do before."""
    Block.objects.all().delete()
    return purchases.buy(_package(caller).pk, student=_student(caller)).pk


def make_review(caller: User | None) -> int:
    """Of a lesson a little before all that there were."""
    tutor, student, now = _tutor(caller), _student(caller), timezone.now()
    first = Booking.objects.order_by("starts_at").first()
    starts_at = (first.starts_at if first else now) - timedelta(hours=2)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    session = TutoringSession.objects.create(
        creator=tutor.user,
        kind=SessionKind.PRIVATE,
        title="Lesson",
        max_participants=1,
        status=SessionStatus.COMPLETED,
        **times,
    )
    booking = Booking.objects.create(
        session=session,
        student=student,
        tutor=tutor,
        status=BookingStatus.COMPLETED,
        hourly_rate=Decimal(45),
        price=Decimal(45),
        currency="USD",
        commission_percent=Decimal(20),
        cancellation_policy="standard",
        tutor_timezone="UTC",
        student_timezone="UTC",
        **times,
    )
    review = Review.objects.create(booking=booking, tutor=tutor, student=student, rating=5)
    ratings.recompute(tutor.pk, now=now)
    return review.pk


def find_tutor(caller: User | None) -> int:
    return _tutor(caller).pk


MAKERS: dict[str, Callable[[User | None], int]] = {
    "package": make_package,
    "purchase": make_purchase,
    "review": make_review,
    "tutor": find_tutor,
}


def _package(caller: User | None) -> Package:
    return Package.objects.create(
        tutor=_tutor(caller), name="Five lessons", session_count=5, price=Decimal(200), currency="USD"
    )


def _tutor(caller: User | None) -> TutorProfile:
    """The caller's own profile where students find it, else the host's."""
    listed = TutorProfile.objects.listed().select_related("user")
    own = listed.filter(user=caller).first() if caller else None
    return own or listed.get(user__email="host@fuzz.example.com")


def _student(caller: User | None) -> User:
    if caller is not None and not (caller.is_tutor or caller.is_admin):
        return caller
    return User.objects.get(email="student@fuzz.example.com")
