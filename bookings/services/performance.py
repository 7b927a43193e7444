"""How a tutor does, from the history of their lessons."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import TutorProfile
from bookings.models import Booking, BookingEvent, BookingStatus, Party, Review

ANSWERS = ("confirmed", "declined")
LONGEST_PERIOD = timedelta(days=366)


@dataclass(frozen=True)
class Performance:
    """Counts of a period; requests are those made in it, lessons those that were to begin in it.

    `response_minutes` is the median time to an answer, None where nothing was answered. Of lessons, only those that
    were agreed on and are over count.
    """

    requests: int
    accepted: int
    declined: int
    unanswered: int
    response_minutes: float | None
    completed: int
    cancelled_by_mentor: int
    cancelled_by_student: int
    missed_by_mentor: int
    missed_by_student: int
    minutes_taught: int
    students: int
    repeat_students: int
    rating_sum: int
    reviews: int

    @property
    def acceptance_rate(self) -> float | None:
        """Of the requests that are decided: accepted, declined, or lapsed unanswered."""
        return _percent(self.accepted, self.accepted + self.declined + self.unanswered)

    @property
    def agreed(self) -> int:
        return self.given + self.cancelled_by_mentor + self.cancelled_by_student

    @property
    def given(self) -> int:
        """Lessons that began, whoever came."""
        return self.completed + self.missed_by_mentor + self.missed_by_student

    @property
    def completion_rate(self) -> float | None:
        """Of the agreed lessons that were not the student's to lose."""
        return _percent(self.completed, self.completed + self.cancelled_by_mentor + self.missed_by_mentor)

    @property
    def cancellation_rate(self) -> float | None:
        return _percent(self.cancelled_by_mentor, self.agreed)

    @property
    def no_show_rate(self) -> float | None:
        return _percent(self.missed_by_mentor, self.given)

    @property
    def average_rating(self) -> float | None:
        return round(self.rating_sum / self.reviews, 2) if self.reviews else None

    @property
    def repeat_rate(self) -> float | None:
        """Of those who had a lesson in the period: who have had two or more with this tutor by its end."""
        return _percent(self.repeat_students, self.students)


def performance_of(tutor: TutorProfile, *, since: datetime, until: datetime) -> Performance:
    """In five statements, however long the history is. `until` itself is not in the period any more."""
    theirs = Booking.objects.filter(tutor=tutor)
    requested = _requested(theirs).filter(created_at__gte=since, created_at__lt=until)
    lessons = theirs.filter(starts_at__gte=since, starts_at__lt=until)
    reviews = Review.objects.counted().filter(tutor=tutor, created_at__gte=since, created_at__lt=until)
    return Performance(
        response_minutes=_response_minutes(requested),
        **_requests(requested),
        **_lessons(lessons),
        **_students(theirs, since=since, until=until),
        **reviews.aggregate(rating_sum=Coalesce(Sum("rating"), 0), reviews=Count("pk")),
    )


def _requested(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Those that waited for the tutor's answer; what is booked at once is no request."""
    asked = BookingEvent.objects.filter(booking=OuterRef("pk"), kind="created", to_status=BookingStatus.PENDING)
    return bookings.filter(Exists(asked))


def _requests(requested: QuerySet[Booking]) -> dict[str, int]:
    confirmed = BookingEvent.objects.filter(booking=OuterRef("pk"), kind="confirmed")
    return requested.annotate(was_confirmed=Exists(confirmed)).aggregate(
        requests=Count("pk"),
        accepted=Count("pk", filter=Q(was_confirmed=True)),
        declined=Count("pk", filter=Q(status=BookingStatus.DECLINED)),
        unanswered=Count("pk", filter=Q(status=BookingStatus.EXPIRED)),
    )


def _response_minutes(requested: QuerySet[Booking]) -> float | None:
    answered = requested.filter(events__kind__in=ANSWERS).annotate(answered_at=Min("events__created_at"))
    # The first answer, not the first line: the join above keeps the answers alone.
    times = answered.annotate(
        took=ExpressionWrapper(F("answered_at") - F("created_at"), output_field=DurationField())
    ).values_list("took", flat=True)
    minutes = [took.total_seconds() / 60 for took in times]
    return round(median(minutes), 1) if minutes else None


def _lessons(lessons: QuerySet[Booking]) -> dict[str, int]:
    agreed_first = BookingEvent.objects.filter(
        booking=OuterRef("pk"), kind="cancelled", from_status=BookingStatus.CONFIRMED
    )
    called_off = Q(status=BookingStatus.CANCELLED, was_agreed=True)
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    completed = Q(status=BookingStatus.COMPLETED)
    counts = lessons.annotate(was_agreed=Exists(agreed_first)).aggregate(
        completed=Count("pk", filter=completed),
        cancelled_by_mentor=Count("pk", filter=called_off & Q(cancelled_by=Party.TUTOR)),
        cancelled_by_student=Count("pk", filter=called_off & Q(cancelled_by=Party.STUDENT)),
        missed_by_mentor=Count("pk", filter=Q(status=BookingStatus.NO_SHOW_TUTOR)),
        missed_by_student=Count("pk", filter=Q(status=BookingStatus.NO_SHOW_STUDENT)),
        taught=Sum(length, filter=completed),
    )
    taught = counts.pop("taught") or timedelta()
    return counts | {"minutes_taught": int(taught.total_seconds() // 60)}


def _students(theirs: QuerySet[Booking], *, since: datetime, until: datetime) -> dict[str, int]:
    given = theirs.filter(status=BookingStatus.COMPLETED, starts_at__lt=until).order_by()
    by_student = given.values("student").annotate(
        lessons=Count("pk"), lately=Count("pk", filter=Q(starts_at__gte=since))
    )
    counts = list(by_student.filter(lately__gt=0).values_list("lessons", flat=True))
    return {"students": len(counts), "repeat_students": sum(lessons > 1 for lessons in counts)}


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
