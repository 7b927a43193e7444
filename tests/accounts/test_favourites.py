"""The tutors whom a student wants to find again."""

from functools import partial

import pytest

from accounts.models import FavouriteTutor
from accounts.services import favourites
from common.errors import NotFound
from tests.factories import StudentFactory, TutorProfileFactory
from tests.support.threads import at_once


@pytest.mark.django_db(transaction=True)
def test_a_tutor_who_is_added_many_times_at_once_is_one_favourite():
    student, tutor = StudentFactory(), TutorProfileFactory()

    results = at_once([partial(favourites.add_favourite, tutor.pk, student=student)] * 16)

    assert {result.pk for result in results} == {FavouriteTutor.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_a_favourite_that_is_removed_many_times_at_once_is_removed_once():
    student, tutor = StudentFactory(), TutorProfileFactory()
    favourites.add_favourite(tutor.pk, student=student)

    results = at_once([partial(favourites.remove_favourite, tutor.pk, student=student)] * 8)

    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, NotFound) for result in results) == 7
