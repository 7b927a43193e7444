"""What admins give tutors beyond lessons: proposed here, and above the limit approved by a second admin (R-PO-5)."""

from collections.abc import Callable

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from accounts.requests import BackOfficeRequest
from common.back_office import BackOfficeAdmin, WithReason, moderate, offered_if
from payments.admin.money import Totals, in_words
from payments.models import Adjustment, AdjustmentStatus
from payments.services import adjustments

STATUS_COLOURS = {
    AdjustmentStatus.PENDING: "info",
    AdjustmentStatus.APPROVED: "success",
    AdjustmentStatus.REJECTED: "danger",
}
TO_ENTER = ["tutor", "amount", "currency", "reason"]


def _waits(adjustment: Adjustment) -> bool:
    return adjustment.status == AdjustmentStatus.PENDING


@admin.register(Adjustment)
class AdjustmentAdmin(Totals, BackOfficeAdmin):
    list_display = ["id", "tutor_address", "sum", "reason", "shown_status", "requested_by", "approved_by", "created_at"]
    list_select_related = ["tutor__user", "requested_by", "approved_by"]
    list_filter = ["status", "needs_approval", "currency", "created_at"]
    search_fields = ["tutor__user__email", "reason", "=tutor__id", "=id"]
    search_help_text = "Part of the tutor's address or of the reason, or a whole number."
    autocomplete_fields = ["tutor"]
    summed = {"adjustments": "amount"}
    actions = ["approve_adjustment", "reject_adjustment"]
    parties = ("tutor.user_id",)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        more = ["status", "needs_approval", "requested_by", "approved_by", "decided_at", "earning"] if obj else []
        return [*TO_ENTER, *more]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def is_possible(self, request: HttpRequest, action: Callable[..., object], obj: Adjustment) -> bool:
        """Who proposed it may take it back, but not approve it."""
        is_second = action is not type(self).approve_adjustment or obj.requested_by_id != request.user.pk
        return is_second and super().is_possible(request, action, obj)

    def save_model(self, request: BackOfficeRequest, obj: Adjustment, form: forms.ModelForm, change: bool) -> None:
        entered = {name: form.cleaned_data[name] for name in ("amount", "currency", "reason")}
        obj.pk = adjustments.propose(obj.tutor_id, **entered, actor=request.user).pk

    @display(description="tutor", ordering="tutor__user__email")
    def tutor_address(self, adjustment: Adjustment) -> str:
        return adjustment.tutor.user.email

    @display(description="amount", ordering="amount")
    def sum(self, adjustment: Adjustment) -> str:
        return in_words(adjustment.amount, adjustment.currency)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, adjustment: Adjustment) -> tuple[str, str]:
        return adjustment.status, adjustment.get_status_display()

    @offered_if(_waits)
    @admin.action(description="Approve", permissions=["moderate"])
    def approve_adjustment(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(adjustment: Adjustment, *, reason: str) -> None:
            adjustments.approve(adjustment.pk, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(_waits)
    @admin.action(description="Reject", permissions=["moderate"])
    def reject_adjustment(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(adjustment: Adjustment, *, reason: str) -> None:
            adjustments.reject(adjustment.pk, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)
