"""What moderators decide about sessions, and think of them."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.requests import BackOfficeRequest
from common.back_office import Confirmation, ReadOnlyAdmin, moderate, offered_if
from sessions_app.models import (
    UNDECIDED,
    ConflictOutcome,
    ConflictReport,
    ConflictState,
    QualityOutcome,
    QualityReview,
)
from sessions_app.services import conflicts

CONFLICT_COLOURS = {
    ConflictState.OPEN: "info",
    ConflictState.UNDER_REVIEW: "warning",
    ConflictState.RESOLVED: "success",
    ConflictState.DISMISSED: "success",
    "overdue": "danger",
}


class WithNote(Confirmation):
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Told to the reporter.",
    )


class WithOutcome(WithNote):
    outcome = forms.ChoiceField(
        choices=ConflictOutcome.choices, widget=UnfoldAdminSelectWidget, help_text="Told to both sides."
    )


QUALITY_COLOURS = {
    QualityOutcome.COMMENDED: "success",
    QualityOutcome.ACCEPTED: "info",
    QualityOutcome.NEEDS_IMPROVEMENT: "warning",
    QualityOutcome.FOLLOW_UP: "danger",
}


@admin.register(QualityReview)
class QualityReviewAdmin(ReadOnlyAdmin):
    """How good admins think sessions were. Written through the sessions' page."""

    list_display = ["session", "reviewer", "score", "shown_outcome", "created_at", "updated_at"]
    list_select_related = ["session", "reviewer"]
    list_filter = ["outcome", "score", "created_at"]
    search_fields = ["session__title", "reviewer__email", "notes", "=session__id"]
    fields = readonly_fields = ["session", "reviewer", "score", "outcome", "notes", "created_at", "updated_at"]

    @display(description="outcome", ordering="outcome", label=QUALITY_COLOURS)
    def shown_outcome(self, review: QualityReview) -> tuple[str, str]:
        return review.outcome, review.get_outcome_display()


@admin.register(ConflictReport)
class ConflictReportAdmin(ReadOnlyAdmin):
    """Reports of conflicts in sessions. Oldest first, to be decided within 72 hours. Whoever is reported learns the
    outcome only.
    """

    list_display = ["created_at", "kind", "session", "reporter", "reported", "shown_state"]
    list_select_related = ["session", "reporter", "reported"]
    list_filter = ["state", "kind", "outcome", "created_at"]
    search_fields = ["description", "session__title", "reporter__email", "reported__email", "=session__id"]
    search_help_text = "Words of the report or of the title, part of an address, or the session's number."
    fields = readonly_fields = [
        *("created_at", "kind", "session", "reporter", "reported", "description"),
        *("state", "outcome", "resolution_note", "reviewer", "decided_at"),
    ]
    parties = ("reporter_id", "reported_id", "session.creator_id")
    actions = ["take_up_conflict", "resolve_conflict", "dismiss_conflict"]

    @display(description="state", ordering="state", label=CONFLICT_COLOURS)
    def shown_state(self, report: ConflictReport) -> tuple[str, str]:
        if report.state in UNDECIDED and timezone.now() > report.created_at + conflicts.TARGET:
            return "overdue", f"{report.get_state_display()}, overdue"
        return report.state, report.get_state_display()

    @offered_if(lambda report: report.can_become(ConflictState.UNDER_REVIEW))
    @admin.action(description="Look into the report", permissions=["moderate"])
    def take_up_conflict(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(report: ConflictReport) -> None:
            conflicts.take_up(report.pk, actor=request.user)

        return moderate(self, request, queryset, deed)

    @offered_if(lambda report: report.can_become(ConflictState.RESOLVED))
    @admin.action(description="Resolve the report and tell both sides the outcome", permissions=["moderate"])
    def resolve_conflict(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(report: ConflictReport, *, outcome: str, note: str) -> None:
            conflicts.resolve(report.pk, outcome=outcome, note=note, actor=request.user)

        return moderate(self, request, queryset, deed, form_class=WithOutcome)

    @offered_if(lambda report: report.can_become(ConflictState.DISMISSED))
    @admin.action(description="Dismiss the report and tell its reporter", permissions=["moderate"])
    def dismiss_conflict(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(report: ConflictReport, *, note: str) -> None:
            conflicts.dismiss(report.pk, note=note, actor=request.user)

        return moderate(self, request, queryset, deed, form_class=WithNote)
