"""What reached people's calendars and reminded them, in the back office: the log of it."""

from django.contrib import admin

from bookings.models import CalendarFeed, CalendarMail, Reminder
from common.back_office import ReadOnlyAdmin


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["id", "session", "recipient", "kind", "state", "outcome", "due_at"]
    list_select_related = ["session", "recipient"]
    list_filter = ["state", "kind", "due_at"]
    search_fields = ["recipient__email", "=session__id"]


@admin.register(CalendarMail)
class CalendarMailAdmin(ReadOnlyAdmin):
    list_display = ["id", "session", "recipient", "sequence", "state", "outcome", "attempts", "created_at"]
    list_select_related = ["session", "recipient"]
    list_filter = ["state", "created_at"]
    search_fields = ["recipient__email", "=session__id"]


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    list_display = ["user", "created_at", "last_used_at"]
    list_select_related = ["user"]
    fields = readonly_fields = ["user", "created_at", "last_used_at"]
    search_fields = ["user__email"]
