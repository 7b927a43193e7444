"""Hours, exceptions, terms, slots and holds."""

from typing import Any

from rest_framework import serializers

from accounts.serializers.clock import DAY_NAMES, DayField
from accounts.validators import validate_time_zone
from bookings.models import CancellationPolicy
from bookings.serializers.fields import PlainDateField, TimesSerializer, WindowOfADateSerializer
from bookings.services.hours import MOST_WINDOWS, NewWindow
from sessions_app.filters import LARGEST_ID
from sessions_app.serializers import LONGEST, SHORTEST, STEP, AwareDateTimeField, MinutesField

LONGEST_RANGE = 62
LONGEST_BUFFER = 240
DEFAULT_MINUTES = 60
LARGEST_VERSION = 2**31 - 1


def whole_steps(value: int) -> None:
    if value % STEP:
        raise serializers.ValidationError(f"Must be a multiple of {STEP}.")


# --- Slots and holds ----------------------------------------------------------------------------------------------


class SlotQuerySerializer(serializers.Serializer):
    start_date = PlainDateField(help_text="YYYY-MM-DD, in the zone.")
    end_date = PlainDateField(help_text=f"Not before start_date; {LONGEST_RANGE} days at most.")
    duration_minutes = serializers.IntegerField(
        min_value=SHORTEST, max_value=LONGEST, default=DEFAULT_MINUTES, help_text="One that the tutor offers."
    )
    tz = serializers.CharField(
        required=False,
        allow_blank=True,
        validators=[validate_time_zone],
        help_text="An IANA time zone, the caller's own by default. Sent, it adds `start_local` and `utc_offset`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        days = (attrs["end_date"] - attrs["start_date"]).days
        if days < 0:
            raise serializers.ValidationError({"end_date": "Must not be before start_date."})
        if days >= LONGEST_RANGE:
            raise serializers.ValidationError({"end_date": f"At most {LONGEST_RANGE} days can be asked for."})
        return attrs


class SlotSerializer(serializers.Serializer):
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    is_available = serializers.BooleanField()
    duration_minutes = serializers.IntegerField()
    start_local = serializers.CharField(required=False, help_text="With ?tz= only.")
    utc_offset = serializers.CharField(required=False, help_text="With ?tz= only.")


class HoldInputSerializer(serializers.Serializer):
    tutor_profile_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    start_at = AwareDateTimeField()
    duration_minutes = MinutesField(min_value=SHORTEST, max_value=LONGEST, validators=[whole_steps])
    allow_overlap = serializers.BooleanField(default=False, help_text="Other sessions of mine may be at that time.")


class HoldSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    tutor_profile_id = serializers.IntegerField()
    start_at = serializers.DateTimeField()
    end_at = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    extended = serializers.BooleanField()


# --- Hours --------------------------------------------------------------------------------------------------------


class WindowInputSerializer(TimesSerializer):
    """An `end_time` before `start_time` is on the next day."""

    day_of_week = DayField(help_text="A name, or a number from 0, Sunday, to 6.")
    is_recurring = serializers.BooleanField(default=True, help_text="false: on its next such date only.")

    def validate(self, attrs: dict[str, Any]) -> Any:
        attrs = super().validate(attrs)
        if attrs["start_time"] == attrs["end_time"] != 0:
            raise serializers.ValidationError({"end_time": "Must differ from start_time."})
        return NewWindow(attrs["day_of_week"], attrs["start_time"], attrs["end_time"], attrs["is_recurring"])


class MergeSerializer(serializers.Serializer):
    merge = serializers.BooleanField(default=False, help_text="What overlaps becomes one, instead of a 409.")


class NewWindowSerializer(MergeSerializer, WindowInputSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"merge": attrs["merge"], "windows": [super().validate(attrs)]}


class BulkWindowsSerializer(MergeSerializer):
    slots = serializers.ListField(child=WindowInputSerializer(), min_length=1, max_length=MOST_WINDOWS)


class WeekSerializer(MergeSerializer):
    """`weekly_schedule` as in the document, or `availability` as its client sends it; an empty list: no hours."""

    timezone = serializers.CharField(max_length=64, required=False, validators=[validate_time_zone])
    weekly_schedule = serializers.ListField(child=WindowInputSerializer(), max_length=MOST_WINDOWS, required=False)
    availability = serializers.ListField(child=WindowInputSerializer(), max_length=MOST_WINDOWS, required=False)
    version = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_VERSION,
        required=False,
        allow_null=True,
        help_text="Of the profile that the caller has read: a 409 if somebody has changed it since.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        windows = attrs.get("weekly_schedule", attrs.get("availability"))
        if windows is None:
            raise serializers.ValidationError({"weekly_schedule": "This field is required."})
        return {
            "windows": windows,
            "zone": attrs.get("timezone"),
            "version": attrs.get("version"),
            "merge": attrs["merge"],
        }


class StoredWindowSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    day_number = serializers.IntegerField(help_text="0 is Sunday.")
    start_time = serializers.CharField(help_text="On the tutor's wall.")
    end_time = serializers.CharField(help_text="24:00 is midnight.")
    is_recurring = serializers.BooleanField()
    date = serializers.DateField(allow_null=True, help_text="Not recurring: the one date that it holds on.")


class WindowSerializer(StoredWindowSerializer):
    day_of_week = serializers.ChoiceField(DAY_NAMES)


class AddedWindowSerializer(WindowSerializer):
    next_day = WindowSerializer(allow_null=True, help_text="What of it lies beyond midnight.")


# --- Exceptions ---------------------------------------------------------------------------------------------------


class OverrideInputSerializer(serializers.Serializer):
    date = PlainDateField(help_text="In the tutor's zone.")
    slots = serializers.ListField(
        child=WindowOfADateSerializer(), max_length=MOST_WINDOWS, help_text="Instead of the week's; empty: a day off."
    )


class TimesOfADateSerializer(serializers.Serializer):
    start_time = serializers.CharField()
    end_time = serializers.CharField()


class OverrideSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    date = serializers.DateField()
    slots = TimesOfADateSerializer(many=True)
    is_day_off = serializers.BooleanField()


class TimeOffInputSerializer(serializers.Serializer):
    starts_at = AwareDateTimeField()
    ends_at = AwareDateTimeField()
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="For oneself.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["ends_at"] <= attrs["starts_at"]:
            raise serializers.ValidationError({"ends_at": "Must be after starts_at."})
        return attrs


class TimeOffSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField()


# --- Terms --------------------------------------------------------------------------------------------------------


def _minutes(**options: Any) -> MinutesField:
    return MinutesField(validators=[whole_steps], **options)


def _limit(source: str, most: int) -> serializers.IntegerField:
    return serializers.IntegerField(
        source=source, min_value=1, max_value=most, allow_null=True, help_text="null: no limit."
    )


class TermsSerializer(serializers.Serializer):
    """How a tutor may be booked; changes concern new bookings only."""

    slot_step_minutes = _minutes(min_value=5, max_value=LONGEST, help_text="Between the starts that are offered.")
    durations = serializers.ListField(
        child=_minutes(min_value=SHORTEST, max_value=LONGEST), min_length=1, max_length=(LONGEST - SHORTEST) // STEP + 1
    )
    min_notice_hours = serializers.IntegerField(min_value=0, max_value=168)
    max_advance_days = serializers.IntegerField(min_value=1, max_value=365)
    buffer_before_minutes = _minutes(min_value=0, max_value=LONGEST_BUFFER)
    buffer_after_minutes = _minutes(min_value=0, max_value=LONGEST_BUFFER)
    bookings_per_day = _limit("most_a_day", 96)
    bookings_per_week = _limit("most_a_week", 672)
    minutes_per_day = _limit("most_minutes_a_day", 1440)
    minutes_per_week = _limit("most_minutes_a_week", 10_080)
    cancellation_policy = serializers.ChoiceField(CancellationPolicy.choices)
    instant_booking = serializers.BooleanField(help_text="Bookings need no confirmation.")
    auto_accept_reschedule = serializers.BooleanField()
    timezone = serializers.CharField(read_only=True, help_text="Changed with the weekly hours.")


class TermsChangesSerializer(TermsSerializer):
    """What is left out stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))

    def validate_durations(self, value: list[int]) -> list[int]:
        return sorted(set(value))
