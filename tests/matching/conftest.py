"""Tutors whom a student can be matched with."""

import pytest
from django.utils import timezone

from accounts.models import TutorLanguage
from tests.factories import OpenTutorFactory, StudentFactory, SubjectFactory, TutorSubjectFactory


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def maths(db):
    return SubjectFactory(name="Mathematics", category="STEM")


@pytest.fixture
def student(maths):
    """Wants mathematics, in English."""
    return StudentFactory(profile__interests=["mathematics"], profile__preferred_language="en")


@pytest.fixture
def tutor(maths):
    """Makes a tutor of mathematics, in English, who can be booked round the clock and has long been here."""

    def make(subject=maths, languages=("en",), **fields):
        made = OpenTutorFactory(**{"total_sessions": 20, "hourly_rate": 40} | fields)
        TutorSubjectFactory(tutor=made, subject=subject)
        TutorLanguage.objects.bulk_create(TutorLanguage(tutor=made, code=code) for code in languages)
        return made

    return make
