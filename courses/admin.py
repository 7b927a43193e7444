"""Courses in the back office: made, edited, published and archived through `courses.services`, as by their tutors."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from accounts.requests import BackOfficeRequest
from common.back_office import BackOfficeAdmin, OnRecordInline, ReadOnlyAdmin, lock, moderate, offered_if
from courses.models import (
    Assessment,
    Certificate,
    Course,
    CourseSession,
    CourseStatus,
    Enrolment,
    EnrolmentStatus,
    FormerGrade,
    Module,
    ModuleCompletion,
    PointsEntry,
    Submission,
    SubmissionState,
)
from courses.services import assessments, authoring, enrolling, modules

COURSE_COLOURS = {CourseStatus.DRAFT: "info", CourseStatus.PUBLISHED: "success", CourseStatus.ARCHIVED: "warning"}
ENROLMENT_COLOURS = {
    EnrolmentStatus.WAITLISTED: "info",
    EnrolmentStatus.ACTIVE: "success",
    EnrolmentStatus.COMPLETED: "success",
    EnrolmentStatus.DROPPED: "warning",
}
SUBMISSION_COLOURS = {
    SubmissionState.SUBMITTED: "info",
    SubmissionState.GRADED: "success",
    SubmissionState.REPLACED: "warning",
}


class ModuleInline(OnRecordInline):
    """In order; each has a page of its own, where it is changed."""

    model = Module
    show_change_link = True
    fields = readonly_fields = ["position", "title", "is_required", "retired_at"]


class MeetingInline(OnRecordInline):
    model = CourseSession
    fields = readonly_fields = ["session"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("session")


class CompletionInline(OnRecordInline):
    """In every attempt."""

    model = ModuleCompletion
    fields = readonly_fields = ["module", "attempt", "completed_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("module")


class FormerGradeInline(OnRecordInline):
    model = FormerGrade
    fields = readonly_fields = ["grade", "feedback", "graded_by", "replaced_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("graded_by")


@admin.register(Course)
class CourseAdmin(BackOfficeAdmin):
    list_display = ["title", "tutor_address", "subject", "level", "shown_status", "seats", "published_at"]
    list_select_related = ["tutor__user", "subject"]
    list_filter = ["status", "level", "published_at", "subject"]
    search_fields = ["title", "tutor__user__email", "=id"]
    search_help_text = "Part of a title or of the tutor's address, or a whole number."
    parties = ("tutor.user_id",)
    actions = ["publish", "archive"]
    inlines = [ModuleInline, MeetingInline]
    fieldsets = [
        (None, {"fields": ["title", "description", ("subject", "level"), ("capacity", "timezone")]}),
        (
            "State",
            {
                "fields": [
                    ("tutor_address", "status"),
                    ("published_at", "seats_taken"),
                    ("version",),
                    ("created_at", "updated_at"),
                ]
            },
        ),
    ]
    readonly_fields = [
        "tutor_address", "status", "published_at", "seats_taken", "version", "created_at", "updated_at",
    ]  # fmt: skip
    add_fieldsets = [
        (None, {"fields": ["tutor", "title", "description", ("subject", "level"), ("capacity", "timezone")]}),
    ]
    autocomplete_fields = ["tutor"]

    @display(description="tutor", ordering="tutor__user__email")
    def tutor_address(self, course: Course) -> str:
        return course.tutor.user.email

    @display(description="status", ordering="status", label=COURSE_COLOURS)
    def shown_status(self, course: Course) -> tuple[str, str]:
        return course.status, course.get_status_display()

    @display(description="seats", ordering="seats_taken")
    def seats(self, course: Course) -> str:
        return f"{course.seats_taken} of {course.capacity}" if course.capacity else str(course.seats_taken)

    def get_fieldsets(self, request: HttpRequest, obj: Course | None = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def save_model(self, request: BackOfficeRequest, obj: Course, form: forms.ModelForm, change: bool) -> None:
        if change:
            authoring.update_course(obj.pk, _changes(form), actor=request.user)
        else:
            described = form.cleaned_data | {"tutor": obj.tutor.user}
            obj.pk = authoring.create_course(**described, actor=request.user).pk

    @offered_if(lambda course: course.can_become(CourseStatus.PUBLISHED))
    @admin.action(description="Publish the course", permissions=["moderate"])
    def publish(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(course: Course) -> None:
            authoring.publish_course(course.pk, actor=request.user)

        return moderate(self, request, queryset, deed)

    @offered_if(lambda course: course.can_become(CourseStatus.ARCHIVED))
    @admin.action(description="Archive the course", permissions=["moderate"])
    def archive(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(course: Course) -> None:
            authoring.archive_course(course.pk, actor=request.user)

        return moderate(self, request, queryset, deed)


class PartOfCourseAdmin(BackOfficeAdmin):
    """Made and changed through the services; the course that it belongs to never changes."""

    autocomplete_fields = ["course"]
    parties = ("course.tutor.user_id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of a new one: its course, and what can be changed later, too."""
        fields = super().get_fields(request, obj)
        return fields if obj else [field for field in fields if field == "course" or field not in self.readonly_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_readonly_fields(request, obj) if obj else []

    def hold(self, obj: Any) -> None:
        lock(Course, obj.course_id)


@admin.register(Module)
class ModuleAdmin(PartOfCourseAdmin):
    list_display = ["title", "course", "position", "is_required", "retired_at"]
    list_select_related = ["course"]
    list_filter = ["is_required", "retired_at"]
    search_fields = ["title", "course__title", "=course__id"]
    ordering = ["course", "position", "id"]
    actions = ["remove"]
    fields = ["course", "title", "content", "is_required", "position", "retired_at", "created_at", "updated_at"]
    readonly_fields = ["course", "position", "retired_at", "created_at", "updated_at"]

    def save_model(self, request: BackOfficeRequest, obj: Module, form: forms.ModelForm, change: bool) -> None:
        if change:
            modules.update_module(obj.course_id, obj.pk, _changes(form), actor=request.user)
        else:
            obj.pk = modules.add_module(obj.course_id, actor=request.user, **_described(form)).pk

    @offered_if(lambda module: module.retired_at is None)
    @admin.action(description="Take the module out of its course", permissions=["moderate"])
    def remove(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(module: Module) -> None:
            modules.remove_module(module.course_id, module.pk, actor=request.user)

        return moderate(self, request, queryset, deed)


@admin.register(Assessment)
class AssessmentAdmin(PartOfCourseAdmin):
    list_display = ["title", "course", "deadline", "max_attempts", "pass_grade", "is_required", "is_published"]
    list_select_related = ["course"]
    list_filter = ["is_published", "is_required", "deadline"]
    search_fields = ["title", "course__title", "=course__id"]
    ordering = ["-id"]
    fields = [
        *("course", "title", "description", "deadline", ("max_attempts", "pass_grade")),
        *(("is_required", "is_published"), "created_at", "updated_at"),
    ]
    readonly_fields = ["course", "created_at", "updated_at"]

    def save_model(self, request: BackOfficeRequest, obj: Assessment, form: forms.ModelForm, change: bool) -> None:
        if change:
            assessments.update_assessment(obj.course_id, obj.pk, _changes(form), actor=request.user)
        else:
            obj.pk = assessments.add_assessment(obj.course_id, actor=request.user, **_described(form)).pk


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    list_display = ["learner", "course", "shown_status", "completion_percentage", "attempt", "enrolled_at"]
    list_select_related = ["learner", "course"]
    list_filter = ["status", "enrolled_at", "completed_at"]
    search_fields = ["learner__email", "course__title", "=course__id"]
    parties = ("learner_id", "course.tutor.user_id")
    actions = ["reset"]
    inlines = [CompletionInline]

    @display(description="status", ordering="status", label=ENROLMENT_COLOURS)
    def shown_status(self, enrolment: Enrolment) -> tuple[str, str]:
        return enrolment.status, enrolment.get_status_display()

    @offered_if(lambda enrolment: enrolment.status == EnrolmentStatus.ACTIVE)
    @admin.action(description="Let the learner begin anew", permissions=["moderate"])
    def reset(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(enrolment: Enrolment) -> None:
            enrolling.reset(enrolment.course_id, enrolment.learner_id, actor=request.user)

        return moderate(self, request, queryset, deed)


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["assessment", "learner", "attempt", "shown_state", "grade", "is_late", "submitted_at"]
    list_select_related = ["assessment", "enrolment__learner"]
    list_filter = ["state", "is_late", "submitted_at"]
    search_fields = ["enrolment__learner__email", "assessment__title", "=assessment__id"]
    inlines = [FormerGradeInline]

    @display(description="learner", ordering="enrolment__learner__email")
    def learner(self, submission: Submission) -> str:
        return submission.enrolment.learner.email

    @display(description="state", ordering="state", label=SUBMISSION_COLOURS)
    def shown_state(self, submission: Submission) -> tuple[str, str]:
        return submission.state, submission.get_state_display()


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ["course_title", "learner_name", "tutor_name", "code", "issued_at"]
    list_filter = ["issued_at"]
    search_fields = ["=code", "learner_name", "course_title"]


@admin.register(PointsEntry)
class PointsEntryAdmin(ReadOnlyAdmin):
    list_display = ["user", "points", "reason", "source", "created_at"]
    list_select_related = ["user"]
    list_filter = ["reason", "created_at"]
    search_fields = ["user__email", "=source"]


def _described(form: forms.ModelForm) -> dict[str, Any]:
    """What a new part of a course says."""
    return {name: value for name, value in form.cleaned_data.items() if name != "course"}


def _changes(form: forms.ModelForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in form.changed_data}
