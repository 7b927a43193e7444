"""Finding a booking, locking it, and making sure that this person may do this to it."""

from accounts.models import User
from bookings.errors import NotYourPart
from bookings.models import Booking, Party
from bookings.services import calendars
from common.errors import Busy, NotFound, StaleVersion


def find(booking_id: int, viewer: User) -> Booking:
    """The booking with its people and its session, as far as `viewer` may see it. Raises NotFound."""
    booking = Booking.objects.visible_to(viewer).with_everything().filter(pk=booking_id).first()
    if booking is None:
        raise NotFound("Booking not found")
    return booking


def lock(booking: Booking, *, version: int | None = None) -> Booking:
    """The booking as it is now, once both calendars, its row and its session's are locked until the transaction ends.

    Always in that order, people by ascending id, so that nobody waits in a circle (R-OVL-2). `version` is what the
    caller believes to change. Raises StaleVersion, or Busy where the lesson has gone to another tutor meanwhile.
    """
    calendars.lock(booking.student, booking.tutor.user)
    return lock_again(booking, version=version)


def lock_again(booking: Booking, *, version: int | None = None) -> Booking:
    """The same where the calendars of the booking's people, as it was read, are locked already."""
    locked = lock_row(booking.pk, version=version)
    if locked.tutor_id != booking.tutor_id:  # another calendar than those that are locked, and another party
        raise Busy
    return locked


def lock_row(booking_id: int, *, version: int | None = None) -> Booking:
    """The same where it is locked already, or cannot have another tutor."""
    locked = Booking.objects.select_for_update(of=("self", "session")).with_everything().get(pk=booking_id)
    if version is not None and version != locked.version:
        raise StaleVersion(current_version=locked.version)
    return locked


def party_of(booking: Booking, user: User | None) -> Party:
    """As whom somebody acts who may see the booking; nobody is the system."""
    if user is None:
        return Party.SYSTEM
    if user.pk == booking.student_id:
        return Party.STUDENT
    return Party.TUTOR if user.pk == booking.tutor.user_id else Party.ADMIN


def is_party(booking: Booking, user: User) -> bool:
    return user.pk in (booking.student_id, booking.tutor.user_id)


def require_party(booking: Booking, user: User, *allowed: Party, verb: str) -> Party:
    """Raises NotYourPart unless the user acts as one of these."""
    party = party_of(booking, user)
    if party not in allowed:
        raise NotYourPart(f"Only the {' or the '.join(allowed)} can {verb}")
    return party


def user_of(booking: Booking, party: Party) -> User:
    """The student or the tutor as a person."""
    return booking.student if party == Party.STUDENT else booking.tutor.user


def other(party: Party) -> Party:
    return Party.TUTOR if party == Party.STUDENT else Party.STUDENT
