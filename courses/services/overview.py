"""What a learner's own pages show of their courses, whatever their number, in one statement each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from common.compiled import compiled
from courses.models import Assessment, Enrolment, EnrolmentStatus, Module, ModuleCompletion, Submission
from courses.services import standing

MOST_COURSES = 20


@dataclass(frozen=True)
class CourseCounts:
    active: int
    completed: int


@dataclass(frozen=True)
class ActiveCourse:
    """How far somebody has come in a course, and what comes next in it: `{id, title}` each, None where all is done."""

    course_id: int
    title: str
    completion_percentage: int
    modules_done: int
    modules_required: int
    next_module: dict[str, Any] | None
    next_assessment: dict[str, Any] | None
    assessment_deadline: datetime | None
    last_accessed_at: datetime | None
    enrolled_at: datetime


def counts_of(learner_id: int) -> CourseCounts:
    of_status = {
        name: Count("pk", filter=Q(status=status))
        for name, status in (("active", EnrolmentStatus.ACTIVE), ("completed", EnrolmentStatus.COMPLETED))
    }
    return CourseCounts(**Enrolment.objects.filter(learner=learner_id).aggregate(**of_status))


def active_courses(learner_id: int) -> list[ActiveCourse]:
    """The courses that somebody is in and has not completed, the latest first; the first twenty."""
    return [ActiveCourse(**row) for row in _active(learner=learner_id)]


@compiled
def _active(*, learner: Any) -> Any:
    thing = JSONObject(id=F("pk"), title=F("title"))
    return (
        Enrolment.objects.active()
        .filter(learner=learner)
        .order_by("-enrolled_at", "-id")
        .annotate(
            title=F("course__title"),
            modules_done=standing.done_modules(),
            modules_required=_required_modules(),
            next_module=Subquery(_modules_to_do().values(thing=thing)[:1]),
            next_assessment=Subquery(_assessments_to_do().values(thing=thing)[:1]),
            assessment_deadline=Subquery(_assessments_to_do().values("deadline")[:1]),
        )
        .values(*ActiveCourse.__dataclass_fields__)[:MOST_COURSES]
    )


def _required_modules() -> Coalesce:
    required = standing.required_modules().filter(course=OuterRef("course")).order_by().values("course")
    counted = Subquery(required.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return Coalesce(counted, Value(0))


def _modules_to_do() -> QuerySet[Module]:
    """Those of the enrolment's course that are not done in its present attempt, in their order."""
    of_enrolment = {"enrolment": OuterRef(OuterRef("pk")), "attempt": OuterRef(OuterRef("attempt"))}
    done = ModuleCompletion.objects.filter(module=OuterRef("pk"), **of_enrolment)
    return Module.objects.filter(~Exists(done), course=OuterRef("course"), retired_at=None).order_by("position", "id")


def _assessments_to_do() -> QuerySet[Assessment]:
    """Those for which nothing was handed in yet, the most urgent first."""
    sent = Submission.objects.filter(assessment=OuterRef("pk"), enrolment=OuterRef(OuterRef("pk")))
    published = Assessment.objects.filter(~Exists(sent), course=OuterRef("course"), is_published=True)
    return published.order_by(F("deadline").asc(nulls_last=True), "id")
