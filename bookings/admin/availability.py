"""Tutors' hours and terms, to be looked at: they are the tutors' own to change."""

from django.contrib import admin
from unfold.decorators import display

from bookings.models import BookingTerms, DateOverride, SlotHold, TimeOff, WeeklyHours
from bookings.presenters.availability import clock
from common.back_office import ReadOnlyAdmin

OF_A_TUTOR = ["tutor__user__email", "=tutor__id"]
BY_TUTOR = "Part of a tutor's address, or a tutor's number."


@admin.register(WeeklyHours)
class WeeklyHoursAdmin(ReadOnlyAdmin):
    list_display = ["tutor", "weekday", "begins", "ends", "only_on"]
    list_select_related = ["tutor"]
    list_filter = ["weekday"]
    search_fields = OF_A_TUTOR
    search_help_text = BY_TUTOR

    @display(ordering="start_minute")
    def begins(self, hours: WeeklyHours) -> str:
        return clock(hours.start_minute)

    @display(ordering="end_minute")
    def ends(self, hours: WeeklyHours) -> str:
        return clock(hours.end_minute)


@admin.register(DateOverride)
class DateOverrideAdmin(ReadOnlyAdmin):
    list_display = ["tutor", "date", "hours"]
    list_select_related = ["tutor"]
    list_filter = ["date"]
    search_fields = OF_A_TUTOR
    search_help_text = BY_TUTOR

    @display(description="hours")
    def hours(self, override: DateOverride) -> str:
        return ", ".join(f"{clock(start)} to {clock(end)}" for start, end in override.windows) or "day off"


@admin.register(TimeOff)
class TimeOffAdmin(ReadOnlyAdmin):
    list_display = ["tutor", "starts_at", "ends_at"]
    list_select_related = ["tutor"]
    list_filter = ["starts_at"]
    search_fields = OF_A_TUTOR
    search_help_text = BY_TUTOR


@admin.register(BookingTerms)
class BookingTermsAdmin(ReadOnlyAdmin):
    list_display = [
        "tutor",
        "timezone",
        "min_notice_hours",
        "max_advance_days",
        "cancellation_policy",
        "instant_booking",
    ]
    list_select_related = ["tutor"]
    list_filter = ["cancellation_policy", "instant_booking", "auto_accept_reschedule"]
    search_fields = OF_A_TUTOR
    search_help_text = BY_TUTOR


@admin.register(SlotHold)
class SlotHoldAdmin(ReadOnlyAdmin):
    list_display = ["tutor", "student", "starts_at", "ends_at", "expires_at", "extended"]
    list_select_related = ["tutor", "student"]
    list_filter = ["extended", "expires_at"]
    search_fields = ["student__email", *OF_A_TUTOR]
    search_help_text = "Part of an address, or a tutor's number."
