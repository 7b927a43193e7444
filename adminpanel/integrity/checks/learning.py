"""Courses: seats, queues, progress and points."""

from datetime import datetime

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, Least

from adminpanel.integrity.check import Change, Check, FigureCheck, RowCheck, named
from adminpanel.integrity.expressions import counted
from courses.models import (
    Certificate,
    Course,
    CourseSession,
    Enrolment,
    EnrolmentStatus,
    Module,
    ModuleCompletion,
    PointsEntry,
    PointsReason,
)
from courses.services import modules, points, progress, queue, standing
from notifications.services import notify
from sessions_app.models import SessionKind

_ACTIVE = Enrolment.objects.active().filter(course=OuterRef("pk"))


def _lock_of_enrolment(pk: int) -> None:
    """The course before its enrolments, as everywhere."""
    progress.lock_course(Enrolment.objects.values_list("course_id", flat=True).get(pk=pk))
    progress.lock_any_enrolment(pk)


def _percentage() -> Case:
    """`standing.percentage` for the enrolments of all courses at once: what a course asks for is counted for each row
    instead of once before.
    """
    whole = Value(100, output_field=IntegerField())
    share = F("done") * 100 / F("modules")
    is_passed = Q(passed__gte=F("assessments"))
    return Case(
        When(modules=0, assessments=0, then=Value(0)),
        When(modules=0, then=F("passed") * 100 / F("assessments")),
        When(assessments=0, then=share),
        default=Least(share, Case(When(is_passed, then=whole), default=Value(standing.ALMOST))),
        output_field=IntegerField(),
    )


def _behind(now: datetime) -> QuerySet:
    """Also who has done all that there is and has not completed the course."""
    asked_for = Enrolment.objects.active().annotate(
        modules=counted(standing.required_modules().filter(course=OuterRef("course")), by="course"),
        assessments=counted(standing.required_assessments().filter(course=OuterRef("course")), by="course"),
        done=standing.done_modules(),
        passed=standing.passed_assessments(),
    )
    reckoned = asked_for.annotate(due=_percentage())
    return reckoned.filter(~Q(completion_percentage=F("due")) | Q(due__gte=100))


def _reckon(enrolment: Enrolment, now: datetime) -> Change:
    before = {"completion_percentage": enrolment.completion_percentage, "status": enrolment.status}
    progress.recompute(enrolment.course_id)
    enrolment.refresh_from_db(fields=["completion_percentage", "status"])
    return Change(before, {"completion_percentage": enrolment.completion_percentage, "status": enrolment.status})


def _without_certificate(now: datetime) -> QuerySet:
    certificates = Certificate.objects.filter(enrolment=OuterRef("pk"))
    return Enrolment.objects.filter(~Exists(certificates), status=EnrolmentStatus.COMPLETED)


def _with_a_free_seat(now: datetime) -> QuerySet:
    waiting = Enrolment.objects.filter(course=OuterRef("pk"), status=EnrolmentStatus.WAITLISTED)
    room = Q(capacity=None) | Q(seats_taken__lt=F("capacity"))
    return Course.objects.on_offer().filter(Exists(waiting), room)


def _let_in(course: Course, now: datetime) -> Change:
    before = course.seats_taken
    notify(queue.let_in(progress.lock_course(course.pk), now=now))
    course.refresh_from_db(fields=["seats_taken"])
    return Change({"seats_taken": before}, {"seats_taken": course.seats_taken})


def _unrewarded(now: datetime) -> QuerySet:
    source = Concat(Value("module:"), Cast("module_id", CharField()), output_field=CharField())
    given = PointsEntry.objects.filter(
        user=OuterRef("enrolment__learner"), reason=PointsReason.MODULE, source=OuterRef("source")
    )
    done = ModuleCompletion.objects.select_related("enrolment__learner").annotate(source=source)
    return done.filter(~Exists(given))


def _reward(done: ModuleCompletion, now: datetime) -> Change:
    points.award(done.enrolment.learner, PointsReason.MODULE, f"module:{done.module_id}")
    return Change({"points": 0}, {"points": points.POINTS[PointsReason.MODULE]})


def _misnumbered(now: datetime) -> QuerySet:
    numbers = Module.objects.filter(retired_at=None).order_by().values("course")
    counted_up = numbers.annotate(
        number=Count("pk"), places=Count("position", distinct=True), first=Min("position"), last=Max("position")
    )
    wrong = counted_up.exclude(first=1, last=F("number"), places=F("number"))
    return Course.objects.filter(pk__in=wrong.values("course"))


def _number(course: Course, now: datetime) -> Change:
    present = modules.present(course)
    before = [module.position for module in present]
    modules.number(present)
    return Change({"positions": before}, {"positions": [module.position for module in present]})


def _of_another_host(now: datetime) -> QuerySet:
    wrong = Q(session__kind=SessionKind.PRIVATE) | ~Q(session__creator=F("course__tutor__user"))
    return CourseSession.objects.filter(wrong)


CHECKS: list[Check] = [
    FigureCheck(
        "courses.seats",
        "courses count the learners who are in them",
        Course.objects.all(),
        {"seats_taken": counted(_ACTIVE, by="course")},
        lock=progress.lock_course,
    ),
    RowCheck(
        "courses.modules",
        "the modules of a course are numbered from 1 on",
        _misnumbered,
        lambda course: f"{named(course)} has modules whose numbers have gaps, or are there twice.",
        mend=_number,
        lock=progress.lock_course,
    ),
    RowCheck(
        "courses.meetings",
        "the sessions of a course are hosted by its tutor",
        _of_another_host,
        lambda row: f"{named(row)}: session {row.session_id} is private, or not of course {row.course_id}'s tutor.",
    ),
    RowCheck(
        "courses.queues",
        "nobody waits for a course that has a free seat",
        _with_a_free_seat,
        lambda course: f"{named(course)} has a free seat, and somebody waits for it.",
        mend=_let_in,
        lock=progress.lock_course,
    ),
    RowCheck(
        "courses.progress",
        "learners are as far as what they have done",
        _behind,
        lambda row: (
            f"{named(row)} has completion_percentage {row.completion_percentage}; "
            f"{row.done} of {row.modules} modules and {row.passed} of {row.assessments} assessments make {row.due}."
        ),
        mend=_reckon,
        lock=_lock_of_enrolment,
    ),
    FigureCheck(
        "courses.completed",
        "who has completed a course has done all of it",
        Enrolment.objects.filter(status=EnrolmentStatus.COMPLETED),
        {"completion_percentage": Value(100)},
        lock=_lock_of_enrolment,
    ),
    RowCheck(
        "courses.certificates",
        "who has completed a course has a certificate",
        _without_certificate,
        lambda row: f"{named(row)} is completed, without a certificate.",
    ),
    RowCheck(
        "courses.points",
        "whoever has done a module has its points",
        _unrewarded,
        lambda row: f"{named(row)} gave its learner no points.",
        mend=_reward,
    ),
]
