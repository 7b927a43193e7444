"""Erasures and copies of one's data."""

from datetime import timedelta

import factory
from django.utils import timezone

from privacy.models import DataExport, Erasure, ErasureOrigin, ErasureState
from tests.factories.people import StudentFactory


class ErasureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Erasure

    user = factory.SubFactory(StudentFactory)
    origin = ErasureOrigin.OWNER
    state = ErasureState.COOLING_OFF
    requested_at = factory.LazyFunction(timezone.now)
    begins_at = factory.LazyAttribute(lambda erasure: erasure.requested_at + timedelta(days=14))
    due_at = factory.LazyAttribute(lambda erasure: erasure.requested_at + timedelta(days=30))
    next_check_at = factory.SelfAttribute("begins_at")


class DataExportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DataExport

    user = factory.SubFactory(StudentFactory)
    due_at = factory.LazyFunction(timezone.now)
