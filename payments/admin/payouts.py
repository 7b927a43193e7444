"""What tutors have earned, where it is sent, and payouts, in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from accounts.models import TutorStatus
from accounts.requests import BackOfficeRequest
from common.back_office import BackOfficeAdmin, OnRecordInline, ReadOnlyAdmin, WithReason, moderate, offered_if
from common.errors import Conflict
from payments.admin.money import Totals, in_words
from payments.models import Earning, EarningStatus, Payout, PayoutAccount, PayoutStatus, ProviderCall, Reversal
from payments.services import payout_accounts, payouts

STATUS_COLOURS = {
    PayoutStatus.SCHEDULED: "info",
    PayoutStatus.PROCESSING: "info",
    PayoutStatus.ON_HOLD: "warning",
    PayoutStatus.PAID: "success",
    PayoutStatus.FAILED: "danger",
    PayoutStatus.RETURNED: "danger",
}
EARNING_COLOURS = {
    EarningStatus.PENDING: "info",
    EarningStatus.AVAILABLE: "info",
    EarningStatus.IN_PAYOUT: "warning",
    EarningStatus.PAID: "success",
}
OF_A_TUTOR = ["tutor__user__email", "=tutor__id"]


class LineInline(OnRecordInline):
    """What it consists of; of one that is paid, the statement is what counts."""

    model = Earning
    verbose_name_plural = "lines"
    fields = readonly_fields = ["source", "description", "gross", "commission", "net", "status", "is_frozen", "payment"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("payment")


class ReversalInline(OnRecordInline):
    """What refunds have taken back of it since it was paid, or were to."""

    model = Reversal
    fields = readonly_fields = ["earning", "amount", "status", "failure", "provider_id", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("earning")


class CallInline(OnRecordInline):
    """What the provider is or was to do."""

    model = ProviderCall
    fields = readonly_fields = ["kind", "key", "state", "outcome", "attempts", "due_at"]


def _can_be_let_go(payout: Payout) -> bool:
    """Not while a lesson of it is disputed."""
    return payout.can_become(PayoutStatus.SCHEDULED) and not payout.lines.filter(is_frozen=True).exists()


@admin.register(Payout)
class PayoutAdmin(Totals, ReadOnlyAdmin):
    list_display = ["id", "tutor_address", "sum", "shown_status", "period_end", "hold_reason", "paid_at", "created_at"]
    list_select_related = ["tutor__user"]
    list_filter = ["status", "currency", "provider", "created_at"]
    search_fields = [*OF_A_TUTOR, "=provider_id", "=id"]
    search_help_text = "Part of the tutor's address, the provider's id of it, or a payout's or a tutor's number."
    summed = {"payouts": "amount"}
    inlines = [LineInline, ReversalInline, CallInline]
    parties = ("tutor.user_id",)
    actions = ["hold_payout", "let_go_payout", "call_off_payout"]

    @display(description="tutor", ordering="tutor__user__email")
    def tutor_address(self, payout: Payout) -> str:
        return payout.tutor.user.email

    @display(description="amount", ordering="amount")
    def sum(self, payout: Payout) -> str:
        return in_words(payout.amount, payout.currency)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, payout: Payout) -> tuple[str, str]:
        return payout.status, payout.get_status_display()

    @offered_if(lambda payout: payout.can_become(PayoutStatus.ON_HOLD))
    @admin.action(description="Hold", permissions=["moderate"])
    def hold_payout(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(payout: Payout, *, reason: str) -> None:
            payouts.hold(payout.pk, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(_can_be_let_go)
    @admin.action(description="Let go", permissions=["moderate"])
    def let_go_payout(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(payout: Payout, *, reason: str) -> None:
            payouts.let_go(payout.pk, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(lambda payout: payout.status in (PayoutStatus.SCHEDULED, PayoutStatus.ON_HOLD))
    @admin.action(description="Call off", permissions=["moderate"])
    def call_off_payout(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(payout: Payout, *, reason: str) -> None:
            payouts.call_off(payout.pk, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)


@admin.register(PayoutAccount)
class PayoutAccountAdmin(BackOfficeAdmin):
    list_display = ["tutor", "tutor_address", "provider", "provider_id", "is_enabled", "updated_at"]
    list_select_related = ["tutor__user"]
    list_filter = ["is_enabled", "provider", "created_at"]
    search_fields = [*OF_A_TUTOR, "=provider_id"]
    search_help_text = "Part of the tutor's address, the tutor's number, or the account's id."
    fields = ["tutor", "provider", "provider_id", "is_enabled"]
    readonly_fields = ["provider", "is_enabled"]
    autocomplete_fields = ["tutor"]
    parties = ("tutor.user_id",)
    actions = ["run_payouts", "enable_account", "disable_account"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["tutor", *self.readonly_fields] if obj else list(self.readonly_fields)

    def save_model(self, request: BackOfficeRequest, obj: PayoutAccount, form: forms.ModelForm, change: bool) -> None:
        obj.pk = payout_accounts.enter(obj.tutor_id, form.cleaned_data["provider_id"], actor=request.user).pk

    def name_of(self, obj: Any) -> str:
        return f"{obj}, {obj.provider_id}"

    @display(description="address", ordering="tutor__user__email")
    def tutor_address(self, account: PayoutAccount) -> str:
        return account.tutor.user.email

    @offered_if(lambda account: account.is_enabled and account.tutor.status != TutorStatus.SUSPENDED)
    @admin.action(description="Pay out what is available", permissions=["moderate"])
    def run_payouts(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(account: PayoutAccount) -> None:
            if not payouts.run_payouts(actor=request.user, tutor_id=account.tutor_id):
                raise Conflict("There is nothing to pay out now.")

        return moderate(self, request, queryset, deed)

    @offered_if(lambda account: not account.is_enabled)
    @admin.action(description="Enable", permissions=["moderate"])
    def enable_account(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(account: PayoutAccount, *, reason: str) -> None:
            payout_accounts.enable(account.pk, is_enabled=True, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(lambda account: account.is_enabled)
    @admin.action(description="Disable", permissions=["moderate"])
    def disable_account(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(account: PayoutAccount, *, reason: str) -> None:
            payout_accounts.enable(account.pk, is_enabled=False, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)


@admin.register(Earning)
class EarningAdmin(Totals, ReadOnlyAdmin):
    list_display = ["id", "tutor_address", "source", "kind", "share", "shown_status", "is_frozen", "available_at"]
    list_select_related = ["tutor__user"]
    list_filter = ["status", "kind", "is_frozen", "currency", "available_at"]
    search_fields = [*OF_A_TUTOR, "=source", "=payment__id"]
    search_help_text = "Part of the tutor's address, what earned it (booking:12), or a tutor's or payment's number."
    summed = {"gross": "gross", "commission": "commission", "net": "net"}

    @display(description="tutor", ordering="tutor__user__email")
    def tutor_address(self, earning: Earning) -> str:
        return earning.tutor.user.email

    @display(description="net", ordering="net")
    def share(self, earning: Earning) -> str:
        return in_words(earning.net, earning.currency)

    @display(description="status", ordering="status", label=EARNING_COLOURS)
    def shown_status(self, earning: Earning) -> tuple[str, str]:
        return earning.status, earning.get_status_display()
