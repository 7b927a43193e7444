"""Packages."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.filters import KINDS
from bookings.models import CreditKind, PackageExtension
from catalog.models import Subject
from sessions_app.serializers import LONGEST, SHORTEST, STEP, MinutesField, SubjectRefSerializer

MOST_SESSIONS, LONGEST_VALIDITY = 100, 730
LARGEST_ID = 2**63 - 1
LARGEST_PRICE = 99_999_999


class IdField(serializers.IntegerField):
    """An id as it is sent; whether there is such a thing, the service says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": LARGEST_ID} | kwargs))


@extend_schema_field({"type": "number", "minimum": 0, "maximum": LARGEST_PRICE})
class PriceField(serializers.DecimalField):
    """Exact; a number or its text."""

    def __init__(self, **kwargs: Any) -> None:
        limits = {"max_digits": None, "decimal_places": None, "min_value": 0, "max_value": LARGEST_PRICE}
        super().__init__(**(limits | kwargs))


class OfferInputSerializer(serializers.Serializer):
    """What a tutor offers."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    session_count = serializers.IntegerField(min_value=1, max_value=MOST_SESSIONS)
    price = PriceField(help_text="Of all lessons together, in the tutor's currency, and rounded to its digits.")
    duration_minutes = MinutesField(
        min_value=SHORTEST, max_value=LONGEST, required=False, help_text="Of one lesson, in steps of 5; 60 by default."
    )
    validity_days = serializers.IntegerField(
        min_value=1, max_value=LONGEST_VALIDITY, required=False, help_text="From the purchase on; 90 by default."
    )
    subject_id = serializers.PrimaryKeyRelatedField(
        source="subject",
        queryset=Subject.objects.all(),
        required=False,
        allow_null=True,
        help_text="Good for lessons in this subject only.",
    )

    def validate_duration_minutes(self, value: int) -> int:
        if value % STEP:
            raise serializers.ValidationError(f"Must be a multiple of {STEP}.")
        return value


class OfferChangesSerializer(OfferInputSerializer):
    """What is left out stays as it is. What was bought before keeps its terms."""

    is_active = serializers.BooleanField(required=False, help_text="Whether it is sold.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))


class PurchaseInputSerializer(serializers.Serializer):
    """What a student buys."""

    package_id = IdField(required=False, help_text="The offer.")
    pricing_option_id = IdField(required=False, help_text="The same, as the client calls it.")
    tutor_profile_id = IdField(required=False, allow_null=True, source="tutor_id", help_text="Whose offer it is.")
    payment_intent_id = serializers.CharField(
        max_length=255, required=False, allow_blank=True, allow_null=True, help_text="Not needed by the sandbox."
    )
    agreed_terms = serializers.BooleanField(required=False, allow_null=True)

    def validate_agreed_terms(self, value: bool | None) -> bool | None:
        if value is False:
            raise serializers.ValidationError("The terms must be agreed to.", code="TERMS_NOT_AGREED")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not {"package_id", "pricing_option_id"} & attrs.keys():
            raise serializers.ValidationError({"package_id": "This field is required."}, code="required")
        package_id = attrs.get("package_id", attrs.get("pricing_option_id"))
        return {"package_id": package_id, "tutor_id": attrs.get("tutor_id")}


class PackageInputSerializer(OfferInputSerializer):
    """A tutor's new offer, or with `package_id` or `pricing_option_id` a student's purchase of one."""

    package_id = IdField(required=False, help_text="Buys that offer; students only.")
    pricing_option_id = IdField(required=False, help_text="The same, as the client calls it.")


class CreditUseSerializer(serializers.Serializer):
    booking_id = IdField(
        required=False, allow_null=True, help_text="The lesson that it pays for: repeated, this uses no second credit."
    )


class ExtensionInputSerializer(serializers.Serializer):
    days = serializers.IntegerField(min_value=1, max_value=30)


class PackageQuerySerializer(serializers.Serializer):
    kind = serializers.ChoiceField(
        KINDS,
        required=False,
        allow_blank=True,
        help_text="What the id is of. Without it: first what one owns as a student, or offers as a tutor.",
    )


# --- answers ------------------------------------------------------------------------------------------------------


class ExtensionSerializer(serializers.Serializer):
    """More time that is asked for; without an answer it is granted at `lapses_at`."""

    asked_by = serializers.ChoiceField(PackageExtension.Side.choices)
    days = serializers.IntegerField()
    lapses_at = serializers.DateTimeField()


class PackageSerializer(serializers.Serializer):
    """An offer, or what a student owns of one (`kind`)."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(KINDS)
    tutor_profile_id = serializers.IntegerField()
    tutor_name = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    session_count = serializers.IntegerField()
    price = serializers.FloatField()
    price_per_session = serializers.FloatField()
    currency = serializers.CharField()
    duration_minutes = serializers.IntegerField()
    validity_days = serializers.IntegerField()
    subject = SubjectRefSerializer(allow_null=True)
    subject_id = serializers.IntegerField(allow_null=True)
    is_active = serializers.BooleanField(help_text="An offer is sold; of a purchase, lessons can be booked.")
    status = serializers.CharField(help_text="active, inactive; of a purchase pending, active, expired, refunded.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    # What follows, purchases have.
    package_id = serializers.IntegerField(required=False, help_text="The offer. Purchases only, as all that follows.")
    pricing_option_id = serializers.IntegerField(required=False)
    student_id = serializers.IntegerField(required=False)
    student_name = serializers.CharField(required=False)
    sessions_purchased = serializers.IntegerField(required=False)
    sessions_remaining = serializers.IntegerField(required=False, help_text="Still to be booked.")
    sessions_used = serializers.IntegerField(required=False)
    sessions_reserved = serializers.IntegerField(required=False, help_text="Booked, and yet to take place.")
    purchase_price = serializers.FloatField(required=False)
    purchased_at = serializers.DateTimeField(required=False, allow_null=True)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="From this instant on.")
    refunded_amount = serializers.FloatField(required=False)
    extension = ExtensionSerializer(required=False, allow_null=True)


class CreditEntrySerializer(serializers.Serializer):
    """One line of the ledger of a purchase."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(CreditKind.choices)
    change = serializers.IntegerField(help_text="What it does to the available credits.")
    balance = serializers.IntegerField(help_text="The available credits after it.")
    booking_id = serializers.IntegerField(allow_null=True)
    actor_id = serializers.IntegerField(allow_null=True, help_text="Null: the system.")
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
