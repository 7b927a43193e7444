"""What is kept of matching."""

import factory
from django.utils import timezone

from matching.models import Opinion, PrecomputeJob, RecommendationList, TutorFeedback
from tests.factories.people import AdminFactory, StudentFactory, TutorProfileFactory


class PrecomputeJobFactory(factory.django.DjangoModelFactory):
    """An admin wants everybody's; nobody has begun."""

    class Meta:
        model = PrecomputeJob

    scope = PrecomputeJob.Scope.ALL
    requested_by = factory.SubFactory(AdminFactory)
    due_at = factory.LazyFunction(timezone.now)


class RecommendationListFactory(factory.django.DjangoModelFactory):
    """Nobody was found."""

    class Meta:
        model = RecommendationList

    student = factory.SubFactory(StudentFactory)
    computed_at = factory.LazyFunction(timezone.now)


class TutorFeedbackFactory(factory.django.DjangoModelFactory):
    """A student wants to remember a tutor."""

    class Meta:
        model = TutorFeedback

    student = factory.SubFactory(StudentFactory)
    tutor = factory.SubFactory(TutorProfileFactory)
    action = Opinion.SAVE
