from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from unfold.decorators import display

from accounts.requests import BackOfficeRequest
from common.back_office import ReadOnlyAdmin, moderate, offered_if
from notifications.kinds import KINDS
from notifications.models import (
    Announcement,
    Delivery,
    Digest,
    Notification,
    NotificationPreferences,
    PushSubscription,
)
from notifications.services import sending

STATUS_COLOURS = {"sent": "success", "queued": "info", "suppressed": "warning", "given up": "danger"}

# Those that quote a conversation (`messaging.admin` shows none of it either).
_PRIVATE = {kind.name for kind in KINDS.values() if kind.category == "messages"}


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """What people were told. It is theirs to read and to delete; what others wrote to them, only theirs."""

    list_display = ["title", "recipient", "type", "is_read", "created_at"]
    list_select_related = ["recipient"]
    list_filter = ["is_read", "type", "created_at"]
    search_fields = ["recipient__email", "title"]
    fields = readonly_fields = [
        *("recipient", "type", "title", "shown_message", "link", "data", "about", "is_read", "read_at", "created_at"),
    ]

    @display(description="message")
    def shown_message(self, notification: Notification) -> str:
        return "(private)" if notification.type in _PRIVATE else notification.message


@admin.register(NotificationPreferences)
class NotificationPreferencesAdmin(ReadOnlyAdmin):
    """Through which channels people want to hear of things. Who is not here has chosen nothing yet."""

    list_display = ["user", "email", "push", "sms", "updated_at"]
    list_select_related = ["user"]
    list_filter = ["email", "push", "sms"]
    search_fields = ["user__email"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """The log of mails and pushes (R-NOTIF-8), and what was given up."""

    list_display = ["id", "recipient", "channel", "type", "shown_status", "attempts", "outcome", "due_at"]
    list_select_related = ["recipient"]
    list_filter = ["state", "channel", "type", "created_at"]
    search_fields = ["recipient__email", "=id"]
    parties = ("recipient_id",)
    actions = ["send_again"]

    @display(description="status", label=STATUS_COLOURS)
    def shown_status(self, delivery: Delivery) -> str:
        return delivery.status

    @offered_if(lambda delivery: delivery.state == Delivery.State.DEAD)
    @admin.action(description="Send again what was given up", permissions=["moderate"])
    def send_again(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        return moderate(self, request, queryset, lambda delivery: sending.send_again(delivery.pk, actor=request.user))


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    list_display = ["id", "user", "category", "state", "ends_at", "outcome"]
    list_select_related = ["user"]
    list_filter = ["state", "category"]
    search_fields = ["user__email"]


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnlyAdmin):
    """What admins told many people at once, through `POST /api/notifications/push`."""

    list_display = ["title", "created_by", "role", "state", "outcome", "created_at"]
    list_select_related = ["created_by"]
    list_filter = ["state", "role", "created_at"]
    search_fields = ["title", "message"]


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """The browsers that people receive pushes in."""

    list_display = ["id", "user", "user_agent", "created_at", "last_used_at"]
    list_select_related = ["user"]
    fields = readonly_fields = ["user", "user_agent", "created_at", "last_used_at"]
    search_fields = ["user__email"]
