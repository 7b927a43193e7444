"""Shapes of a tutor's desk in the learner_v1 contract: the own profile, figures, earnings and reviews."""

from typing import Any

from rest_framework import serializers

from accounts.serializers.account import PhoneField
from accounts.serializers.client import FullNameMixin, LearnerPersonSerializer
from accounts.serializers.money import SMALLEST_AMOUNT, AmountField
from accounts.serializers.tutor_edits import AboutSerializer
from accounts.validators import validate_time_zone
from bookings.serializers.reviews import ReviewSerializer
from catalog.serializers import MOST_SUBJECTS, SubjectsField


class TutorChangesSerializer(FullNameMixin, AboutSerializer):
    """What is left out stays as it is; `subjects` are replaced as a whole. Another `email` than the own is refused."""

    email = serializers.CharField(max_length=254, required=False)
    phone = PhoneField(required=False, allow_blank=True)
    timezone = serializers.CharField(max_length=64, required=False, validators=[validate_time_zone])
    subjects = SubjectsField(max_length=MOST_SUBJECTS, required=False, help_text="Names or ids.")
    hourly_rate = AmountField(
        min_value=SMALLEST_AMOUNT, required=False, allow_null=True, help_text="Null: it stays as it is."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Who has set no rate yet sends back the null that they were answered."""
        attrs = super().validate(attrs)
        return {name: value for name, value in attrs.items() if not (name == "hourly_rate" and value is None)}


# --- answers ------------------------------------------------------------------------------------------------------


class TutorMeSerializer(serializers.Serializer):
    """A tutor's own profile."""

    id = serializers.IntegerField(help_text="Tutor profile id.")
    name = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.CharField()
    avatar = serializers.CharField()
    phone = serializers.CharField()
    timezone = serializers.CharField()
    title = serializers.CharField()
    headline = serializers.CharField()
    bio = serializers.CharField()
    experience_years = serializers.IntegerField()
    languages = serializers.ListField(child=serializers.CharField(), help_text="ISO 639-1 codes.")
    subjects = serializers.ListField(child=serializers.CharField(), help_text="Their names.")
    hourly_rate = serializers.FloatField(allow_null=True)
    currency = serializers.CharField()
    rating = serializers.FloatField(help_text="Mean of the reviews to one decimal; 0 without any.")
    review_count = serializers.IntegerField()
    total_sessions = serializers.IntegerField(help_text="Lessons that took place.")
    status = serializers.CharField(help_text="How the approval stands.")
    version = serializers.IntegerField(help_text="For If-Match.")
    created_at = serializers.DateTimeField()
    user_id = LearnerPersonSerializer(help_text="The account itself, as the client reads it.")
    user = LearnerPersonSerializer(help_text="The same.")


class OverviewSerializer(serializers.Serializer):
    """A tutor's work in figures."""

    total_earnings = serializers.FloatField(help_text="After refunds and the platform's share, in `currency`.")
    currency = serializers.CharField()
    active_sessions = serializers.IntegerField(help_text="To come, or running.")
    completed_sessions = serializers.IntegerField()
    total_students = serializers.IntegerField()
    avg_rating = serializers.FloatField()
    review_count = serializers.IntegerField()
    hours_taught = serializers.FloatField()


class TransactionSerializer(serializers.Serializer):
    """What one lesson brought."""

    id = serializers.IntegerField(help_text="Booking id.")
    booking_id = serializers.IntegerField()
    session_id = serializers.IntegerField()
    student_id = serializers.IntegerField()
    student = serializers.CharField(help_text="Name.")
    session = serializers.CharField(help_text="Title.")
    date = serializers.DateTimeField(help_text="When the lesson began.")
    gross = serializers.FloatField(help_text="What the student paid in the end.")
    commission = serializers.FloatField(help_text="The platform's share.")
    amount = serializers.FloatField(help_text="The tutor's own.")
    currency = serializers.CharField()
    status = serializers.ChoiceField(
        ["pending", "paid", "disputed", "refunded"], help_text="`paid`: a payout has brought it to the tutor."
    )


class CurrencyTotalsSerializer(serializers.Serializer):
    currency = serializers.CharField()
    total = serializers.FloatField()
    this_month = serializers.FloatField()
    last_month = serializers.FloatField()
    pending = serializers.FloatField()
    disputed = serializers.FloatField()
    lessons = serializers.IntegerField()


class NumbersSerializer(serializers.Serializer):
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    total = serializers.IntegerField()


class EarningsSerializer(serializers.Serializer):
    """Sums are those of the profile's currency; `by_currency` has all."""

    transactions = TransactionSerializer(many=True, help_text="Of one page, the latest lesson first.")
    pagination = NumbersSerializer()
    currency = serializers.CharField()
    total_earnings = serializers.FloatField()
    this_month = serializers.FloatField()
    last_month = serializers.FloatField()
    pending = serializers.FloatField()
    by_currency = CurrencyTotalsSerializer(many=True)


class EarningsQuerySerializer(serializers.Serializer):
    page = serializers.IntegerField(required=False, help_text="The page, from 1.")
    limit = serializers.IntegerField(required=False, help_text="100 by default, at most 100 (clamped).")


class AuthorSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class OwnReviewSerializer(ReviewSerializer):
    """A review, as its tutor reads it."""

    student = AuthorSerializer()
    response = serializers.CharField(allow_null=True, help_text="The tutor's answer.")
