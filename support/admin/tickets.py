"""Tickets in the back office: looked at with their conversation, and handled through `support.services`."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.models import User
from accounts.requests import BackOfficeRequest
from common.back_office import Confirmation, OnRecordInline, ReadOnlyAdmin, WithReason, moderate, offered_if
from common.filters import LARGEST_ID
from support.models import Priority, Ticket, TicketClock, TicketEvent, TicketMessage, TicketStatus
from support.serializers.inputs import LONGEST_TEXT
from support.services import agenda, handling, staff, talking

STATUS_COLOURS = {
    TicketStatus.OPEN: "info",
    TicketStatus.IN_PROGRESS: "info",
    TicketStatus.ESCALATED: "danger",
    TicketStatus.WAITING_ON_USER: "warning",
    TicketStatus.RESOLVED: "success",
    TicketStatus.CLOSED: "success",
}
PRIORITY_COLOURS = {Priority.URGENT: "danger", Priority.HIGH: "warning", Priority.NORMAL: "info", Priority.LOW: "info"}


class Words(Confirmation):
    text = forms.CharField(max_length=LONGEST_TEXT, widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}))


class Answer(Words):
    """For its requester."""

    text = forms.CharField(
        max_length=LONGEST_TEXT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        help_text="The requester reads this, and is told of it.",
    )


class Colleague(Confirmation):
    assignee = forms.ModelChoiceField(
        User.objects.none(), required=False, widget=UnfoldAdminSelectWidget, help_text="Nobody: it is free again."
    )

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def] # as in Django's own
        super().__init__(*args, **kwargs)
        field = self.fields["assignee"]
        field.queryset = staff.members().order_by("email")  # type: ignore[attr-defined]


class HowSoon(Confirmation):
    priority = forms.ChoiceField(choices=Priority.choices, widget=UnfoldAdminSelectWidget)


class Target(Confirmation):
    ticket_id = forms.IntegerField(
        label="Number of the ticket",
        min_value=1,
        max_value=LARGEST_ID,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="In which it goes on: one of the same person, that is not closed.",
    )


class ConversationInline(OnRecordInline):
    """What was said, and what only the staff sees: not who asked for it, even if they are of the staff (R-SUP-6)."""

    model = TicketMessage
    verbose_name_plural = "conversation"
    fields = readonly_fields = ["created_at", "author", "is_internal", "text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        said = super().get_queryset(request).select_related("author")
        return said.exclude(is_internal=True, ticket__requester=request.user)


class ClockInline(OnRecordInline):
    """How long there is for what."""

    model = TicketClock
    verbose_name_plural = "times"
    fields = readonly_fields = ["metric", "due", "stopped_at", "warned_at", "breached_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("ticket")

    @display(description="due, if it runs")
    def due(self, clock: TicketClock) -> str:
        moment = agenda.due(clock, clock.ticket.priority, staff.business_hours())
        return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "-"


class HistoryInline(OnRecordInline):
    """What has happened to it, oldest first."""

    model = TicketEvent
    verbose_name_plural = "history"
    fields = readonly_fields = ["created_at", "kind", "party", "actor", "from_status", "to_status", "data"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("actor")


def _is_not_closed(ticket: Ticket) -> bool:
    return ticket.status != TicketStatus.CLOSED


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = [
        *("id", "subject", "requester", "category", "shown_priority", "shown_status", "tier", "assignee"),
        "last_message_at",
    ]
    list_select_related = ["requester", "assignee"]
    list_filter = ["status", "priority", "category", "tier", "is_emergency", "created_at"]
    search_fields = ["subject", "requester__email", "assignee__email", "=id"]
    search_help_text = "Words of the subject, part of an address, or the ticket's number."
    inlines = [ConversationInline, ClockInline, HistoryInline]
    parties = ("requester_id",)
    actions = [
        *("answer_ticket", "ask_requester", "note_ticket", "assign_ticket", "set_priority"),
        *("escalate_ticket", "hand_back_ticket", "resolve_ticket", "close_ticket", "merge_ticket"),
    ]
    fields = readonly_fields = [
        *("subject", "requester", "phone", "category", "priority", "status", "tier", "assignee", "is_emergency"),
        *("lesson", "session", "previous", "merged_into", "reopened_count", "resolution", "resolved_at"),
        *("closed_by", "close_reason", "closed_at", "satisfied", "created_at", "updated_at"),
    ]

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, ticket: Ticket) -> tuple[str, str]:
        return ticket.status, ticket.get_status_display()

    @display(description="priority", ordering="priority", label=PRIORITY_COLOURS)
    def shown_priority(self, ticket: Ticket) -> tuple[str, str]:
        return ticket.priority, ticket.get_priority_display()

    @display(description="lesson")
    def lesson(self, ticket: Ticket) -> SafeString | str:
        """What it is about, and what was to be paid for it."""
        booking = ticket.booking
        if booking is None:
            return "-"
        return format_html(
            "{}, {}, {} with {}, {} {}, refunded {}, dispute {}",
            booking.get_status_display(),
            f"{booking.starts_at:%Y-%m-%d %H:%M} UTC",
            booking.student.email,
            booking.tutor.user.email,
            booking.price,
            booking.currency,
            booking.refund_amount or "nothing",
            booking.dispute_state,
        )

    @display(description="satisfaction")
    def satisfied(self, ticket: Ticket) -> str:
        said = getattr(ticket, "satisfaction", None)
        return f"{said.rating} of 5. {said.comment}" if said else "-"

    @offered_if(_is_not_closed)
    @admin.action(description="Answer", permissions=["moderate"])
    def answer_ticket(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket, *, text: str) -> None:
            talking.reply(ticket.pk, text, author=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=Answer)

    @offered_if(lambda ticket: ticket.can_become(TicketStatus.WAITING_ON_USER))
    @admin.action(description="Ask the requester and wait", permissions=["moderate"])
    def ask_requester(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket, *, text: str) -> None:
            asked = {"message": text, "status": TicketStatus.WAITING_ON_USER}
            handling.update(ticket.pk, asked, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=Answer)

    @admin.action(description="Add a note for the staff", permissions=["moderate"])
    def note_ticket(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket, *, text: str) -> None:
            handling.note(ticket.pk, text, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=Words)

    @offered_if(_is_not_closed)
    @admin.action(description="Assign", permissions=["moderate"])
    def assign_ticket(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket, *, assignee: User | None) -> None:
            handling.assign(ticket.pk, assignee, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=Colleague)

    @offered_if(_is_not_closed)
    @admin.action(description="Set the priority", permissions=["moderate"])
    def set_priority(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket, *, priority: str) -> None:
            handling.update(ticket.pk, {"priority": priority}, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=HowSoon)

    @offered_if(lambda ticket: ticket.can_become(TicketStatus.ESCALATED))
    @admin.action(description="Escalate", permissions=["moderate"])
    def escalate_ticket(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket, *, reason: str) -> None:
            handling.escalate(ticket.pk, reason=reason, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(lambda ticket: ticket.status == TicketStatus.ESCALATED)
    @admin.action(description="Give back to the tier before", permissions=["moderate"])
    def hand_back_ticket(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket) -> None:
            handling.hand_back(ticket.pk, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed)

    @offered_if(lambda ticket: ticket.can_become(TicketStatus.RESOLVED))
    @admin.action(description="Resolve", permissions=["moderate"])
    def resolve_ticket(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket, *, text: str) -> None:
            handling.resolve(ticket.pk, text=text, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=Answer)

    @offered_if(_is_not_closed)
    @admin.action(description="Close", permissions=["moderate"])
    def close_ticket(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket, *, reason: str) -> None:
            handling.close(ticket.pk, reason=reason, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(_is_not_closed)
    @admin.action(description="Merge into another ticket", permissions=["moderate"])
    def merge_ticket(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(ticket: Ticket, *, ticket_id: int) -> None:
            handling.merge(ticket.pk, ticket_id, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=Target)
