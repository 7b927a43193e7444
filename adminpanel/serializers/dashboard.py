"""Shapes of the edustream dashboard: the document's names, and those that its client reads."""

from rest_framework import serializers

from accounts.validators import validate_currency
from sessions_app.models import SessionKind, SessionStatus

MOST_MONTHS = 60
USUAL_MONTHS = 6
MOST_ROWS = 100
USUAL_ROWS = 50

# --- What is asked --------------------------------------------------------------------------------------------------


class CurrencyQuerySerializer(serializers.Serializer):
    currency = serializers.CharField(
        max_length=3, required=False, validators=[validate_currency], help_text="The platform's own otherwise."
    )


class MonthsQuerySerializer(serializers.Serializer):
    months = serializers.IntegerField(
        min_value=1, max_value=MOST_MONTHS, default=USUAL_MONTHS, help_text="How many, the running one among them."
    )


class MonthlyRevenueQuerySerializer(CurrencyQuerySerializer, MonthsQuerySerializer):
    pass


class RowsQuerySerializer(serializers.Serializer):
    limit = serializers.IntegerField(
        required=False, help_text=f"{USUAL_ROWS} by default, at most {MOST_ROWS} (clamped)."
    )

    @property
    def number(self) -> int:
        return min(max(1, self.validated_data.get("limit", USUAL_ROWS)), MOST_ROWS)


class MetricsQuerySerializer(serializers.Serializer):
    format = serializers.ChoiceField(
        ["object", "list"], default="object", help_text="`list`: an array, as the client reads it."
    )


# --- What is answered -----------------------------------------------------------------------------------------------


class AmountSerializer(serializers.Serializer):
    currency = serializers.CharField(help_text="ISO 4217.")
    amount = serializers.FloatField()


class StatsSerializer(serializers.Serializer):
    """Revenue is what students paid less what they got back, of one currency; `revenue_by_currency` has all."""

    total_users = serializers.IntegerField(help_text="Accounts that are not deleted.")
    total_tutors = serializers.IntegerField()
    total_students = serializers.IntegerField()
    pending_approvals = serializers.IntegerField()
    total_bookings = serializers.IntegerField()
    revenue_this_month = serializers.FloatField()
    currency = serializers.CharField()
    revenue_by_currency = AmountSerializer(many=True)
    revenue_this_month_by_currency = AmountSerializer(many=True)
    totalUsers = serializers.IntegerField()  # noqa: N815 - its name on the wire, like those below
    activeTutors = serializers.IntegerField(help_text="Approved, with an open account.")  # noqa: N815
    totalSessions = serializers.IntegerField()  # noqa: N815
    revenue = serializers.FloatField(help_text="Of all time.")
    satisfaction = serializers.FloatField(help_text="The mean of all reviews that count, 1 to 5; 0 without any.")
    completionRate = serializers.FloatField(help_text="Percent of the lessons that are over.")  # noqa: N815


class SessionMetricsSerializer(serializers.Serializer):
    total_sessions = serializers.IntegerField()
    upcoming_sessions = serializers.IntegerField()
    ongoing_sessions = serializers.IntegerField()
    completed_sessions = serializers.IntegerField()
    cancelled_sessions = serializers.IntegerField()
    no_show_rate = serializers.FloatField(help_text="The part of the lessons that began in which somebody was missing.")


class MetricSerializer(serializers.Serializer):
    metric = serializers.CharField()
    value = serializers.FloatField()
    change = serializers.FloatField(
        help_text="How the last 30 days differ from the 30 before: in percent, a rate in points; 0 without those."
    )


class SubjectShareSerializer(serializers.Serializer):
    subject = serializers.CharField()
    value = serializers.IntegerField(help_text="Sessions that were not called off.")
    color = serializers.CharField(help_text="For a chart: the same as long as the order is.")


class MonthlyRevenueSerializer(serializers.Serializer):
    month = serializers.CharField(help_text="Such as 2026-01.")
    revenue = serializers.FloatField(help_text="What students paid in it, less what they got back in it.")
    sessions = serializers.IntegerField(help_text="Those of the month that took place.")
    currency = serializers.CharField()


class GrowthSerializer(serializers.Serializer):
    month = serializers.CharField(help_text="Such as 2026-01.")
    tutors = serializers.IntegerField(help_text="New accounts that are not deleted.")
    students = serializers.IntegerField()
    total_users = serializers.IntegerField(help_text="At the end of the month.")


class ActivitySerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="Of the entry in the audit log.")
    user = serializers.CharField(help_text="Who did it.")
    user_id = serializers.IntegerField(allow_null=True)
    action = serializers.CharField(help_text="In words.")
    time = serializers.DateTimeField()
    type = serializers.CharField(help_text="What it is about, such as booking.")
    object_id = serializers.CharField(allow_blank=True)


class ComingSessionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(SessionKind.choices)
    status = serializers.ChoiceField(SessionStatus.choices)
    subject = serializers.CharField(allow_null=True)
    tutor = serializers.CharField(help_text="Who holds it.")
    tutor_id = serializers.IntegerField(help_text="Of the person.")
    student = serializers.CharField(allow_null=True, help_text="Whose lesson it is.")
    booking_id = serializers.IntegerField(allow_null=True)
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    participants = serializers.IntegerField()
    max_participants = serializers.IntegerField()
