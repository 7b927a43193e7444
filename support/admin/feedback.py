"""What people said of the platform, and of how their tickets were handled."""

from django.contrib import admin

from common.back_office import ReadOnlyAdmin
from support.models import Feedback


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "rating", "category", "user", "ticket", "comment"]
    list_select_related = ["user", "ticket"]
    list_filter = ["rating", "created_at"]
    search_fields = ["comment", "category", "user__email", "=ticket__id"]
    search_help_text = "Words of the comment, part of an address, or the ticket's number."
    fields = readonly_fields = ["created_at", "user", "rating", "category", "ticket", "comment"]
