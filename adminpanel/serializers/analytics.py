"""Shapes of the mentor contract's analytics. Rates are in percent, null where there is nothing to be counted."""

from datetime import date, timedelta
from typing import Any

from rest_framework import serializers

from accounts.models import TutorStatus
from accounts.validators import validate_currency
from adminpanel.analytics.mentors import SORTS
from adminpanel.analytics.periods import MOST_STEPS, UNITS, Period, today
from bookings.serializers.fields import PlainDateField

LONGEST_SEARCH = 200
# The word for a field that is none of Python's.
_FROM = "from"

# --- What is asked --------------------------------------------------------------------------------------------------


class PeriodQuerySerializer(serializers.Serializer):
    """Dates on the platform's wall. The period is widened to whole steps."""

    usual_days = 30
    by = serializers.ChoiceField(UNITS, default="day", help_text="How long each step is.")

    def get_fields(self) -> dict[str, serializers.Field]:
        """With those that are words of Python."""
        first = PlainDateField(
            required=False, help_text=f"The first day of the period; {self.usual_days} days before its end otherwise."
        )
        last = PlainDateField(required=False, help_text="The last day of the period; today otherwise.")
        return {_FROM: first, "to": last} | super().get_fields()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        last = attrs.get("to") or self._usual_end(attrs.get(_FROM))
        first = attrs.get(_FROM) or last - timedelta(days=self.usual_days - 1)
        if first > last:
            raise serializers.ValidationError({_FROM: ["Must not be after the end of the period."]})
        if last - first > timedelta(days=31 * MOST_STEPS):
            raise serializers.ValidationError({_FROM: [f"A period has at most {MOST_STEPS} steps."]})
        period = Period.around(first, last, attrs.get("by", "day"))
        if sum(1 for _ in period.steps()) > MOST_STEPS:
            raise serializers.ValidationError({_FROM: [f"A period has at most {MOST_STEPS} steps."]})
        return attrs | {"period": period}

    def _usual_end(self, first: date | None) -> date:
        """Today; or where that is before the beginning, so many days as are usual."""
        return today() if first is None or first <= today() else first + timedelta(days=self.usual_days - 1)


class RevenueQuerySerializer(PeriodQuerySerializer):
    currency = serializers.CharField(
        max_length=3, required=False, validators=[validate_currency], help_text="This one only."
    )


