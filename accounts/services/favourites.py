"""The tutors whom a student wants to find again."""

from accounts.models import FavouriteTutor, TutorProfile, User
from common.errors import NotFound


def add_favourite(tutor_id: int, *, student: User) -> FavouriteTutor:
    """Remember a tutor whom everybody may find. Safe to repeat. Raises NotFound."""
    if not TutorProfile.objects.listed().filter(pk=tutor_id).exists():
        raise NotFound("Tutor not found")
    return FavouriteTutor.objects.get_or_create(student=student, tutor_id=tutor_id)[0]


def find_favourite(tutor_id: int, *, student: User) -> FavouriteTutor:
    """Raises NotFound where the tutor is not one of the student's favourites."""
    favourite = FavouriteTutor.objects.shown_to(student).filter(tutor=tutor_id).first()
    if favourite is None:
        raise NotFound("Not a favourite")
    return favourite


def remove_favourite(tutor_id: int, *, student: User) -> None:
    """Forget a tutor, also one whom nobody finds any more. Raises NotFound where there is nothing to forget."""
    deleted, _ = FavouriteTutor.objects.filter(student=student, tutor=tutor_id).delete()
    if not deleted:
        raise NotFound("Not a favourite")
