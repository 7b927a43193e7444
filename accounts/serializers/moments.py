"""Instants as they are sent."""

from datetime import UTC, datetime

from rest_framework import serializers

# Nothing is planned further ahead, and years of four digits keep every client's date parser happy.
LAST_YEAR = 2100


class AwareDateTimeField(serializers.DateTimeField):
    """An instant with an offset or `Z`, read as UTC; one without is refused, not guessed at (R-GEN-2)."""

    default_error_messages = {
        "naive": "Must have a time zone offset or Z, such as 2026-01-31T14:00:00Z.",
        "far": f"Must be before the year {LAST_YEAR + 1}.",
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise serializers.ValidationError(self.error_messages["naive"], code="NAIVE_DATETIME")
        if not 1 < value.year <= LAST_YEAR:
            self.fail("far")
        return value.astimezone(UTC)
