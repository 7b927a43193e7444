"""Shapes of the prices on a tutor's profile."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.serializers.money import SMALLEST_AMOUNT, AmountField
from accounts.serializers.tutor_edits import VersionSerializer, one_line
from accounts.validators import validate_currency
from bookings.services.pricing import PricingOption
from sessions_app.serializers import LONGEST, SHORTEST, STEP, MinutesField

MOST_OPTIONS = 20


class OptionSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200, validators=[one_line])
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    duration_minutes = MinutesField(min_value=SHORTEST, max_value=LONGEST, help_text="In steps of 5.")
    price = AmountField(min_value=Decimal(0))

    def validate_duration_minutes(self, value: int) -> int:
        if value % STEP:
            raise serializers.ValidationError(f"Must be a multiple of {STEP}.")
        return value

    def validate(self, attrs: dict[str, Any]) -> Any:
        return PricingOption(**attrs)


class PricingSerializer(VersionSerializer):
    """What is left out stays as it is; `pricing_options` are replaced as a whole."""

    hourly_rate = AmountField(min_value=SMALLEST_AMOUNT, required=False)
    currency = serializers.CharField(max_length=3, required=False, validators=[validate_currency])
    pricing_options = serializers.ListField(child=OptionSerializer(), max_length=MOST_OPTIONS, required=False)
