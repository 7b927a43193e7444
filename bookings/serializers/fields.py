"""Days, times of day and dates as the edustream document and its client write them."""

from datetime import date
from typing import Any

from rest_framework import serializers

from accounts.serializers.clock import ClockField
from bookings.models.schedule import MINUTES_OF_A_DAY
from bookings.slots import Window
from sessions_app.serializers import LAST_YEAR


class PlainDateField(serializers.DateField):
    """`2026-01-31`, or the client's `2026-01-31T00:00:00`, in years that calendars are kept for."""

    default_error_messages = {
        "invalid": "Must be a date such as 2026-01-31.",
        "far": f"Must be between the years 1970 and {LAST_YEAR}.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%Y-%m-%dT00:00:00"], **kwargs)

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if not 1970 <= day.year <= LAST_YEAR:
            self.fail("far")
        return day


class TimesSerializer(serializers.Serializer):
    """From one time of the day to another."""

    start_time = ClockField()
    end_time = ClockField(help_text="24:00 and 00:00 are midnight.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["start_time"] == MINUTES_OF_A_DAY:
            raise serializers.ValidationError({"start_time": "A day ends at 24:00, nothing begins then."})
        return attrs


class WindowOfADateSerializer(TimesSerializer):
    def validate(self, attrs: dict[str, Any]) -> Any:
        attrs = super().validate(attrs)
        window = Window(attrs["start_time"], attrs["end_time"] or MINUTES_OF_A_DAY)
        if window.end <= window.start:
            raise serializers.ValidationError({"end_time": "Must be after start_time, on the same date."})
        return window
