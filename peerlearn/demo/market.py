"""The market: what tutors say of themselves and offer, and what students have booked, had and said of it.

What lies in the past is written in bulk, because the services rightly refuse to book it; what is to come is booked,
confirmed, declined and cancelled by the services themselves.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import TutorLanguage, TutorProfile, TutorStatus, TutorSubject, User
from accounts.services import listing
from bookings.models import (
    Booking,
    BookingEvent,
    BookingStatus,
    BookingTerms,
    Package,
    Party,
    Review,
    WeeklyHours,
)
from bookings.services import answering, cancelling, commission, creating, purchases, ratings, slots
from bookings.services.creating import price_of
from bookings.services.slots import free_slots
from peerlearn.demo.material import BIOS, COMMENTS, HEADLINES
from peerlearn.demo.people import Cast
from peerlearn.demo.subjects import Topic
from sessions_app.models import Participant, SessionKind, SessionStatus, TutoringSession

# What an hour costs, in the currency of the place.
RATES = {"USD": (35, 80), "GBP": (25, 60), "EUR": (25, 60), "INR": (600, 1500), "JPY": (3000, 7000)}
USUAL_RATE = (30, 70)
MORNING, EVENING = 8 * 60, 20 * 60
# What became of the past lessons of each tutor, in turns.
PAST = (
    BookingStatus.COMPLETED,
    BookingStatus.COMPLETED,
    BookingStatus.CANCELLED,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW_STUDENT,
    BookingStatus.COMPLETED,
    BookingStatus.EXPIRED,
    BookingStatus.COMPLETED,
    BookingStatus.DECLINED,
    BookingStatus.NO_SHOW_TUTOR,
)
_NEVER_AGREED = (BookingStatus.DECLINED, BookingStatus.EXPIRED)
TUTORS_WITH_A_PAST = 12
# Days ago. What was lately can still be reviewed.
LATELY, EARLIER = (2, 10), (2, 35)
LESSONS_EACH = 4


def open_up(cast: Cast, topics: list[Topic], *, now: datetime) -> None:
    """Give every tutor but the draft a profile, hours, terms and a package; those approved are found from now on."""
    rng = Random("market")  # noqa: S311 - made-up data
    subjects = list({topic.subject.pk: topic.subject for topic in topics}.values())
    profiles = TutorProfile.objects.select_related("user").exclude(status=TutorStatus.DRAFT).order_by("pk")
    for place, profile in enumerate(profiles):
        taught = [subjects[place % len(subjects)], subjects[(place + 5) % len(subjects)]]
        _describe(profile, taught[0].name, rng, now)
        TutorSubject.objects.bulk_create([TutorSubject(tutor=profile, subject=subject) for subject in taught])
        TutorLanguage.objects.bulk_create([TutorLanguage(tutor=profile, code=code) for code in _languages(profile)])
        _open_hours(profile, rng)
        _offer(profile, taught[0].name)
        listing.refresh(profile)


def trade(cast: Cast, *, now: datetime) -> list[Booking]:
    """Past lessons in every state with their reviews, and what the demo accounts have before them."""
    rng = Random("lessons")  # noqa: S311 - made-up data
    booked = list(_past(cast, rng, now))
    for tutor_id in {booking.tutor_id for booking in booked}:
        ratings.recompute(tutor_id, now=now)
    return booked + _to_come(cast, now=now)


# --- Profiles -----------------------------------------------------------------------------------------------------


def _describe(profile: TutorProfile, subject: str, rng: Random, now: datetime) -> None:
    user = profile.user
    least, most = RATES.get(user.currency, USUAL_RATE)
    profile.title = f"{subject} with {user.first_name}"
    headline = rng.choice(HEADLINES).format(subject=subject.lower())
    profile.headline = headline[0].upper() + headline[1:]
    profile.bio = rng.choice(BIOS).format(subject=subject.lower(), name=user.first_name)
    profile.hourly_rate, profile.currency = Decimal(rng.randrange(least, most, 5)), user.currency
    profile.experience_years = rng.randint(1, 20)
    profile.submitted_at, profile.submissions = user.created_at + timedelta(days=2), 1
    if profile.status != TutorStatus.PENDING_APPROVAL:
        profile.decided_at = user.created_at + timedelta(days=4)
    if profile.status in (TutorStatus.REJECTED, TutorStatus.CHANGES_REQUESTED):
        profile.rejection_reason = "Please say more about what you teach, and to whom."
    profile.save()


def _languages(profile: TutorProfile) -> list[str]:
    local = {"EUR": "de", "INR": "hi", "JPY": "ja", "MXN": "es", "BRL": "pt"}.get(profile.currency)
    return ["en", *([local] if local else [])]


def _open_hours(profile: TutorProfile, rng: Random) -> None:
    """Five days a week; every third tutor in two halves of the day."""
    BookingTerms.objects.create(tutor=profile, timezone=profile.user.timezone)
    begin = rng.randrange(MORNING, 11 * 60, 30)
    windows = [(begin, EVENING)] if profile.pk % 3 else [(begin, 12 * 60), (14 * 60, EVENING)]
    WeeklyHours.objects.bulk_create(
        WeeklyHours(tutor=profile, weekday=weekday, start_minute=start, end_minute=end)
        for weekday in sorted(rng.sample(range(7), 5))
        for start, end in windows
    )


def _offer(profile: TutorProfile, subject: str) -> None:
    assert profile.hourly_rate is not None  # noqa: S101 - `_describe` came before
    Package.objects.create(
        tutor=profile,
        name=f"Five lessons of {subject.lower()}",
        description="Five lessons of one hour, at the price of a little more than four.",
        session_count=5,
        price=price_of(profile.hourly_rate, 270, profile.currency),
        currency=profile.currency,
    )


# --- The past -----------------------------------------------------------------------------------------------------


def _past(cast: Cast, rng: Random, now: datetime) -> Iterator[Booking]:
    students, states = cycle(cast.learners), cycle(PAST)
    tutors = [cast.tutor, *islice(cast.hosts, TUTORS_WITH_A_PAST)]
    for tutor in tutors:
        profile = TutorProfile.objects.select_related("user").get(user=tutor)
        for number in range(LESSONS_EACH):
            student = cast.student if tutor == cast.tutor and number < 2 else next(students)
            status = BookingStatus.COMPLETED if student == cast.student else next(states)
            booking = _lesson(
                profile,
                student,
                status,
                _free_hour(tutor, student, rng, now, LATELY if student == cast.student else EARLIER),
            )
            if status == BookingStatus.COMPLETED and number != 1:
                _review(booking, rng)
            yield booking


def _free_hour(tutor: User, student: User, rng: Random, now: datetime, days_ago: tuple[int, int]) -> datetime:
    """An hour of those days in which neither of them was anywhere."""
    while True:
        local = now.astimezone(ZoneInfo(tutor.timezone)) - timedelta(days=rng.randint(*days_ago))
        starts_at = local.replace(hour=rng.randint(9, 18), minute=0, second=0, microsecond=0).astimezone(UTC)
        times = {"starts_at__lt": starts_at + timedelta(hours=1), "ends_at__gt": starts_at}
        taken = TutoringSession.objects.filter(**times)
        if not (taken.filter(creator__in=[tutor, student]) | taken.filter(participants__user=student)).exists():
            return starts_at


def _lesson(tutor: TutorProfile, student: User, status: BookingStatus, starts_at: datetime) -> Booking:
    assert tutor.hourly_rate is not None  # noqa: S101 - every listed tutor has one
    ends_at, asked_at = starts_at + timedelta(hours=1), starts_at - timedelta(days=3)
    session = TutoringSession.objects.create(
        creator=tutor.user,
        kind=SessionKind.PRIVATE,
        title=f"Lesson with {tutor.user.first_name}",
        starts_at=starts_at,
        ends_at=ends_at,
        max_participants=1,
        seats_taken=1,
        # A lesson that somebody missed did not take place, as `bookings.services.outcomes` has it.
        status=SessionStatus.COMPLETED if status == BookingStatus.COMPLETED else SessionStatus.CANCELLED,
    )
    Participant.objects.create(session=session, user=student, joined_at=asked_at)
    by_student = status == BookingStatus.CANCELLED
    ended_at = asked_at + timedelta(hours=20) if status in _NEVER_AGREED else ends_at
    booking = Booking.objects.create(
        session=session,
        student=student,
        tutor=tutor,
        subject=tutor.subjects.first(),
        status=status,
        starts_at=starts_at,
        ends_at=ends_at,
        hourly_rate=tutor.hourly_rate,
        price=tutor.hourly_rate,
        currency=tutor.currency,
        commission_percent=commission.percent_for(tutor),
        cancellation_policy=slots.terms_of(tutor).cancellation_policy,
        tutor_timezone=tutor.user.timezone,
        student_timezone=student.timezone,
        cancelled_by=Party.STUDENT if by_student else "",
        cancel_reason="I have an examination that day." if by_student else "",
        refund_percent=100 if by_student or status == BookingStatus.NO_SHOW_TUTOR else None,
        refund_amount=tutor.hourly_rate if by_student or status == BookingStatus.NO_SHOW_TUTOR else None,
        ended_at=ended_at,
    )
    Booking.objects.filter(pk=booking.pk).update(created_at=asked_at)
    TutoringSession.objects.filter(pk=session.pk).update(created_at=asked_at)
    _tell_history(booking, asked_at)
    if status == BookingStatus.COMPLETED:
        _count(booking)
    return booking


def _tell_history(booking: Booking, asked_at: datetime) -> None:
    answered = booking.status not in _NEVER_AGREED
    steps = [("created", Party.STUDENT, "", BookingStatus.PENDING, asked_at)]
    if answered:
        steps.append(
            ("confirmed", Party.TUTOR, BookingStatus.PENDING, BookingStatus.CONFIRMED, asked_at + timedelta(hours=5))
        )
    party = {BookingStatus.CANCELLED: Party.STUDENT, BookingStatus.DECLINED: Party.TUTOR}
    last = BookingStatus(booking.status)
    before = BookingStatus.CONFIRMED if answered else BookingStatus.PENDING
    assert booking.ended_at is not None  # noqa: S101 # nosec B101 - `_lesson` came before
    steps.append((str(last), party.get(last, Party.SYSTEM), before, last, booking.ended_at))
    BookingEvent.objects.bulk_create(
        BookingEvent(booking=booking, kind=kind, party=by, from_status=old, to_status=new, created_at=at)
        for kind, by, old, new, at in steps
    )


def _count(booking: Booking) -> None:
    for side in (booking.tutor, booking.student.student_profile):
        side.total_sessions += 1
        side.save(update_fields=["total_sessions"])


def _review(booking: Booking, rng: Random) -> None:
    rating = rng.choice((3, 4, 4, 5, 5, 5))
    review = Review.objects.create(
        booking=booking,
        tutor=booking.tutor,
        student=booking.student,
        rating=rating,
        comment=rng.choice(COMMENTS[rating]),
    )
    Review.objects.filter(pk=review.pk).update(created_at=booking.ends_at + timedelta(hours=6))


# --- What is to come ----------------------------------------------------------------------------------------------


def _to_come(cast: Cast, *, now: datetime) -> list[Booking]:
    """The demo student: one lesson asked for, one confirmed, one declined, one cancelled, one paid by a credit."""
    tutor = TutorProfile.objects.select_related("user").get(user=cast.tutor)
    first, second, third, fourth, fifth = (_book(cast.student, tutor, place, now=now) for place in range(5))
    answering.confirm_booking(second.pk, actor=cast.tutor, notes_tutor="See you then.")
    answering.decline_booking(third.pk, actor=cast.tutor, reason="I am travelling that day.")
    cancelling.cancel_booking(fourth.pk, actor=cast.student, reason="I have an examination that day.")
    offer = tutor.packages.get()
    purchases.buy(offer.pk, student=cast.student)
    paid = _book(cast.student, tutor, 5, now=now, use_package_id=offer.pk)
    answering.confirm_booking(paid.pk, actor=cast.tutor)
    return [first, second, third, fourth, fifth, paid]


def _book(
    student: User, tutor: TutorProfile, place: int, *, now: datetime, use_package_id: int | None = None
) -> Booking:
    """The first slot that is free on the `place`th day that has one, from the day after tomorrow on."""
    today = now.astimezone(ZoneInfo(student.timezone)).date()
    zone = ZoneInfo(student.timezone)
    found = free_slots(
        tutor,
        first=today + timedelta(days=3),
        last=today + timedelta(days=24),
        zone=zone,
        minutes=60,
        viewer=student,
        now=now,
    )
    days = {slot.start.astimezone(zone).date(): slot.start for slot in reversed(found)}
    starts_at = days[sorted(days)[place]]
    return creating.create_booking(
        student=student,
        tutor_profile_id=tutor.pk,
        starts_at=starts_at,
        duration_minutes=60,
        subject=tutor.subjects.first(),
        notes="Could we go over the last chapter?",
        use_package_id=use_package_id,
    )
