"""Payments and refunds in the back office."""

from decimal import Decimal

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from accounts.requests import BackOfficeRequest
from common.back_office import OnRecordInline, ReadOnlyAdmin, moderate, offered_if
from payments.admin.money import Amount, Totals, in_words
from payments.models import Dispute, Earning, Fee, Payment, PaymentStatus, Posting, ProviderCall, Refund, RefundStatus
from payments.services import refunding, refunds

STATUS_COLOURS = {
    PaymentStatus.REQUIRES_PAYMENT: "info",
    PaymentStatus.REQUIRES_ACTION: "info",
    PaymentStatus.PROCESSING: "info",
    PaymentStatus.AUTHORIZED: "info",
    PaymentStatus.SUCCEEDED: "success",
    PaymentStatus.FAILED: "danger",
    PaymentStatus.CANCELED: "danger",
    PaymentStatus.PARTIALLY_REFUNDED: "warning",
    PaymentStatus.REFUNDED: "warning",
}
REFUND_COLOURS = {RefundStatus.PENDING: "info", RefundStatus.SUCCEEDED: "success", RefundStatus.FAILED: "danger"}


class RefundInline(OnRecordInline):
    model = Refund
    fields = readonly_fields = ["created_at", "amount", "status", "basis", "reason", "actor", "failure"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("actor")


class DisputeInline(OnRecordInline):
    model = Dispute
    fields = readonly_fields = ["created_at", "kind", "status", "amount", "reason", "decision", "evidence_due_by"]


class EarningInline(OnRecordInline):
    """What of it the tutor earns."""

    model = Earning
    fields = readonly_fields = ["source", "kind", "gross", "commission", "net", "status", "is_frozen", "payout"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("payout")


class FeeInline(OnRecordInline):
    """What of it the provider has kept."""

    model = Fee
    fields = readonly_fields = ["created_at", "amount", "currency", "provider_id"]


class PostingInline(OnRecordInline):
    """What the ledger says of it."""

    model = Posting
    fields = readonly_fields = ["created_at", "kind", "key", "lines_in_words"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("lines")

    @display(description="lines")
    def lines_in_words(self, posting: Posting) -> str:
        return ", ".join(f"{line.account} {in_words(line.amount, line.currency)}" for line in posting.lines.all())


class CallInline(OnRecordInline):
    """What the provider is or was to do."""

    model = ProviderCall
    fk_name = "payment"
    fields = readonly_fields = ["kind", "key", "state", "outcome", "attempts", "due_at"]


@admin.register(Payment)
class PaymentAdmin(Totals, ReadOnlyAdmin):
    list_display = ["id", "payer", "tutor_address", "description", "sum", "shown_status", "given_back", "created_at"]
    list_select_related = ["payer", "tutor__user"]
    list_filter = ["status", "currency", "payable_kind", "provider", "created_at"]
    search_fields = ["payer__email", "tutor__user__email", "description", "=provider_id", "=id"]
    search_help_text = "Part of somebody's address or of what it is for, the provider's id of it, or a whole number."
    summed = {"taken": "captured_amount", "given back": "refunded_amount"}
    exclude = ["client_secret"]  # with it a browser pays
    inlines = [RefundInline, DisputeInline, EarningInline, FeeInline, CallInline, PostingInline]
    parties = ("payer_id", "tutor.user_id")
    actions = ["refund_payment"]

    @display(description="tutor", ordering="tutor__user__email")
    def tutor_address(self, payment: Payment) -> str:
        return payment.tutor.user.email

    @display(description="amount", ordering="amount")
    def sum(self, payment: Payment) -> str:
        return in_words(payment.amount, payment.currency)

    @display(description="given back", ordering="refunded_amount")
    def given_back(self, payment: Payment) -> str:
        return in_words(payment.refunded_amount, payment.currency)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, payment: Payment) -> tuple[str, str]:
        return payment.status, payment.get_status_display()

    @offered_if(lambda payment: bool(refunding.left_of(payment)))
    @admin.action(description="Give money back", permissions=["moderate"])
    def refund_payment(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(payment: Payment, *, reason: str, amount: Decimal | None) -> None:
            refunds.refund_payment(payment.pk, actor=request.user, amount=amount, reason=reason)

        return moderate(self, request, queryset, deed, form_class=Amount)


@admin.register(Fee)
class FeeAdmin(Totals, ReadOnlyAdmin):
    """What the provider has kept, in the currencies in which it settles."""

    list_display = ["id", "payment", "sum", "provider_id", "created_at"]
    list_select_related = ["payment"]
    list_filter = ["currency", "payment__provider", "created_at"]
    search_fields = ["=provider_id", "=payment__id"]
    search_help_text = "The provider's id of the movement, or a payment's number."
    summed = {"fees": "amount"}

    @display(description="amount", ordering="amount")
    def sum(self, fee: Fee) -> str:
        return in_words(fee.amount, fee.currency)


@admin.register(Refund)
class RefundAdmin(Totals, ReadOnlyAdmin):
    list_display = ["id", "payment", "payer", "sum", "shown_status", "basis", "actor", "created_at"]
    list_select_related = ["payment__payer", "actor"]
    list_filter = ["status", "basis", "payment__currency", "created_at"]
    search_fields = ["payment__payer__email", "reason", "=provider_id", "=payment__id"]
    search_help_text = "Part of the payer's address or of the reason, the provider's id of it, or a payment's number."
    summed = {"refunds": "amount"}
    currency = "payment__currency"

    @display(description="payer", ordering="payment__payer__email")
    def payer(self, refund: Refund) -> str:
        return refund.payment.payer.email

    @display(description="amount", ordering="amount")
    def sum(self, refund: Refund) -> str:
        return in_words(refund.amount, refund.payment.currency)

    @display(description="status", ordering="status", label=REFUND_COLOURS)
    def shown_status(self, refund: Refund) -> tuple[str, str]:
        return refund.status, refund.get_status_display()
