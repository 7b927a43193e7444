"""How far somebody has come in a course, exactly (R-PRG-1)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThanOrEqual

from common.compiled import compiled
from courses.models import Assessment, Course, Module, ModuleCompletion, Submission, SubmissionState

ALMOST = 99  # all modules are done, but not all assessments are passed


@dataclass(frozen=True)
class Demands:
    """What a course asks for before it is completed: so many modules, and so many assessments passed."""

    modules: int
    assessments: int


def required_modules() -> QuerySet[Module]:
    return Module.objects.filter(is_required=True, retired_at=None)


def required_assessments() -> QuerySet[Assessment]:
    return Assessment.objects.filter(is_required=True, is_published=True)


def demands_of(course_id: int) -> Demands:
    return Demands(*_demands.first(course=course_id))


@compiled
def _demands(*, course: Any) -> Any:
    return Course.objects.filter(pk=course).values_list(
        _count(required_modules().filter(course=OuterRef("pk")), by="course"),
        _count(required_assessments().filter(course=OuterRef("pk")), by="course"),
    )


def percentage(demands: Demands) -> Any:
    """An expression over enrolments of that course: done of required modules, rounded down; 100 only when everything
    is done. A course of assessments alone is measured by them; one that asks for nothing is never completed.
    """
    if not demands.modules:
        return passed_assessments() * 100 / demands.assessments if demands.assessments else _number(0)
    share = done_modules() * 100 / demands.modules
    if not demands.assessments:
        return share
    is_passed = GreaterThanOrEqual(passed_assessments(), demands.assessments)
    return Least(share, Case(When(is_passed, then=_number(100)), default=_number(ALMOST)))


def done_modules() -> Coalesce:
    """How many of the modules that are required now the enrolment of the row has done, in its present attempt."""
    done = ModuleCompletion.objects.filter(
        enrolment=OuterRef("pk"), attempt=OuterRef("attempt"), module__in=required_modules()
    )
    return _count(done, by="enrolment")


def passed_assessments() -> Coalesce:
    """How many of the required assessments it has passed. What was passed once need not be passed in a new attempt."""
    passed = Submission.objects.filter(
        enrolment=OuterRef("pk"),
        state=SubmissionState.GRADED,
        grade__gte=F("assessment__pass_grade"),
        assessment__in=required_assessments(),
    )
    return _count(passed, by="enrolment", of="assessment")


def _count(rows: QuerySet, *, by: str, of: str = "pk") -> Coalesce:
    counted = rows.order_by().values(by).annotate(n=Count(of, distinct=of != "pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), _number(0))


def _number(number: int) -> Value:
    return Value(number, output_field=IntegerField())
