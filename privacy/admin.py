"""The register of erasures, and exports, in the back office."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import display

from accounts.requests import BackOfficeRequest
from common.back_office import OnRecordInline, ReadOnlyAdmin, moderate, offered_if
from privacy.models import DataExport, Erasure, ErasurePart, ErasureState, PartState
from privacy.models.erasure import OPEN
from privacy.services import erasing

STATE_COLOURS = {
    ErasureState.BLOCKED: "warning",
    ErasureState.PARTIAL: "danger",
    ErasureState.RUNNING: "info",
    ErasureState.DONE: "success",
}
PART_COLOURS = {PartState.FAILED: "danger", PartState.DONE: "success"}


class OverdueFilter(admin.SimpleListFilter):
    title = "what to look at"
    parameter_name = "look_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "Overdue"), ("partial", "Not finished"), ("open", "Open")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "overdue":
            return queryset.filter(pk__in=Erasure.objects.overdue(timezone.now()))
        if self.value() == "partial":
            return queryset.filter(state=ErasureState.PARTIAL)
        return queryset.filter(pk__in=Erasure.objects.open()) if self.value() == "open" else queryset


class PartInline(OnRecordInline):
    model = ErasurePart
    fields = readonly_fields = ["category", "shown_state", "evidence", "failure", "finished_at"]

    @display(description="state", label=PART_COLOURS)
    def shown_state(self, part: ErasurePart) -> tuple[str, str]:
        return part.state, part.get_state_display()


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Who asked to be erased, until when it has to be done, and what was done."""

    list_display = ["id", "user_id", "origin", "shown_state", "requested_at", "due_at", "is_overdue", "finished_at"]
    list_filter = [OverdueFilter, "state", "origin", "requested_at"]
    search_fields = ["=user__id"]
    search_help_text = "The whole number of an account."
    inlines = [PartInline]
    parties = ("user_id",)
    actions = ["go_on"]

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def shown_state(self, erasure: Erasure) -> tuple[str, str]:
        return erasure.state, erasure.get_state_display()

    @display(description="overdue", boolean=True)
    def is_overdue(self, erasure: Erasure) -> bool:
        return erasure.finished_at is None and erasure.due_at <= timezone.now()

    @offered_if(lambda erasure: erasure.state in OPEN and erasure.begins_at <= timezone.now())
    @admin.action(description="Go on with it now", permissions=["moderate"])
    def go_on(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(erasure: Erasure) -> None:
            erasing.advance(erasure.pk, now=timezone.now(), actor=request.user)

        return moderate(self, request, queryset, deed)


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    """Who asked for a copy of their data. What is in it only they can fetch."""

    list_display = ["id", "user", "state", "attempts", "size", "created_at", "ready_at", "expires_at", "fetched_at"]
    list_select_related = ["user"]
    list_filter = ["state", "created_at"]
    search_fields = ["user__email", "outcome"]
    exclude = ["file"]
