"""Days and times of day as documents and clients write them."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

# The first is stored as 0.
DAY_NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MINUTES_OF_A_DAY = 24 * 60
_DAY_NUMBER = re.compile(r"([0-6])(\.0)?", re.ASCII)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(:00)?", re.ASCII)
_MIDNIGHT = ("24:00", "24:00:00")
CLOCK_PATTERN = r"^(([01][0-9]|2[0-3]):[0-5][0-9](:00)?|24:00(:00)?)$"


@extend_schema_field(
    {"oneOf": [{"type": "string", "enum": DAY_NAMES}, {"type": "integer", "minimum": 0, "maximum": 6}]}
)
class DayField(serializers.Field):
    """`monday`, or the client's number, where 0 is Sunday; stored with 0 for Monday."""

    default_error_messages = {"invalid": "Must be a day such as monday, or a number from 0 (Sunday) to 6."}

    def to_internal_value(self, data: Any) -> int:
        word = str(data).strip().lower()
        if isinstance(data, str) and word in DAY_NAMES:
            return DAY_NAMES.index(word)
        number = _DAY_NUMBER.fullmatch(word) if type(data) in (int, float, str) else None
        return (int(number[1]) - 1) % 7 if number else self.fail("invalid")

    def to_representation(self, value: int) -> str:
        return DAY_NAMES[value]


@extend_schema_field({"type": "string", "pattern": CLOCK_PATTERN, "example": "09:00"})
class ClockField(serializers.Field):
    """`09:00` as a minute of the day; 24:00 is midnight at the end of it."""

    default_error_messages = {"invalid": "Must be a time of day such as 09:00."}

    def to_internal_value(self, data: Any) -> int:
        text = data.strip() if isinstance(data, str) else ""
        if text in _MIDNIGHT:
            return MINUTES_OF_A_DAY
        match = _CLOCK.fullmatch(text)
        return int(match[1]) * 60 + int(match[2]) if match else self.fail("invalid")

    def to_representation(self, value: int) -> str:
        return f"{value // 60:02}:{value % 60:02}"
