"""Packages in the back office: looked at with their ledgers, and moderated through `bookings.services`."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from accounts.requests import BackOfficeRequest
from bookings.models import CreditEntry, Package, PackagePurchase, PurchaseStatus
from bookings.services import offers, purchases, refunds
from common.back_office import OnRecordInline, ReadOnlyAdmin, WithReason, moderate, offered_if

STATUS_COLOURS = {
    PurchaseStatus.PENDING: "info",
    PurchaseStatus.ACTIVE: "success",
    PurchaseStatus.EXPIRED: "warning",
    PurchaseStatus.REFUNDED: "danger",
    PurchaseStatus.CANCELLED: "danger",
}
MOST_ADJUSTED = 100


class Adjustment(WithReason):
    change = forms.IntegerField(
        min_value=-MOST_ADJUSTED,
        max_value=MOST_ADJUSTED,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Credits to give; less than zero takes them away.",
    )

    def clean_change(self) -> int:
        if not self.cleaned_data["change"]:
            raise forms.ValidationError("Give or take at least one.")
        return self.cleaned_data["change"]


class Refund(WithReason):
    cause = forms.ChoiceField(
        choices=refunds.Cause.choices,
        widget=UnfoldAdminSelectWidget,
        help_text="The tutor's account: each unused credit at what was paid for it. The student's: all within 14 days "
        "if none was used, else less the used ones at their single price.",
    )


class LedgerInline(OnRecordInline):
    """Every line, never changed."""

    model = CreditEntry
    fields = readonly_fields = ["created_at", "kind", "change", "booking", "actor", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("booking", "actor")


@admin.register(Package)
class PackageAdmin(ReadOnlyAdmin):
    list_display = ["name", "tutor_address", "session_count", "price", "currency", "duration_minutes", "is_active"]
    list_select_related = ["tutor__user"]
    list_filter = ["is_active", "created_at", "subject"]
    search_fields = ["name", "tutor__user__email", "=id"]
    search_help_text = "Part of a name or of the tutor's address, or a whole number."
    parties = ("tutor.user_id",)
    actions = ["withdraw", "offer_again"]

    @display(description="tutor", ordering="tutor__user__email")
    def tutor_address(self, package: Package) -> str:
        return package.tutor.user.email

    @offered_if(lambda package: package.is_active)
    @admin.action(description="Sell it no more", permissions=["moderate"])
    def withdraw(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(package: Package) -> None:
            offers.withdraw_offer(package.pk, actor=request.user)

        return moderate(self, request, queryset, deed)

    @offered_if(lambda package: not package.is_active)
    @admin.action(description="Sell it again", permissions=["moderate"])
    def offer_again(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(package: Package) -> None:
            offers.update_offer(package.pk, {"is_active": True}, actor=request.user)

        return moderate(self, request, queryset, deed)


@admin.register(PackagePurchase)
class PackagePurchaseAdmin(ReadOnlyAdmin):
    list_display = ["name", "student", "tutor_address", "shown_status", "credits", "price", "currency", "expires_at"]
    list_select_related = ["student", "tutor__user"]
    list_filter = ["status", "provider", "purchased_at", "expires_at"]
    search_fields = ["name", "student__email", "tutor__user__email", "=id"]
    search_help_text = "Part of a name or of somebody's address, or a whole number."
    parties = ("student_id", "tutor.user_id")
    actions = ["complete", "adjust", "refund"]
    inlines = [LedgerInline]

    @display(description="tutor", ordering="tutor__user__email")
    def tutor_address(self, purchase: PackagePurchase) -> str:
        return purchase.tutor.user.email

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, purchase: PackagePurchase) -> tuple[str, str]:
        return purchase.status, purchase.get_status_display()

    @display(description="credits", ordering="available")
    def credits(self, purchase: PackagePurchase) -> str:
        return f"{purchase.available} of {purchase.session_count}"

    @offered_if(lambda purchase: purchase.status == PurchaseStatus.PENDING)
    @admin.action(description="Confirm that it is paid", permissions=["moderate"])
    def complete(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(purchase: PackagePurchase) -> None:
            purchases.complete_purchase(purchase.pk, actor=request.user)

        return moderate(self, request, queryset, deed)

    @offered_if(lambda purchase: purchase.status == PurchaseStatus.ACTIVE)
    @admin.action(description="Give or take credits", permissions=["moderate"])
    def adjust(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(purchase: PackagePurchase, *, change: int, reason: str) -> None:
            purchases.adjust_credits(purchase.pk, change, reason=reason, actor=request.user)

        return moderate(self, request, queryset, deed, form_class=Adjustment)

    @offered_if(lambda purchase: purchase.status == PurchaseStatus.ACTIVE)
    @admin.action(description="Refund the unused credits", permissions=["moderate"])
    def refund(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(purchase: PackagePurchase, *, cause: str, reason: str) -> None:
            refunds.refund_unused(purchase.pk, cause=cause, reason=reason, actor=request.user)

        return moderate(self, request, queryset, deed, form_class=Refund)
