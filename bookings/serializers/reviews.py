"""Reviews."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from bookings.models import ReviewKind
from bookings.models.review import ASPECTS
from bookings.serializers.packages import IdField

# What a tutor's answer is called, by the documents and by their clients.
ANSWERS = ("response", "text", "response_text", "tutor_response")


class StarsField(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": 5} | kwargs))


class ReviewChangesSerializer(serializers.Serializer):
    """What is left out stays as it is."""

    rating = StarsField(required=False)
    comment = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class ReviewInputSerializer(serializers.Serializer):
    booking_id = IdField()
    rating = StarsField()
    comment = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    clarity = StarsField(required=False, allow_null=True)
    progress = StarsField(required=False, allow_null=True)
    preparation = StarsField(required=False, allow_null=True)
    reassurance = StarsField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs | {"aspects": {name: attrs.pop(name) for name in ASPECTS if name in attrs}}


class ResponseInputSerializer(serializers.Serializer):
    """A tutor's answer."""

    response = serializers.CharField(
        max_length=1000, help_text="Understood as `text`, `response_text` and `tutor_response`, too."
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            data = next(({"response": data[name]} for name in ANSWERS if name in data), {})
        return super().to_internal_value(data)


class ResponseChangesSerializer(ResponseInputSerializer):
    """What is left out stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))


class ReportInputSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=1000)


# --- answers ------------------------------------------------------------------------------------------------------


class ReviewSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    booking_id = serializers.IntegerField()
    tutor_id = serializers.IntegerField(help_text="Tutor profile id.")
    student_id = serializers.IntegerField()
    student_name = serializers.CharField()
    kind = serializers.ChoiceField(ReviewKind.choices)
    rating = serializers.IntegerField()
    clarity = serializers.IntegerField(allow_null=True)
    progress = serializers.IntegerField(allow_null=True)
    preparation = serializers.IntegerField(allow_null=True)
    reassurance = serializers.IntegerField(allow_null=True)
    comment = serializers.CharField()
    created_at = serializers.DateTimeField()
    edited = serializers.BooleanField()
    edited_at = serializers.DateTimeField(allow_null=True)
    tutor_response = serializers.CharField(allow_null=True)
    responded_at = serializers.DateTimeField(allow_null=True)
    response_edited_at = serializers.DateTimeField(allow_null=True)


class ReportSerializer(serializers.Serializer):
    message = serializers.CharField()
    id = serializers.IntegerField()
    review_id = serializers.IntegerField()
    state = serializers.CharField()
