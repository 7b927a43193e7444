"""Shapes of mentors' own pages, and of the search that looks for them by POST."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.core.validators import MaxValueValidator
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.filters import MOST_YEARS
from accounts.querysets import SORTS
from accounts.serializers.money import AmountField
from accounts.serializers.tutor_edits import LanguagesField
from accounts.serializers.verification import OfMentorSerializer
from bookings.serializers.availability import OverrideInputSerializer, TimesOfADateSerializer, WeekSerializer
from bookings.serializers.fields import PlainDateField
from bookings.services.hours import MOST_WINDOWS
from bookings.services.open_tutors import LONGEST
from bookings.services.performance import LONGEST_PERIOD
from sessions_app.filters import LARGEST_ID
from sessions_app.serializers import AwareDateTimeField

MOST_SUBJECTS = 50
LARGEST_NUMBER = 1_000_000
LAST_DAYS = 90


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "minLength": 1, "maxLength": 100}]})
class SubjectField(serializers.Field):
    """A subject by its id or its name, whatever the case."""

    def to_internal_value(self, data: Any) -> int | str:
        if isinstance(data, str) and data.strip() and len(data) <= 100 and "\x00" not in data:
            return data.strip()
        if isinstance(data, int) and not isinstance(data, bool) and 1 <= data <= LARGEST_ID:
            return data
        raise serializers.ValidationError("Must be a subject's id or name.")


class MentorSearchSerializer(serializers.Serializer):
    """What is left out narrows nothing."""

    query = serializers.CharField(max_length=200, required=False, allow_blank=True)
    subjects = serializers.ListField(child=SubjectField(), max_length=MOST_SUBJECTS, required=False)
    languages = LanguagesField(required=False)
    min_rate = AmountField(min_value=0, required=False, allow_null=True)
    max_rate = AmountField(min_value=0, required=False, allow_null=True)
    min_rating = AmountField(min_value=0, validators=[MaxValueValidator(5)], required=False, allow_null=True)
    min_experience = serializers.IntegerField(min_value=0, max_value=MOST_YEARS, required=False, allow_null=True)
    available_from = AwareDateTimeField(required=False, allow_null=True)
    available_to = AwareDateTimeField(required=False, allow_null=True, help_text="14 days later at most.")
    sort = serializers.ChoiceField(sorted(SORTS), required=False)
    page = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False)
    page_size = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False, help_text="Clamped.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        since, until = attrs.pop("available_from", None), attrs.pop("available_to", None)
        if since is None and until is None:
            return attrs | {"between": None}
        since = since or timezone.now()
        until = until or since + LONGEST
        if not since < until <= since + LONGEST:
            message = f"Must be after available_from, by {LONGEST.days} days at most."
            raise serializers.ValidationError({"available_to": [message]})
        return attrs | {"between": (since, until)}


class TimetableChangesSerializer(WeekSerializer):
    """The week as `WeekSerializer` has it; `overrides`, where they are sent, are all that hold from today on."""

    overrides = serializers.ListField(child=OverrideInputSerializer(), max_length=MOST_WINDOWS, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        overrides = attrs.get("overrides")
        if overrides is not None and len({each["date"] for each in overrides}) < len(overrides):
            raise serializers.ValidationError({"overrides": ["A date may stand there once."]})
        return super().validate(attrs) | {"overrides": overrides}


class PerformanceQuerySerializer(OfMentorSerializer):
    date_from = PlainDateField(required=False, help_text=f"In the mentor's zone; the last {LAST_DAYS} days otherwise.")
    date_to = PlainDateField(required=False, help_text="The last day of the period; today otherwise.")

    def period(self, zone: Any, *, now: datetime) -> tuple[datetime, datetime]:
        """From midnight to midnight of the zone, as instants in UTC. Raises ValidationError."""
        last = self.validated_data.get("date_to") or now.astimezone(zone).date()
        first = self.validated_data.get("date_from") or last - timedelta(days=LAST_DAYS - 1)
        if not timedelta(0) <= last - first < LONGEST_PERIOD:
            message = f"Must not be after date_to, nor more than {LONGEST_PERIOD.days} days before it."
            raise serializers.ValidationError({"date_from": [message]})
        midnights = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
        since, until = (midnight.astimezone(UTC) for midnight in midnights)
        return since, until


# --- answers ------------------------------------------------------------------------------------------------------


class TimetableWindowSerializer(serializers.Serializer):
    day_of_week = serializers.CharField(help_text="monday to sunday")
    start_time = serializers.CharField(help_text="On the mentor's wall.")
    end_time = serializers.CharField(help_text="24:00 is midnight.")
    is_recurring = serializers.BooleanField()
    date = serializers.DateField(allow_null=True)


class TimetableOverrideSerializer(serializers.Serializer):
    date = serializers.DateField()
    slots = TimesOfADateSerializer(many=True)


class TimetableSerializer(serializers.Serializer):
    mentor_id = serializers.IntegerField()
    timezone = serializers.CharField()
    version = serializers.IntegerField(help_text="Of the profile.")
    weekly_schedule = TimetableWindowSerializer(many=True)
    overrides = TimetableOverrideSerializer(many=True)


class PerformanceSerializer(serializers.Serializer):
    """Rates are in percent; null where there is nothing to be counted."""

    mentor_id = serializers.IntegerField()
    period_start = serializers.DateTimeField()
    period_end = serializers.DateTimeField()
    requests = serializers.IntegerField()
    accepted = serializers.IntegerField()
    declined = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    response_minutes = serializers.FloatField(allow_null=True, help_text="The median time to an answer.")
    acceptance_rate = serializers.FloatField(allow_null=True)
    completed = serializers.IntegerField()
    cancelled_by_mentor = serializers.IntegerField()
    cancelled_by_student = serializers.IntegerField()
    missed_by_mentor = serializers.IntegerField()
    missed_by_student = serializers.IntegerField()
    completion_rate = serializers.FloatField(allow_null=True)
    cancellation_rate = serializers.FloatField(allow_null=True, help_text="By the mentor, of all agreed lessons.")
    no_show_rate = serializers.FloatField(allow_null=True, help_text="Of the mentor, of lessons that began.")
    minutes_taught = serializers.IntegerField()
    students = serializers.IntegerField()
    repeat_students = serializers.IntegerField()
    repeat_rate = serializers.FloatField(allow_null=True)
    average_rating = serializers.FloatField(allow_null=True, help_text="Of the period's reviews.")
    reviews = serializers.IntegerField()
