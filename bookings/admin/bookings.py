"""Bookings in the back office: looked at with their history, and moderated through `bookings.services`."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from accounts.requests import BackOfficeRequest
from bookings.models import Booking, BookingEvent, BookingStatus, DisputeState, NoShowClaim
from bookings.services import alternatives, cancelling, disputes, reassigning
from common.back_office import OnRecordInline, ReadOnlyAdmin, WithReason, moderate, offered_if

STATUS_COLOURS = {
    BookingStatus.PENDING: "info",
    BookingStatus.CONFIRMED: "info",
    BookingStatus.COMPLETED: "success",
    BookingStatus.CANCELLED: "danger",
    BookingStatus.DECLINED: "danger",
    BookingStatus.EXPIRED: "warning",
    BookingStatus.NO_SHOW_STUDENT: "warning",
    BookingStatus.NO_SHOW_TUTOR: "warning",
}
DISPUTE_COLOURS = {DisputeState.OPEN: "danger", DisputeState.RESOLVED: "success"}


class WithRefund(WithReason):
    refund_percent = forms.IntegerField(
        min_value=0, max_value=100, widget=UnfoldAdminIntegerFieldWidget, help_text="Of the price, for the student."
    )


class Waiver(WithRefund):
    release_credit = forms.BooleanField(
        required=False, widget=UnfoldBooleanSwitchWidget, help_text="Where a credit pays: give it back."
    )


class Decision(WithRefund):
    result = forms.ChoiceField(
        choices=[(status.value, status.label) for status in disputes.RESULTS],
        widget=UnfoldAdminSelectWidget,
        help_text="What the lesson was. A credit is given back with a refund of 100 %, and used up with any other.",
    )


def _reassignment_of(booking: Booking) -> type[WithReason]:
    """With those who could give this very lesson."""
    free = alternatives.free_tutors(booking, now=timezone.now())
    choices = [(tutor.pk, f"{tutor.user.display_name} ({tutor.user.email})") for tutor in free]

    class Reassignment(WithReason):
        tutor = forms.TypedChoiceField(
            choices=choices or [(0, "Nobody who teaches this has that time")],
            coerce=int,
            widget=UnfoldAdminSelectWidget,
            help_text="Who teaches this and has that time. Ask before: the tutor is told, not asked.",
        )

    return Reassignment


class HistoryInline(OnRecordInline):
    """What has happened to it, oldest first."""

    model = BookingEvent
    verbose_name_plural = "history"
    fields = readonly_fields = ["created_at", "kind", "party", "actor", "from_status", "to_status", "data"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("actor")


class ClaimInline(OnRecordInline):
    """Who says that who did not come."""

    model = NoShowClaim
    fields = readonly_fields = ["absent", "claimed_by", "statement", "state", "created_at", "decided_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("claimed_by")


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ["id", "student", "tutor_address", "starts_at", "shown_status", "price", "currency", "dispute"]
    list_select_related = ["student", "tutor__user"]
    list_filter = ["status", "dispute_state", "starts_at", "cancelled_by", "subject"]
    search_fields = ["student__email", "tutor__user__email", "=id"]
    search_help_text = "Part of the student's or the tutor's address, or a whole number."
    parties = ("student_id", "tutor.user_id")
    actions = ["call_off", "reassign", "resolve"]
    inlines = [HistoryInline, ClaimInline]
    readonly_fields = ["is_late_cancellation", "late_cancellations_of_student"]

    @display(description="cancelled late by the student", boolean=True)
    def is_late_cancellation(self, booking: Booking) -> bool:
        return booking.is_late_cancellation

    @display(description="late cancellations of the student in 180 days")
    def late_cancellations_of_student(self, booking: Booking) -> int:
        return cancelling.late_cancellations_of(booking.student_id, now=timezone.now())

    @display(description="tutor", ordering="tutor__user__email")
    def tutor_address(self, booking: Booking) -> str:
        return booking.tutor.user.email

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, booking: Booking) -> tuple[str, str]:
        return booking.status, booking.get_status_display()

    @display(description="dispute", ordering="dispute_state", label=DISPUTE_COLOURS)
    def dispute(self, booking: Booking) -> tuple[str, str]:
        return booking.dispute_state, booking.get_dispute_state_display()

    @offered_if(lambda booking: booking.can_become(BookingStatus.CANCELLED))
    @admin.action(description="Cancel, with a refund of one's choice", permissions=["moderate"])
    def call_off(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(booking: Booking, *, reason: str, refund_percent: int, release_credit: bool) -> None:
            cancelling.cancel_with_waiver(
                booking.pk,
                actor=request.user,
                reason=reason,
                refund_percent=refund_percent,
                release_credit=release_credit,
            )

        return moderate(self, request, queryset, deed, form_class=Waiver)

    @offered_if(reassigning.can_be_reassigned)
    @admin.action(description="Reassign to another tutor", permissions=["moderate"])
    def reassign(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, "Choose one lesson: each has its own tutors who are free.", messages.WARNING)
            return None

        def deed(booking: Booking, *, reason: str, tutor: int) -> None:
            reassigning.reassign(booking.pk, tutor, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=_reassignment_of(queryset.get()))

    @offered_if(lambda booking: booking.dispute_state == DisputeState.OPEN)
    @admin.action(description="Decide the dispute", permissions=["moderate"])
    def resolve(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(booking: Booking, *, reason: str, refund_percent: int, result: str) -> None:
            disputes.resolve_dispute(
                booking.pk, actor=request.user, result=result, refund_percent=refund_percent, reason=reason
            )

        return moderate(self, request, queryset, deed, form_class=Decision)
