"""Tutors in the back office: looked at with all that their profile has, and decided on through the services."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextareaWidget

from accounts.admin.staff import OfAnAccount
from accounts.models import (
    MentorApplication,
    TutorCertification,
    TutorEducation,
    TutorEvent,
    TutorLanguage,
    TutorProfile,
    TutorStatus,
    TutorSubject,
    User,
    VerificationDocument,
)
from accounts.presenters.avatars import avatar_url
from accounts.requests import BackOfficeRequest
from accounts.services import approval, credentials, moderation, verification
from accounts.views.tutors import download
from common.back_office import Confirmation, OnRecordInline, ReadOnlyAdmin, WithReason, moderate, offered_if
from common.errors import NotFound
from common.files import StorageUnavailable
from common.filters import LARGEST_ID

STATUS_COLOURS = {
    TutorStatus.APPROVED: "success",
    TutorStatus.PENDING_APPROVAL: "warning",
    TutorStatus.REJECTED: "danger",
    TutorStatus.CHANGES_REQUESTED: "warning",
    TutorStatus.SUSPENDED: "danger",
}


# How each kind of file is found by whoever may fetch it.
SCANS: Mapping[str, Callable[[int, User], Any]] = {
    "document": verification.find_document,
    "certification": credentials.find_certification,
    "degree": credentials.find_education,
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
    heir = forms.CharField(
        max_length=254,
        required=False,
        widget=UnfoldAdminEmailInputWidget,
        label="lessons go to",
        help_text="The address of another tutor, who has agreed: confirmed lessons that they teach and have time for "
        "are theirs instead of being cancelled, but for those paid by a credit.",
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
    """With the scans that were sent."""

    model = TutorCertification
    fields = readonly_fields = ["title", "issuer", "year", "scan", "revision"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("revision")

    @admin.display(description="scan")
    def scan(self, row: TutorCertification) -> str:
        return _scan_link("certification", row.pk) if row.file else "none"


class EducationInline(OnRecordInline):
    """With the scans that were sent."""

    model = TutorEducation
    fields = readonly_fields = ["degree", "institution", "year", "scan", "revision"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("revision")

    @admin.display(description="scan")
    def scan(self, row: TutorEducation) -> str:
        return _scan_link("degree", row.pk) if row.file else "none"


class DocumentInline(OnRecordInline):
    """Documents of verification: who looks at one is audited."""

    model = VerificationDocument
    fields = readonly_fields = ["kind", "name", "size", "created_at", "document"]

    @admin.display(description="document")
    def document(self, row: VerificationDocument) -> str:
        return _scan_link("document", row.pk)


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


def _waits(profile: TutorProfile) -> bool:
    return profile.status == TutorStatus.PENDING_APPROVAL and profile.user.deleted_at is None


@admin.register(TutorProfile)
class TutorProfileAdmin(OfAnAccount, ReadOnlyAdmin):
    account = "user"
    parties = ("user_id",)
    list_display = ["person", "title", "shown_status", "submitted_at", "is_listed", "average_rating", "created_at"]
    list_select_related = ["user"]
    list_filter = [
        *("status", "is_listed", "accepts_bookings", "submitted_at", "created_at"),
        ("user__deleted_at", admin.EmptyFieldListFilter),
    ]
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

    def get_urls(self) -> list[URLPattern]:
        here = self.admin_site.admin_view(self.scan_view)
        return [path("scan/<slug:kind>/<int:pk>/", here, name="accounts_tutorprofile_scan"), *super().get_urls()]

    def scan_view(self, request: BackOfficeRequest, kind: str, pk: int) -> HttpResponse:
        """A file that a tutor sent, as a download, for whoever decides about tutors."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        if kind not in SCANS or pk > LARGEST_ID:
            raise Http404
        try:
            with request.user.deputised():
                return download(SCANS[kind](pk, request.user))
        except NotFound as error:
            raise Http404 from error
        except StorageUnavailable as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:accounts_tutorprofile_changelist"))

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

    @offered_if(_waits)
    @admin.action(description="Approve", permissions=["moderate"])
    def approve(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile) -> None:
            approval.approve(profile.pk, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed)

    @offered_if(_waits)
    @admin.action(description="Reject", permissions=["moderate"])
    def reject(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile, *, reason: str) -> None:
            approval.reject(profile.pk, actor=request.user, reason=reason, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=WithReasonForTutor)

    @offered_if(_waits)
    @admin.action(description="Ask for changes", permissions=["moderate"])
    def request_changes(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile, *, reason: str, fields_meant: list[str]) -> None:
            now = timezone.now()
            approval.request_changes(profile.pk, actor=request.user, reason=reason, fields=fields_meant, now=now)

        return moderate(self, request, queryset, deed, form_class=RequestedChanges)

    @offered_if(lambda profile: profile.can_become(TutorStatus.SUSPENDED))
    @admin.action(description="Suspend", permissions=["moderate"])
    def suspend(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile, *, reason: str, until: datetime | None, heir: str) -> None:
            if not heir:
                moderation.suspend_tutor(profile.user_id, actor=request.user, reason=reason, until=until)
                return
            count = moderation.suspend_and_hand_over(
                profile.user_id, heir=heir, actor=request.user, reason=reason, until=until
            )
            self.message_user(request, f"{self.name_of(profile)}: {heir} gives {count} of the lessons to come.")

        return moderate(self, request, queryset, deed, form_class=Suspension)

    @offered_if(lambda profile: profile.status == TutorStatus.SUSPENDED)
    @admin.action(description="Reinstate", permissions=["moderate"])
    def reinstate(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(profile: TutorProfile, *, reason: str) -> None:
            moderation.reinstate_tutor(profile.user_id, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)


def _scan_link(kind: str, pk: int) -> SafeString:
    return format_html('<a href="{}">download</a>', reverse("admin:accounts_tutorprofile_scan", args=[kind, pk]))
