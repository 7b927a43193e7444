"""What messages need to know of two people's bookings (PAIRS_KNOWN_BY)."""

from django.db.models import Q

from bookings.models import Booking, BookingStatus
from sessions_app.models import Participant, TutoringSession


def is_between(booking_id: int, one: int, other: int) -> bool:
    """Whether the booking is one of these two people's."""
    return _of_pair(one, other).filter(pk=booking_id).exists()


def have_had_paid_lesson(one: int, other: int) -> bool:
    """Whether the two have had a lesson with each other that cost something (R-MSG-7)."""
    return _of_pair(one, other).filter(status=BookingStatus.COMPLETED, price__gt=0).exists()


def partners_of(user_id: int) -> set[int]:
    """The ids of all with whom the user has, or had, a booking, or sits in a session."""
    booked = Booking.objects.filter(Q(student=user_id) | Q(tutor__user=user_id)).order_by()
    rows = booked.values_list("student_id", "tutor__user_id").distinct()
    seated = Participant.objects.joined()
    sessions = TutoringSession.objects.present()
    mine = sessions.filter(Q(creator=user_id) | Q(pk__in=seated.filter(user=user_id).values("session"))).order_by()
    hosts = mine.values_list("creator_id", flat=True).distinct()
    others = seated.filter(session__in=mine.values("pk")).order_by().values_list("user_id", flat=True).distinct()
    return ({person for row in rows for person in row} | {*hosts, *others}) - {user_id}


def _of_pair(one: int, other: int):  # type: ignore[no-untyped-def] # a queryset of bookings
    return Booking.objects.filter(Q(student=one, tutor__user=other) | Q(student=other, tutor__user=one))
