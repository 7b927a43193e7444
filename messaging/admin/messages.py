"""Conversations are private: what was written is shown to moderators only where somebody has reported it."""

from django.contrib import admin
from unfold.decorators import display

from common.back_office import ReadOnlyAdmin
from messaging.models import Attachment, Block, Conversation, MessagingSettings, ScanState

SCAN_COLOURS = {
    ScanState.NOT_SCANNED: "info",
    ScanState.PENDING: "info",
    ScanState.CLEAN: "success",
    ScanState.INFECTED: "danger",
    ScanState.FAILED: "warning",
}


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    """Who writes to whom, and when last. Not what."""

    list_display = ["id", "low", "high", "opened_by", "active_at", "low_unread", "high_unread"]
    list_select_related = ["low", "high", "opened_by"]
    list_filter = ["active_at"]
    search_fields = ["low__email", "high__email", "=id"]
    search_help_text = "Part of somebody's address, or the conversation's number."
    fields = readonly_fields = ["low", "high", "opened_by", "created_at", "active_at", "low_unread", "high_unread"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """Files that were sent. Their content is behind the API, for moderators too."""

    list_display = ["id", "name", "media_type", "size", "shown_state", "created_at"]
    list_filter = ["scan_state", "media_type", "created_at"]
    search_fields = ["name", "=id"]
    search_help_text = "Part of the name, or the file's number."
    fields = readonly_fields = ["name", "media_type", "size", "scan_state", "created_at"]

    @display(description="scan", ordering="scan_state", label=SCAN_COLOURS)
    def shown_state(self, attachment: Attachment) -> tuple[str, str]:
        return attachment.scan_state, attachment.get_scan_state_display()


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    """Who wants no messages of whom."""

    list_display = ["blocker", "blocked", "created_at"]
    list_select_related = ["blocker", "blocked"]
    list_filter = ["created_at"]
    search_fields = ["blocker__email", "blocked__email"]


@admin.register(MessagingSettings)
class MessagingSettingsAdmin(ReadOnlyAdmin):
    """What people have chosen for messages. Who is not here has chosen nothing yet."""

    list_display = ["user", "read_receipts", "updated_at"]
    list_select_related = ["user"]
    list_filter = ["read_receipts"]
    search_fields = ["user__email"]
