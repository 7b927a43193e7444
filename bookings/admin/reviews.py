"""Reviews in the back office: hidden with a reason, never deleted; what was reported stands in a queue."""

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import display

from accounts.requests import BackOfficeRequest
from bookings.models import Review, ReviewEdit, ReviewReport, ReviewState
from bookings.services import review_moderation
from common.back_office import DECIDED_WITHIN, OnRecordInline, ReadOnlyAdmin, WithReason, moderate, offered_if

STATE_COLOURS = {ReviewState.PUBLISHED: "success", ReviewState.HIDDEN: "danger"}
REPORT_COLOURS = {"open": "info", "overdue": "danger", "kept": "success", "hidden": "warning"}


class EditInline(OnRecordInline):
    model = ReviewEdit
    verbose_name_plural = "what it said before"
    fields = readonly_fields = ["replaced_at", "rating", "comment"]


class ReportInline(OnRecordInline):
    model = ReviewReport
    fields = readonly_fields = ["created_at", "reporter", "reason", "state"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("reporter")


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ["id", "student", "tutor_address", "rating", "kind", "shown_state", "hidden_rule", "created_at"]
    list_select_related = ["student", "tutor__user"]
    list_filter = ["state", "hidden_rule", "kind", "rating", "reports__state", "created_at"]
    search_fields = ["comment", "student__email", "tutor__user__email", "=id"]
    search_help_text = "Words of it, part of somebody's address, or a whole number."
    parties = ("student_id", "tutor.user_id")
    actions = ["hide", "show", "keep"]
    inlines = [ReportInline, EditInline]

    @display(description="tutor", ordering="tutor__user__email")
    def tutor_address(self, review: Review) -> str:
        return review.tutor.user.email

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def shown_state(self, review: Review) -> tuple[str, str]:
        return review.state, review.get_state_display()

    @offered_if(lambda review: review.state == ReviewState.PUBLISHED or review.hidden_rule)
    @admin.action(description="Hide the review", permissions=["moderate"])
    def hide(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(review: Review, *, reason: str) -> None:
            review_moderation.hide(review.pk, reason=reason, actor=request.user)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(lambda review: review.state == ReviewState.HIDDEN)
    @admin.action(description="Show the review again", permissions=["moderate"])
    def show(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(review: Review) -> None:
            review_moderation.show(review.pk, actor=request.user)

        return moderate(self, request, queryset, deed)

    @offered_if(lambda review: review.reports.filter(state=ReviewReport.State.OPEN).exists())
    @admin.action(description="Keep the review that was reported", permissions=["moderate"])
    def keep(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(review: Review) -> None:
            review_moderation.keep(review.pk, actor=request.user)

        return moderate(self, request, queryset, deed)


@admin.register(ReviewReport)
class ReviewReportAdmin(ReadOnlyAdmin):
    """The queue: what a rule has hidden first, then the oldest, to be decided within 72 hours."""

    list_display = ["created_at", "review", "comment", "hidden_rule", "reason", "reporter", "shown_state"]
    list_select_related = ["review__tutor", "reporter"]
    list_filter = ["state", "review__hidden_rule", "created_at"]
    ordering = [Case(When(Q(review__hidden_rule__isnull=False), state="open", then=0), default=1), "created_at", "id"]
    search_fields = ["reason", "review__comment", "reporter__email", "=review__id"]
    search_help_text = "Words of the report or the review, part of the reporter's address, or the review's number."
    parties = ("reporter_id", "review.student_id", "review.tutor.user_id")
    actions = ["hide_review", "keep_review"]

    @display(description="review says")
    def comment(self, report: ReviewReport) -> str:
        return report.review.comment[:200]

    @display(description="hidden by rule")
    def hidden_rule(self, report: ReviewReport) -> str | None:
        return report.review.get_hidden_rule_display()

    @display(description="state", ordering="state", label=REPORT_COLOURS)
    def shown_state(self, report: ReviewReport) -> tuple[str, str]:
        if report.state == ReviewReport.State.OPEN and timezone.now() > report.created_at + DECIDED_WITHIN:
            return "overdue", "Open, overdue"
        return report.state, report.get_state_display()

    @offered_if(lambda report: report.review.state == ReviewState.PUBLISHED or report.review.hidden_rule)
    @admin.action(description="Hide the review", permissions=["moderate"])
    def hide_review(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(report: ReviewReport, *, reason: str) -> None:
            review_moderation.hide(report.review_id, reason=reason, actor=request.user)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(lambda report: report.state == ReviewReport.State.OPEN)
    @admin.action(description="Keep the review", permissions=["moderate"])
    def keep_review(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(report: ReviewReport) -> None:
            review_moderation.keep(report.review_id, actor=request.user)

        return moderate(self, request, queryset, deed)
