"""Tutors in the back office: looked at with all that their profile has, and decided on through the services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextareaWidget

from accounts.models import (
    MentorApplication,
    RevisionState,
    TutorCertification,
    TutorEducation,
    TutorEvent,
    TutorLanguage,
    TutorProfile,
    TutorRevision,
    TutorStatus,
    TutorSubject,
    VerificationDocument,
)
from accounts.presenters.avatars import avatar_url
from accounts.requests import BackOfficeRequest
from accounts.services import approval, moderation, revisions
from common.back_office import Confirmation, OnRecordInline, ReadOnlyAdmin, WithReason, moderate

STATUS_COLOURS = {
    TutorStatus.APPROVED: "success",
    TutorStatus.PENDING_APPROVAL: "warning",
    TutorStatus.REJECTED: "danger",
    TutorStatus.CHANGES_REQUESTED: "warning",
    TutorStatus.SUSPENDED: "danger",
}


class WithReasonForTutor(Confirmation):
    reason = forms.CharField(
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="The tutor reads it; it is kept in the audit log for ever.",
    )


class Suspension(WithReasonForTutor):
    until = forms.SplitDateTimeField(
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text="In UTC. Empty: until somebody reinstates the tutor. All lessons to come are cancelled either way.",
    )


class RequestedChanges(WithReasonForTutor):
    fields_meant = forms.MultipleChoiceField(
        choices=[(part, part) for part in approval.PARTS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="parts",
    )


class SubjectInline(OnRecordInline):
    model = TutorSubject
    fields = readonly_fields = ["subject", "proficiency_level", "years_experience"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("subject")


class LanguageInline(OnRecordInline):
    model = TutorLanguage
    fields = readonly_fields = ["code", "level"]


class CertificationInline(OnRecordInline):
    """With the scans that were sent, which admins may fetch."""

    model = TutorCertification
    fields = readonly_fields = ["title", "issuer", "year", "scan", "revision"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("revision")

    @admin.display(description="scan")
    def scan(self, row: TutorCertification) -> str:
        return f"/api/tutors/certifications/{row.pk}/file" if row.file else "none"


class EducationInline(OnRecordInline):
    """With the scans that were sent, which admins may fetch."""

    model = TutorEducation
    fields = readonly_fields = ["degree", "institution", "year", "scan", "revision"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("revision")

    @admin.display(description="scan")
    def scan(self, row: TutorEducation) -> str:
        return f"/api/tutors/education/{row.pk}/file" if row.file else "none"


class DocumentInline(OnRecordInline):
    """Documents of verification, which admins may fetch: their look is audited."""

    model = VerificationDocument
    fields = readonly_fields = ["kind", "name", "size", "created_at", "document"]

    @admin.display(description="document")
    def document(self, row: VerificationDocument) -> str:
        return f"/api/mentors/verification/documents/{row.pk}"


class ApplicationInline(OnRecordInline):
    """What the form of an application asked beside the profile."""

    model = MentorApplication
    fields = readonly_fields = ["created_at", "answers", "agreed_at"]


class HistoryInline(OnRecordInline):
    """Every move through approval, never changed."""

    model = TutorEvent
    verbose_name_plural = "history"
    fields = readonly_fields = ["created_at", "event", "status", "actor", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("actor")


@admin.register(TutorProfile)
class TutorProfileAdmin(ReadOnlyAdmin):
    list_display = ["person", "title", "shown_status", "submitted_at", "is_listed", "average_rating", "created_at"]
    list_select_related = ["user"]
    list_filter = ["status", "is_listed", "accepts_bookings", "submitted_at", "created_at"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "title", "=id"]
    search_help_text = "Part of an address, a name or a title, or a whole number."
    actions = ["approve", "reject", "request_changes", "suspend", "reinstate"]
    inlines = [
        *(SubjectInline, LanguageInline, CertificationInline, EducationInline),
        *(DocumentInline, ApplicationInline, HistoryInline),
    ]
    fieldsets = [
        (
            "Approval",
            {
                "fields": [
                    ("user", "status"),
                    ("submitted_at", "submissions"),
                    ("decided_at", "rejection_reason"),
                    "requested_changes",
                    ("is_listed", "accepts_bookings"),
                    ("suspended_until", "status_before_suspension"),
                ]
            },
        ),
        ("What students read", {"fields": ["title", "headline", "bio", "description", "teaching_philosophy"]}),
        (None, {"fields": [("hourly_rate", "currency"), "experience_years", "video_url", "photo_address"]}),
        (
            "Figures",
            {"fields": [("average_rating", "total_reviews"), ("ranking_score", "total_sessions"), "version"]},
        ),
        ("Record", {"fields": [("created_at", "updated_at")]}),
    ]

    def name_of(self, obj: TutorProfile) -> str:
        return f"{obj.user.display_name} ({obj.user.email})"

    @display(description="tutor", ordering="user__email")
    def person(self, profile: TutorProfile) -> str:
        return self.name_of(profile)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, profile: TutorProfile) -> tuple[str, str]:
        return profile.status, profile.get_status_display()

    @admin.display(description="photo")
    def photo_address(self, profile: TutorProfile) -> str:
        return avatar_url(profile.photo.name or profile.user.avatar.name or "")

    @admin.action(description="Approve", permissions=["moderate"])
    def approve(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile) -> None:
            approval.approve(profile.pk, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed)

    @admin.action(description="Reject", permissions=["moderate"])
    def reject(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile, *, reason: str) -> None:
            approval.reject(profile.pk, actor=request.user, reason=reason, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=WithReasonForTutor)

    @admin.action(description="Ask for changes", permissions=["moderate"])
    def request_changes(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile, *, reason: str, fields_meant: list[str]) -> None:
            now = timezone.now()
            approval.request_changes(profile.pk, actor=request.user, reason=reason, fields=fields_meant, now=now)

        return moderate(self, request, queryset, deed, form_class=RequestedChanges)

    @admin.action(description="Suspend", permissions=["moderate"])
    def suspend(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile, *, reason: str, until: datetime | None) -> None:
            moderation.suspend_tutor(profile.user_id, actor=request.user, reason=reason, until=until)

        return moderate(self, request, queryset, deed, form_class=Suspension)

    @admin.action(description="Reinstate", permissions=["moderate"])
    def reinstate(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile, *, reason: str) -> None:
            moderation.reinstate_tutor(profile.user_id, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)


REVISION_COLOURS = {
    RevisionState.PENDING: "warning",
    RevisionState.APPROVED: "success",
    RevisionState.REJECTED: "danger",
}


@admin.register(TutorRevision)
class TutorRevisionAdmin(ReadOnlyAdmin):
    """Changes of approved profiles: beside the new words stand the approved ones."""

    list_display = ["person", "shown_state", "shown_parts", "submitted_at", "decided_at"]
    list_select_related = ["tutor__user"]
    list_filter = ["state", "submitted_at"]
    search_fields = ["tutor__user__email", "tutor__user__first_name", "tutor__user__last_name", "=id"]
    search_help_text = "Part of an address or a name, or a whole number."
    actions = ["approve_changes", "reject_changes"]
    inlines = [CertificationInline, EducationInline]
    fieldsets = [
        (None, {"fields": [("tutor", "state"), ("submitted_at", "decided_at"), ("decided_by", "reason")]}),
        ("New", {"fields": ["new_words", "lists"]}),
        ("Approved now", {"fields": ["approved_words"]}),
    ]

    def name_of(self, obj: TutorRevision) -> str:
        return f"{obj.tutor.user.display_name} ({obj.tutor.user.email})"

    @display(description="tutor", ordering="tutor__user__email")
    def person(self, revision: TutorRevision) -> str:
        return self.name_of(revision)

    @display(description="state", ordering="state", label=REVISION_COLOURS)
    def shown_state(self, revision: TutorRevision) -> tuple[str, str]:
        return revision.state, revision.get_state_display()

    @admin.display(description="parts")
    def shown_parts(self, revision: TutorRevision) -> str:
        return ", ".join(revision.parts)

    @admin.display(description="words")
    def new_words(self, revision: TutorRevision) -> str:
        return _in_lines(revision.words)

    @admin.display(description="words")
    def approved_words(self, revision: TutorRevision) -> str:
        return _in_lines({name: getattr(revision.tutor, name) for name in revision.words})

    @admin.action(description="Approve", permissions=["moderate"])
    def approve_changes(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(revision: TutorRevision) -> None:
            revisions.approve(revision.pk, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed)

    @admin.action(description="Reject", permissions=["moderate"])
    def reject_changes(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(revision: TutorRevision, *, reason: str) -> None:
            revisions.reject(revision.pk, actor=request.user, reason=reason, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=WithReasonForTutor)


def _in_lines(words: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in words.items()) or "none"
