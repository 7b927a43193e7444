"""Tutors' hours and terms, and slots that are held."""

from datetime import date, timedelta

import factory
from django.utils import timezone

from bookings.models import BookingTerms, DateOverride, SlotHold, TimeOff, WeeklyHours
from tests.factories.people import StudentFactory, TutorProfileFactory


class BookingTermsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BookingTerms

    tutor = factory.SubFactory(TutorProfileFactory)


class WeeklyHoursFactory(factory.django.DjangoModelFactory):
    """Mondays from nine to five."""

    class Meta:
        model = WeeklyHours

    tutor = factory.SubFactory(TutorProfileFactory)
    weekday = 0
    start_minute = 9 * 60
    end_minute = 17 * 60


class DateOverrideFactory(factory.django.DjangoModelFactory):
    """A day off."""

    class Meta:
        model = DateOverride

    tutor = factory.SubFactory(TutorProfileFactory)
    date = factory.Sequence(lambda n: date(2030, 1, 1) + timedelta(days=n))
    windows = factory.LazyFunction(list)


class TimeOffFactory(factory.django.DjangoModelFactory):
    """Tomorrow, for a day."""

    class Meta:
        model = TimeOff

    tutor = factory.SubFactory(TutorProfileFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda time_off: time_off.starts_at + timedelta(days=1))


class SlotHoldFactory(factory.django.DjangoModelFactory):
    """An hour of the day after tomorrow, held for ten minutes from now."""

    class Meta:
        model = SlotHold

    student = factory.SubFactory(StudentFactory)
    tutor = factory.SubFactory(TutorProfileFactory)
    starts_at = factory.LazyFunction(
        lambda: (timezone.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    )
    ends_at = factory.LazyAttribute(lambda hold: hold.starts_at + timedelta(hours=1))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=10))