class MentorsQuerySerializer(PeriodQuerySerializer):
    usual_days = 90

    search = serializers.CharField(
        max_length=LONGEST_SEARCH, required=False, allow_blank=True, help_text="In the name or the e-mail address."
    )
    status = serializers.ChoiceField(TutorStatus.choices, required=False)
    min_lessons = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, help_text="At least so many took place in the period."
    )
    sort = serializers.ChoiceField(
        [*SORTS, *(f"-{sort}" for sort in SORTS)], default="lessons", help_text="The highest first; with - the lowest."
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        return {name: field for name, field in super().get_fields().items() if name != "by"}


# --- What is answered -----------------------------------------------------------------------------------------------


class PeriodSerializer(serializers.Serializer):
    to = serializers.DateField(help_text="Its last day.")
    by = serializers.ChoiceField(UNITS)
    timezone = serializers.CharField(help_text="Where its days begin at midnight.")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {_FROM: serializers.DateField()} | super().get_fields()


class MoneySerializer(serializers.Serializer):
    """Each on the day on which it was posted: a refund of an earlier payment counts when it is given."""

    gross = serializers.FloatField(help_text="What students paid.")
    refunded = serializers.FloatField()
    charged_back = serializers.FloatField(help_text="What banks took back, less what they gave again.")
    net = serializers.FloatField(help_text="Gross less what went back.")
    commission = serializers.FloatField(help_text="The platform's share of lessons that took place.")
    losses = serializers.FloatField(help_text="What the platform bore of chargebacks, and gave mentors besides.")
    mentor_earnings = serializers.FloatField()
    paid_out = serializers.FloatField(help_text="What reached mentors.")
    payments = serializers.IntegerField(help_text="How many were taken.")


class CurrencyMoneySerializer(MoneySerializer):
    currency = serializers.CharField(help_text="ISO 4217.")


class MoneyStepSerializer(MoneySerializer):
    start = serializers.DateField()


class CurrencyRevenueSerializer(CurrencyMoneySerializer):
    steps = MoneyStepSerializer(many=True)


class RevenueSerializer(serializers.Serializer):
    """Amounts of different currencies are never added together."""

    period = PeriodSerializer()
    currencies = CurrencyRevenueSerializer(many=True)


class UsageTotalsSerializer(serializers.Serializer):
    new_users = serializers.IntegerField(help_text="Accounts that were opened and are not deleted.")
    bookings = serializers.IntegerField(help_text="Made in it.")
    sessions = serializers.IntegerField(help_text="Begun, or to begin, in it; not those that were called off.")
    messages = serializers.IntegerField()
    sign_ins = serializers.IntegerField()


class UsageStepSerializer(UsageTotalsSerializer):
    start = serializers.DateField()
    active_users = serializers.IntegerField(help_text="Did something that is on record, or wrote a message.")


class UsageSerializer(serializers.Serializer):
    period = PeriodSerializer()
    totals = UsageTotalsSerializer()
    steps = UsageStepSerializer(many=True)


class OutcomesSerializer(serializers.Serializer):
    """Lessons by the day on which they were to begin."""

    lessons = serializers.IntegerField(help_text="Whatever became of them.")
    completed = serializers.IntegerField()
    missed_by_student = serializers.IntegerField()
    missed_by_mentor = serializers.IntegerField()
    cancelled_by_student = serializers.IntegerField(help_text="Requests that were taken back, too.")
    cancelled_by_mentor = serializers.IntegerField()
    cancelled_by_others = serializers.IntegerField(help_text="By admins, or because somebody was gone.")
    completion_rate = serializers.FloatField(allow_null=True, help_text="Of those that are over.")
    cancellation_rate = serializers.FloatField(allow_null=True, help_text="Of those that are over.")
    no_show_rate = serializers.FloatField(allow_null=True, help_text="Of those that began.")


class PerformanceFiguresSerializer(OutcomesSerializer):
    confirmed = serializers.IntegerField(help_text="Requests, on the day of the answer.")
    declined = serializers.IntegerField()
    unanswered = serializers.IntegerField(help_text="Lapsed.")
    confirmation_rate = serializers.FloatField(allow_null=True, help_text="Of all that were decided.")
    response_minutes = serializers.FloatField(allow_null=True, help_text="The mean time to an answer.")
    average_rating = serializers.FloatField(allow_null=True, help_text="Of the reviews that were written in it.")
    reviews = serializers.IntegerField()


class PerformanceStepSerializer(PerformanceFiguresSerializer):
    start = serializers.DateField()


class PlatformPerformanceSerializer(serializers.Serializer):
    period = PeriodSerializer()
    totals = PerformanceFiguresSerializer()
    steps = PerformanceStepSerializer(many=True)


class PeopleSerializer(serializers.Serializer):
    total = serializers.IntegerField(help_text="Accounts that are not deleted.")
    students = serializers.IntegerField()
    mentors = serializers.IntegerField()
    admins = serializers.IntegerField()
    new = serializers.IntegerField(help_text="Opened in the period.")
    active_mentors = serializers.IntegerField(help_text="Approved, with an open account.")
    pending_mentors = serializers.IntegerField(help_text="Wait for approval.")


class SessionCountsSerializer(serializers.Serializer):
    total = serializers.IntegerField()
    upcoming = serializers.IntegerField()
    ongoing = serializers.IntegerField()
    completed = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class WaitingSerializer(serializers.Serializer):
    """What somebody of the staff should look at."""

    open_tickets = serializers.IntegerField()
    open_disputes = serializers.IntegerField()
    open_conflicts = serializers.IntegerField()


class OverviewSerializer(serializers.Serializer):
    period = PeriodSerializer()
    users = PeopleSerializer(help_text="As they are now.")
    sessions = SessionCountsSerializer(help_text="Of the period, of all kinds.")
    lessons = OutcomesSerializer(help_text="Of the period.")
    revenue = CurrencyMoneySerializer(many=True, help_text="Of the period, by currency.")
    satisfaction = serializers.FloatField(allow_null=True, help_text="The mean of all reviews that count, 1 to 5.")
    waiting = WaitingSerializer()


class MentorSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="Of the mentor's profile.")
    user_id = serializers.IntegerField()
    name = serializers.CharField()
    status = serializers.ChoiceField(TutorStatus.choices)


class EarnedSerializer(serializers.Serializer):
    currency = serializers.CharField()
    net = serializers.FloatField()


class MentorFiguresSerializer(serializers.Serializer):
    """Lessons that were to begin in the period; the rating is of all time."""

    mentor = MentorSerializer()
    period_start = serializers.DateField()
    period_end = serializers.DateField()
    completed = serializers.IntegerField()
    minutes_taught = serializers.IntegerField()
    missed_by_mentor = serializers.IntegerField()
    missed_by_student = serializers.IntegerField()
    cancelled_by_mentor = serializers.IntegerField()
    cancelled_by_student = serializers.IntegerField()
    completion_rate = serializers.FloatField(allow_null=True, help_text="Of lessons that the student did not lose.")
    cancellation_rate = serializers.FloatField(allow_null=True, help_text="By the mentor, beside those that began.")
    no_show_rate = serializers.FloatField(allow_null=True, help_text="Of the mentor, of lessons that began.")
    confirmed = serializers.IntegerField(help_text="Requests answered in the period.")
    declined = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    confirmation_rate = serializers.FloatField(allow_null=True)
    response_minutes = serializers.FloatField(allow_null=True, help_text="The mean time to an answer.")
    average_rating = serializers.FloatField(allow_null=True)
    total_reviews = serializers.IntegerField()
    earned = EarnedSerializer(many=True, help_text="In the period, after the platform's share.")
