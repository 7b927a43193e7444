"""What admins send and are shown of sessions."""

from typing import Any

from rest_framework import serializers

from common.filters import LARGEST_ID
from sessions_app.models import ConflictOutcome, QualityOutcome, SessionKind
from sessions_app.records.serializers import AuthorSerializer, ConflictSerializer
from sessions_app.serializers import SessionCardSerializer

LONGEST_NOTES = 5000
LONGEST_NOTE = 500


class QualityReviewInputSerializer(serializers.Serializer):
    session_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    score = serializers.IntegerField(min_value=1, max_value=5)
    outcome = serializers.ChoiceField(
        QualityOutcome.choices, help_text="commended and needs_improvement are told to the host."
    )
    notes = serializers.CharField(
        max_length=LONGEST_NOTES, required=False, allow_blank=True, default="", help_text="For admins only."
    )


class ConflictDecisionSerializer(serializers.Serializer):
    """To `resolve` needs an outcome; both sides hear of it."""

    report_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    action = serializers.ChoiceField(["take_up", "resolve", "dismiss"])
    outcome = serializers.ChoiceField(ConflictOutcome.choices, required=False)
    note = serializers.CharField(
        max_length=LONGEST_NOTE, required=False, allow_blank=True, default="", help_text="Told to the reporter."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] == "resolve" and "outcome" not in attrs:
            raise serializers.ValidationError({"outcome": ["This field is required."]}, code="required")
        return attrs


# --- answers ------------------------------------------------------------------------------------------------------


class QualityReviewSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    session_id = serializers.IntegerField()
    reviewer = AuthorSerializer()
    score = serializers.IntegerField()
    outcome = serializers.ChoiceField(QualityOutcome.choices)
    notes = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class AdminSessionSerializer(SessionCardSerializer):
    """A session in the admins' list."""

    end_reason = serializers.CharField(help_text="Why it was cancelled; empty otherwise.")
    undecided_conflicts = serializers.IntegerField(help_text="Reports that wait for a decision.")
    quality_reviews = QualityReviewSerializer(many=True)


class ReportedPersonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class AdminConflictSerializer(ConflictSerializer):
    """A report with its people and its decision."""

    session_kind = serializers.ChoiceField(SessionKind.choices)
    session_date = serializers.DateTimeField()
    host = ReportedPersonSerializer()
    reporter = ReportedPersonSerializer()
    reported = ReportedPersonSerializer(allow_null=True, help_text="Whom it is about.")
    reviewer = ReportedPersonSerializer(allow_null=True, help_text="The admin who looks, or has looked, into it.")
    due_at = serializers.DateTimeField(help_text="Until when it should be decided.")
    is_overdue = serializers.BooleanField()
