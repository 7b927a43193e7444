"""Courses, and the people in them."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from courses.models import (
    Assessment,
    Certificate,
    Course,
    CourseStatus,
    Enrolment,
    EnrolmentStatus,
    Module,
    PointsEntry,
    PointsReason,
    Submission,
)
from courses.services.listing import search_text_of
from tests.factories.people import StudentFactory, TutorProfileFactory


class CourseFactory(DjangoModelFactory):
    """Published, with room for everybody and no modules."""

    class Meta:
        model = Course

    tutor = factory.SubFactory(TutorProfileFactory)
    title = factory.Sequence(lambda n: f"Course {n}")
    description = ""
    subject = None
    search_text = factory.LazyAttribute(search_text_of)
    status = CourseStatus.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)


class ModuleFactory(DjangoModelFactory):
    class Meta:
        model = Module

    course = factory.SubFactory(CourseFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = factory.LazyAttribute(lambda module: f"Module {module.position}")


class EnrolmentFactory(DjangoModelFactory):
    """An active learner; the course's count of seats is left to the test or to `courses.services`."""

    class Meta:
        model = Enrolment

    learner = factory.SubFactory(StudentFactory)
    course = factory.SubFactory(CourseFactory)
    enrolled_at = factory.LazyFunction(timezone.now)


class AssessmentFactory(DjangoModelFactory):
    class Meta:
        model = Assessment

    course = factory.SubFactory(CourseFactory)
    title = factory.Sequence(lambda n: f"Assessment {n}")
    is_published = True


class SubmissionFactory(DjangoModelFactory):
    class Meta:
        model = Submission

    assessment = factory.SubFactory(AssessmentFactory)
    enrolment = factory.SubFactory(EnrolmentFactory, course=factory.SelfAttribute("..assessment.course"))
    attempt = 1
    url = "https://github.com/student/work"
    submitted_at = factory.LazyFunction(timezone.now)


class CertificateFactory(DjangoModelFactory):
    class Meta:
        model = Certificate

    enrolment = factory.SubFactory(
        EnrolmentFactory,
        status=EnrolmentStatus.COMPLETED,
        completion_percentage=100,
        completed_at=factory.LazyFunction(timezone.now),
    )
    code = factory.Sequence(lambda n: f"{n:032x}")
    learner_name = "Ada Lovelace"
    course_title = "Algebra"
    tutor_name = "Tessa Hart"
    issued_at = factory.LazyFunction(timezone.now)


class PointsEntryFactory(DjangoModelFactory):
    class Meta:
        model = PointsEntry

    user = factory.SubFactory(StudentFactory)
    reason = PointsReason.MODULE
    source = factory.Sequence(lambda n: f"module:{n}")
    points = 5
