"""Disputes in the back office: between student and tutor they are decided here, at a bank they are only followed."""

import json
from decimal import Decimal

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from accounts.requests import BackOfficeRequest
from common.back_office import ReadOnlyAdmin, WithReason, moderate, offered_if
from common.money import MOST_DIGITS
from payments.admin.money import LARGEST, Totals, in_words
from payments.models import Dispute, DisputeKind, DisputeStatus
from payments.services import disputes, evidence

STATUS_COLOURS = {DisputeStatus.OPEN: "danger", DisputeStatus.WON: "success", DisputeStatus.LOST: "warning"}


class Decision(WithReason):
    refund = forms.DecimalField(
        min_value=0,
        max_value=LARGEST,
        decimal_places=MOST_DIGITS,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="What the student gets back, in the payment's currency. 0: the dispute is rejected.",
    )


@admin.register(Dispute)
class DisputeAdmin(Totals, ReadOnlyAdmin):
    list_display = ["id", "payment", "payer", "kind", "sum", "shown_status", "reason", "evidence_due_by", "created_at"]
    list_select_related = ["payment__payer"]
    list_filter = ["status", "kind", "payment__currency", "created_at"]
    search_fields = ["payment__payer__email", "reason", "=provider_id", "=payment__id"]
    search_help_text = "Part of the payer's address or of the reason, the provider's id of it, or a payment's number."
    fields = readonly_fields = [
        *("payment", "kind", "status", "sum", "reason", "description", "opened_by", "created_at"),
        *("decided_by", "decided_at", "decision", "provider_id", "evidence_due_by", "shown_evidence"),
    ]
    summed = {"asked back": "amount"}
    currency = "payment__currency"
    parties = ("payment.payer_id", "payment.tutor.user_id")
    actions = ["decide_dispute"]

    @display(description="payer", ordering="payment__payer__email")
    def payer(self, dispute: Dispute) -> str:
        return dispute.payment.payer.email

    @display(description="amount", ordering="amount")
    def sum(self, dispute: Dispute) -> str:
        return in_words(dispute.amount, dispute.payment.currency)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, dispute: Dispute) -> tuple[str, str]:
        return dispute.status, dispute.get_status_display()

    @display(description="evidence")
    def shown_evidence(self, dispute: Dispute) -> SafeString:
        """What speaks for the lesson, as it was when the dispute was opened."""
        return format_html("<pre>{}</pre>", json.dumps(evidence.legible(dispute), indent=2, ensure_ascii=False))

    @offered_if(lambda dispute: dispute.status == DisputeStatus.OPEN and dispute.kind == DisputeKind.INTERNAL)
    @admin.action(description="Decide", permissions=["moderate"])
    def decide_dispute(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(dispute: Dispute, *, reason: str, refund: Decimal) -> None:
            disputes.decide_dispute(dispute.pk, actor=request.user, refund=refund, reason=reason)

        return moderate(self, request, queryset, deed, form_class=Decision)
