"""What a batch of the crowd has done: lessons with reviews, sessions to come, and what they wrote to each other."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Model, OuterRef, Subquery

from accounts.models import StudentProfile, TutorProfile, User
from accounts.models.tutor import STARS
from accounts.services.listing import plain
from bookings.models import Booking, BookingEvent, BookingStatus, CancellationPolicy, Party, Review
from bookings.services import ratings
from catalog.models import Subject
from messaging.models import Conversation, Message
from peerlearn.demo.material import COMMENTS, COURSES, DESCRIPTIONS
from sessions_app.models import Participant, SessionKind, SessionStatus, TutoringSession

# What happened on one day gets its time by one statement: the columns that say when it was made are the database's.
DAYS = 10
HOUR = timedelta(hours=1)
# Of ten lessons, so many are reviewed.
REVIEWED = 6
SEATS = 8


class Batch(NamedTuple):
    tutors: list[TutorProfile]
    learners: list[User]
    subjects: list[Subject]


def play(batch: Batch, rng: Random, now: datetime) -> None:
    """Every learner has had a lesson with one of the tutors, who each host a session that some of them have joined."""
    today = now.replace(minute=0, second=0, microsecond=0)
    bookings: list[Booking] = []
    for day, learners in enumerate(_parts(batch.learners)):
        at = today - timedelta(days=7 * (day + 1) + rng.randint(0, 6), hours=rng.randint(0, 9))
        bookings += _lessons(batch.tutors, learners, rng, at)
    _count(batch, bookings)
    _talk(bookings, today)
    _meet(batch, rng, today)


def _parts(learners: Sequence[User]) -> Iterator[Sequence[User]]:
    return (learners[day::DAYS] for day in range(DAYS))


def _lessons(tutors: Sequence[TutorProfile], learners: Sequence[User], rng: Random, at: datetime) -> list[Booking]:
    """One for each learner of the day; who shares a tutor comes an hour later."""
    pairs = [
        (learner, tutors[place % len(tutors)], at + HOUR * (place // len(tutors)))
        for place, learner in enumerate(learners)
    ]
    sessions = TutoringSession.objects.bulk_create(
        TutoringSession(
            creator=tutor.user,
            kind=SessionKind.PRIVATE,
            title=f"Lesson with {tutor.user.first_name}",
            starts_at=start,
            ends_at=start + HOUR,
            max_participants=1,
            seats_taken=1,
            status=SessionStatus.COMPLETED,
        )
        for _, tutor, start in pairs
    )
    asked_at = at - timedelta(days=3)
    Participant.objects.bulk_create(
        Participant(session=session, user=learner, joined_at=asked_at)
        for session, (learner, _, _) in zip(sessions, pairs, strict=True)
    )
    bookings = Booking.objects.bulk_create(
        _booking(session, learner, tutor) for session, (learner, tutor, _) in zip(sessions, pairs, strict=True)
    )
    BookingEvent.objects.bulk_create(event for booking in bookings for event in _history(booking, asked_at))
    reviews = Review.objects.bulk_create(
        _review(booking, rng) for place, booking in enumerate(bookings) if place % 10 < REVIEWED
    )
    _made_at(asked_at, sessions, bookings)
    _made_at(at + timedelta(hours=6), reviews)
    _made_at(at - timedelta(days=90), learners)
    for booking, review in _reviewed(bookings, reviews):
        booking.stars = review.rating  # type: ignore[attr-defined]
    return bookings


def _booking(session: TutoringSession, learner: User, tutor: TutorProfile) -> Booking:
    assert tutor.hourly_rate is not None  # noqa: S101 # nosec B101 - every tutor of the crowd has one
    return Booking(
        session=session,
        student=learner,
        tutor=tutor,
        status=BookingStatus.COMPLETED,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        hourly_rate=tutor.hourly_rate,
        price=tutor.hourly_rate,
        currency=tutor.currency,
        commission_percent=settings.COMMISSION_PERCENT,
        cancellation_policy=CancellationPolicy.STANDARD,
        tutor_timezone=tutor.user.timezone,
        student_timezone=learner.timezone,
        ended_at=session.ends_at,
    )


def _history(booking: Booking, asked_at: datetime) -> Iterator[BookingEvent]:
    steps = (
        ("created", Party.STUDENT, "", BookingStatus.PENDING, asked_at),
        ("confirmed", Party.TUTOR, BookingStatus.PENDING, BookingStatus.CONFIRMED, asked_at + 5 * HOUR),
        ("completed", Party.SYSTEM, BookingStatus.CONFIRMED, BookingStatus.COMPLETED, booking.ends_at),
    )
    for kind, party, before, after, at in steps:
        yield BookingEvent(booking=booking, kind=kind, party=party, from_status=before, to_status=after, created_at=at)


def _review(booking: Booking, rng: Random) -> Review:
    rating = rng.choice((3, 4, 4, 5, 5, 5))
    return Review(
        booking=booking,
        tutor_id=booking.tutor_id,
        student_id=booking.student_id,
        rating=rating,
        comment=rng.choice(COMMENTS[rating]),
    )


def _reviewed(bookings: Iterable[Booking], reviews: Iterable[Review]) -> Iterator[tuple[Booking, Review]]:
    by_booking = {review.booking_id: review for review in reviews}
    return ((booking, by_booking[booking.pk]) for booking in bookings if booking.pk in by_booking)


def _count(batch: Batch, bookings: list[Booking]) -> None:
    """What the services would have counted."""
    lessons = Counter(booking.tutor_id for booking in bookings)
    stars: dict[int, Counter[int]] = defaultdict(Counter)
    for booking in bookings:
        if rating := getattr(booking, "stars", 0):
            stars[booking.tutor_id][rating] += 1
    for tutor in batch.tutors:
        of_tutor = stars[tutor.pk]
        tutor.total_sessions = lessons[tutor.pk]
        tutor.total_reviews = of_tutor.total()
        tutor.rating_sum = sum(each * count for each, count in of_tutor.items())
        tutor.average_rating = ratings.mean(tutor.rating_sum, tutor.total_reviews)
        for each in STARS:
            setattr(tutor, f"rated_{each}", of_tutor[each])
    TutorProfile.objects.bulk_update(
        batch.tutors,
        ["total_sessions", "total_reviews", "rating_sum", "average_rating", *(f"rated_{each}" for each in STARS)],
    )
    StudentProfile.objects.filter(user__in=[booking.student_id for booking in bookings]).update(total_sessions=1)


def _talk(bookings: list[Booking], today: datetime) -> None:
    """A word before each lesson, and an answer that has not been read yet."""
    said = today - timedelta(days=1)
    conversations = Conversation.objects.bulk_create(_conversation(booking, said) for booking in bookings)
    pairs = list(zip(conversations, bookings, strict=True))
    asked = Message.objects.bulk_create(
        _message(thread, booking.student_id, booking.tutor.user_id, "Shall we go on where we stopped?", said)
        for thread, booking in pairs
    )
    answers = Message.objects.bulk_create(
        _message(thread, booking.tutor.user_id, booking.student_id, "Yes, and bring your questions.", None)
        for thread, booking in pairs
    )
    _made_at(said, asked, answers)
    newest = Message.objects.filter(conversation=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    Conversation.objects.filter(pk__in=[thread.pk for thread in conversations]).update(last_message=Subquery(newest))


def _conversation(booking: Booking, said: datetime) -> Conversation:
    student, tutor = booking.student_id, booking.tutor.user_id
    return Conversation(
        low_id=min(student, tutor),
        high_id=max(student, tutor),
        opened_by_id=student,
        active_at=said,
        low_wrote=True,
        high_wrote=True,
        low_unread=int(student < tutor),
        high_unread=int(tutor < student),
    )


def _message(thread: Conversation, sender: int, recipient: int, text: str, read_at: datetime | None) -> Message:
    return Message(
        conversation=thread,
        sender_id=sender,
        recipient_id=recipient,
        text=text,
        search_text=plain(text),
        read_at=read_at,
        delivered_at=read_at,
    )


def _meet(batch: Batch, rng: Random, today: datetime) -> None:
    """A group session of each tutor's within three weeks, half full."""
    topics = [(course, title) for course in COURSES for title in course.titles]
    sessions = TutoringSession.objects.bulk_create(
        _session(tutor, rng, today, *rng.choice(topics), batch.subjects) for tutor in batch.tutors
    )
    seats = []
    for place, session in enumerate(sessions):
        joined = batch.learners[place * SEATS // 2 : (place + 1) * SEATS // 2]
        seats += [Participant(session=session, user=learner, joined_at=today) for learner in joined]
        session.seats_taken = len(joined)
    Participant.objects.bulk_create(seats)
    TutoringSession.objects.bulk_update(sessions, ["seats_taken"])


def _session(
    tutor: TutorProfile, rng: Random, today: datetime, course: Any, title: str, subjects: list[Subject]
) -> TutoringSession:
    start = today + timedelta(days=rng.randint(2, 21))
    return TutoringSession(
        creator=tutor.user,
        kind=SessionKind.GROUP,
        title=title,
        description=rng.choice(DESCRIPTIONS),
        subject=next((subject for subject in subjects if subject.name == course.subject), None),
        level=course.level,
        starts_at=start,
        ends_at=start + HOUR,
        max_participants=SEATS,
    )


def _made_at(at: datetime, *lists: Sequence[Model]) -> None:
    for rows in filter(None, lists):
        type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows]).update(created_at=at)
