"""What the payment provider tells us and what it is to do, with the fate of each."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from accounts.requests import BackOfficeRequest
from common.back_office import ReadOnlyAdmin, moderate, offered_if
from common.models import DueWork
from payments.models import ProviderCall, ProviderEvent
from payments.services import webhooks

STATE_COLOURS = {DueWork.State.DUE: "info", DueWork.State.DONE: "success", DueWork.State.DEAD: "danger"}


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    list_display = ["id", "type", "shown_state", "verdict", "outcome", "attempts", "happened_at", "created_at"]
    list_filter = ["state", "verdict", "provider", "type", "created_at"]
    search_fields = ["=event_id", "=object_id", "=payment_ref", "=type"]
    search_help_text = "The whole id of the event or of the payment at the provider, our payment's number, or the type."
    fields = readonly_fields = [
        *("provider", "event_id", "type", "happened_at", "created_at", "object_id", "payment_ref"),
        *("state", "verdict", "outcome", "attempts", "due_at", "leased_until", "shown_payload"),
    ]
    actions = ["retry_event"]

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def shown_state(self, event: ProviderEvent) -> tuple[str, str]:
        return event.state, event.get_state_display()

    @display(description="payload")
    def shown_payload(self, event: ProviderEvent) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(_without_secrets(event.payload), indent=2, ensure_ascii=False))

    @offered_if(lambda event: event.state != DueWork.State.DUE or event.due_at > timezone.now())
    @admin.action(description="Process again", permissions=["moderate"])
    def retry_event(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(event: ProviderEvent) -> None:
            webhooks.retry(event.pk, actor=request.user)

        return moderate(self, request, queryset, deed)


@admin.register(ProviderCall)
class ProviderCallAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "key", "payment", "shown_state", "outcome", "attempts", "due_at", "created_at"]
    list_select_related = ["payment"]
    list_filter = ["state", "kind", "created_at"]
    search_fields = ["=key", "=payment__id", "=payout__id"]
    search_help_text = "The whole key, or the number of the payment or the payout."

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def shown_state(self, call: ProviderCall) -> tuple[str, str]:
        return call.state, call.get_state_display()


def _without_secrets(payload: object) -> object:
    """With the client secret of a payment somebody could pay it, or look at it."""
    if isinstance(payload, dict):
        return {name: "***" if "secret" in name else _without_secrets(value) for name, value in payload.items()}
    if isinstance(payload, list):
        return [_without_secrets(value) for value in payload]
    return payload
