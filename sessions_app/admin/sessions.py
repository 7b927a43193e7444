"""Sessions in the back office: edited and cancelled through `sessions_app.services`, as by their hosts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.requests import BackOfficeRequest
from common.back_office import (
    PARTY,
    BackOfficeAdmin,
    Confirmation,
    OnRecordInline,
    ReadOnlyAdmin,
    WithReason,
    moderate,
    offered_if,
)
from sessions_app.models import (
    JoinRequest,
    Material,
    Participant,
    PlaceState,
    QualityOutcome,
    Recording,
    SeatState,
    SessionKind,
    SessionRating,
    SessionStatus,
    TutoringSession,
    WaitlistEntry,
)
from sessions_app.moderation.serializers import LONGEST_NOTES
from sessions_app.services import course, hosting, quality, waitlist

MOST_PRIORITY = 1000

STATUS_COLOURS = {
    SessionStatus.UPCOMING: "info",
    SessionStatus.ONGOING: "warning",
    SessionStatus.COMPLETED: "success",
    SessionStatus.CANCELLED: "danger",
}

SEAT_COLOURS = {
    SeatState.JOINED: "success",
    SeatState.LEFT: "warning",
    SeatState.REMOVED: "danger",
    SeatState.ATTENDED: "success",
    SeatState.ABSENT: "danger",
}
PLACE_COLOURS = {PlaceState.WAITING: "info", PlaceState.OFFERED: "warning", PlaceState.ACCEPTED: "success"}


class QualityForm(Confirmation):
    score = forms.IntegerField(min_value=1, max_value=5, widget=UnfoldAdminIntegerFieldWidget, help_text="1 to 5.")
    outcome = forms.ChoiceField(
        choices=QualityOutcome.choices,
        widget=UnfoldAdminSelectWidget,
        help_text="The host hears of the first and the third.",
    )
    notes = forms.CharField(
        max_length=LONGEST_NOTES,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text="For admins only.",
    )


class ParticipantInline(OnRecordInline):
    """Who sits there. People join and leave by themselves."""

    model = Participant
    fields = readonly_fields = ["user", "role", "state", "joined_at", "left_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user")


class WaitlistInline(OnRecordInline):
    """Who waits for a seat, or has waited; in the order in which they get one."""

    model = WaitlistEntry
    fields = readonly_fields = ["user", "state", "priority", "joined_at", "asks_first", "offer_expires_at", "ended_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user")


class JoinRequestInline(OnRecordInline):
    """Who asks the host for a seat, or has asked."""

    model = JoinRequest
    fields = readonly_fields = ["user", "state", "created_at", "decided_at", "decided_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user", "decided_by")


@admin.register(TutoringSession)
class TutoringSessionAdmin(BackOfficeAdmin):
    list_display = ["title", "creator", "subject", "kind", "shown_status", "starts_at", "seats"]
    list_select_related = ["creator", "subject"]
    list_filter = ["status", "kind", "level", "starts_at", "subject"]
    search_fields = ["title", "creator__email", "=id"]
    search_help_text = "Part of a title or of the host's address, or a whole number."
    parties = ("creator_id",)
    actions = ["cancel", "review_quality"]
    inlines = [ParticipantInline, WaitlistInline, JoinRequestInline]
    fieldsets = [
        (None, {"fields": ["title", "description", ("subject", "level"), "starts_at", "max_participants"]}),
        ("Who may come", {"fields": ["needs_approval", ("min_participants", "runs_anyway")]}),
        (
            "State",
            {
                "fields": [
                    ("creator", "kind"),
                    ("status", "end_reason"),
                    ("ends_at", "seats_taken"),
                    ("seats_offered", "waiting_count"),
                    ("version", "deleted_at"),
                    ("created_at", "updated_at"),
                ]
            },
        ),
    ]
    readonly_fields = [
        "creator", "kind", "status", "end_reason", "ends_at", "seats_taken", "seats_offered", "waiting_count",
        "version", "deleted_at",
        "created_at", "updated_at",
    ]  # fmt: skip

    def refusal(self, user: Any, obj: TutoringSession) -> str:
        """In a lesson of two both are parties."""
        is_lesson = obj.kind == SessionKind.PRIVATE
        is_learner = is_lesson and obj.participants.filter(user=user).exists()
        return PARTY if is_learner else super().refusal(user, obj)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, session: TutoringSession) -> tuple[str, str]:
        return session.status, session.get_status_display()

    @display(description="seats", ordering="seats_taken")
    def seats(self, session: TutoringSession) -> str:
        return f"{session.seats_taken} of {session.max_participants}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a session is its host's to make

    def hold(self, obj: TutoringSession) -> None:
        """Not the row: before it the service locks people and a booking. It compares the version under its own lock."""

    def save_model(self, request: BackOfficeRequest, obj: TutoringSession, form: forms.ModelForm, change: bool) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        hosting.update_session(obj.pk, changes, actor=request.user, version=obj.version)

    @offered_if(lambda session: session.can_become(SessionStatus.CANCELLED))
    @admin.action(description="Cancel the session", permissions=["moderate"])
    def cancel(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(session: TutoringSession, *, reason: str) -> None:
            course.cancel_session(session.pk, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(lambda session: session.status == SessionStatus.COMPLETED)
    @admin.action(description="Review the quality", permissions=["moderate"])
    def review_quality(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(session: TutoringSession, **said: Any) -> None:
            quality.review(session.pk, actor=request.user, **said)

        return moderate(self, request, queryset, deed, form_class=QualityForm)


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    list_display = ["user", "session", "role", "shown_state", "joined_at", "left_at"]
    list_select_related = ["user", "session"]
    list_filter = ["state", "role", "joined_at"]
    search_fields = ["user__email", "session__title", "=session__id"]
    ordering = ["-joined_at", "-id"]

    @display(description="state", ordering="state", label=SEAT_COLOURS)
    def shown_state(self, seat: Participant) -> tuple[str, str]:
        return seat.state, seat.get_state_display()


class WithPriority(Confirmation):
    priority = forms.IntegerField(
        min_value=-MOST_PRIORITY,
        max_value=MOST_PRIORITY,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Higher ones come first, whenever they came; 0 is usual.",
    )


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(ReadOnlyAdmin):
    list_display = ["user", "session", "shown_state", "priority", "joined_at", "offer_expires_at"]
    list_select_related = ["user", "session"]
    list_filter = ["state", "joined_at"]
    search_fields = ["user__email", "session__title", "=session__id"]
    ordering = ["-joined_at", "-id"]
    actions = ["prioritise"]
    parties = ("user_id",)

    @display(description="state", ordering="state", label=PLACE_COLOURS)
    def shown_state(self, place: WaitlistEntry) -> tuple[str, str]:
        return place.state, place.get_state_display()

    @offered_if(lambda place: place.state == PlaceState.WAITING)
    @admin.action(description="Put before or behind others", permissions=["moderate"])
    def prioritise(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(place: WaitlistEntry, *, priority: int) -> None:
            waitlist.set_priority(place.pk, priority, actor=request.user)

        return moderate(self, request, queryset, deed, form_class=WithPriority)


@admin.register(SessionRating)
class SessionRatingAdmin(ReadOnlyAdmin):
    list_display = ["session", "user", "rating", "created_at", "edited_at"]
    list_select_related = ["session", "user"]
    list_filter = ["rating", "created_at"]
    search_fields = ["user__email", "session__title", "=session__id"]
    ordering = ["-created_at", "-id"]


@admin.register(Material)
class MaterialAdmin(ReadOnlyAdmin):
    """Files of tutors. Their content is behind the API, for moderators too."""

    list_display = ["title", "owner", "session", "media_type", "size", "created_at"]
    list_select_related = ["owner", "session"]
    list_filter = ["media_type", "created_at"]
    search_fields = ["title", "owner__email", "=session__id"]
    ordering = ["-created_at", "-id"]
    fields = readonly_fields = ["title", "description", "owner", "session", "name", "media_type", "size", "created_at"]


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin):
    """What was recorded. It is handed out by the API only, to admins too, and only while everybody agrees."""

    list_display = ["session", "added_by", "provider", "media_type", "size", "created_at"]
    list_select_related = ["session", "added_by"]
    list_filter = ["provider", "media_type", "created_at"]
    search_fields = ["session__title", "added_by__email", "=session__id"]
    fields = readonly_fields = ["session", "added_by", "title", "name", "media_type", "size", "provider", "created_at"]
