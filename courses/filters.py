"""What lists of courses can be narrowed and sorted by."""

from collections.abc import Container
from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from accounts.services.listing import sought
from common.filters import LARGEST_ID
from courses.models import Course, CourseStatus, Enrolment, EnrolmentStatus
from courses.querysets import DIRECTIONS, SORTS, CourseQuerySet
from sessions_app.models import SessionLevel

DEFAULT_SORT = "newest"
LONGEST_SEARCH = 200


class CourseFilter(django_filters.FilterSet):
    subject = django_filters.CharFilter(method="about", max_length=100, help_text="Subject id, or part of its name.")
    level = django_filters.ChoiceFilter(choices=SessionLevel.choices)
    tutor = django_filters.CharFilter(
        method="taught_by", max_length=100, help_text="User id of the tutor, or part of the name."
    )
    search = django_filters.CharFilter(
        method="containing",
        max_length=LONGEST_SEARCH,
        help_text="Every word is in title, description or subject; of one or two letters, begins a word.",
    )
    sort_by = django_filters.ChoiceFilter(
        choices=[(sort, sort) for sort in SORTS],
        method="leave",
        help_text="`newest` (by default) or `popular` first, or by `title`.",
    )
    order = django_filters.ChoiceFilter(
        choices=[(direction, direction) for direction in DIRECTIONS],
        method="leave",
        help_text="Without it, `desc` for newest and popular, `asc` for title.",
    )

    class Meta:
        model = Course
        fields = ()

    @classmethod
    def is_asked(cls, query: Container[str]) -> bool:
        """Whether any of the parameters narrows or sorts the list."""
        return any(name in query for name in cls.base_filters)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found: Any = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        return found.in_order(asked.get("sort_by") or DEFAULT_SORT, asked.get("order") or "")

    def about(self, queryset: CourseQuerySet, name: str, value: str) -> QuerySet:
        if value.isdecimal():
            return queryset.filter(subject_id=min(int(value), LARGEST_ID))
        return queryset.filter(subject__name__icontains=value)

    def taught_by(self, queryset: CourseQuerySet, name: str, value: str) -> QuerySet:
        if value.isdecimal():
            return queryset.filter(tutor__user=min(int(value), LARGEST_ID))
        person = "tutor__user__"
        words = [
            Q(**{f"{person}first_name__icontains": word}) | Q(**{f"{person}last_name__icontains": word})
            for word in value.split()
        ]
        return queryset.filter(*words)

    def containing(self, queryset: CourseQuerySet, name: str, value: str) -> QuerySet:
        return queryset.containing(sought(value))

    def leave(self, queryset: CourseQuerySet, name: str, value: str) -> QuerySet:
        """The two say one order together: `filter_queryset` does it."""
        return queryset


class OwnCourseFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=CourseStatus.choices)

    class Meta:
        model = Course
        fields = ()


class CourseLearnerFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=EnrolmentStatus.choices)

    class Meta:
        model = Enrolment
        fields = ()
