"""Courses that the fuzzer finds: the caller's own where they teach, else the host's."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.models import TutorProfile, User
from courses.models import Assessment, Course, CourseSession, Module
from sessions_app.models import TutoringSession
from tests.factories import AssessmentFactory, CourseFactory, EnrolmentFactory, ModuleFactory, SubmissionFactory


def _tutor(caller: User | None) -> TutorProfile:
    teaches = caller is not None and caller.is_tutor
    email = caller.email if caller and teaches else "host@fuzz.example.com"
    return TutorProfile.objects.select_related("user").get(user__email=email)


def _course(caller: User | None) -> Course:
    return CourseFactory(tutor=_tutor(caller))


def _meeting(caller: User | None) -> int:
    course = _course(caller)
    host = course.tutor.user
    last = TutoringSession.objects.filter(creator=host).order_by("-ends_at").first()
    begin = max(timezone.now(), last.ends_at if last else timezone.now()) + timedelta(hours=1)
    session = TutoringSession.objects.create(
        creator=host, title="Questions", starts_at=begin, ends_at=begin + timedelta(hours=1), max_participants=8
    )
    CourseSession.objects.create(course=course, session=session)
    return session.pk


def _learner(caller: User | None) -> int:
    student = User.objects.get(email="student@fuzz.example.com")
    EnrolmentFactory(course=_course(caller), learner=student)
    return student.pk


def _submission(caller: User | None) -> int:
    course = _course(caller)
    enrolment = EnrolmentFactory(course=course, learner=User.objects.get(email="student@fuzz.example.com"))
    return SubmissionFactory(assessment__course=course, enrolment=enrolment).pk


MAKERS: dict[str, Callable[[User | None], int]] = {
    "course": lambda caller: _course(caller).pk,
    "module": lambda caller: ModuleFactory(course=_course(caller)).pk,
    "assessment": lambda caller: AssessmentFactory(course=_course(caller)).pk,
    "meeting": _meeting,
    "submission": _submission,
    "learner": _learner,
}


def course_of(thing: str, pk: int) -> int:
    """The id of the course that something of `MAKERS` belongs to."""
    if thing == "module":
        return Module.objects.get(pk=pk).course_id
    if thing == "assessment":
        return Assessment.objects.get(pk=pk).course_id
    if thing == "meeting":
        return CourseSession.objects.get(session=pk).course_id
    return Course.objects.filter(enrolments__learner=pk).latest("pk").pk
