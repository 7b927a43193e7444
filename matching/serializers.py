"""Shapes of matching: what is sent and what is answered (built by `presenters`, described here)."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers.money import AmountField
from accounts.serializers.tutors import AmountField as Number
from accounts.serializers.tutors import TutorCardSerializer
from catalog import languages
from catalog.serializers import NamedCodeSerializer, SubjectField
from matching.models import Opinion, PrecomputeJob
from messaging.serializers.inputs import IdField

LONGEST = 200
STATUSES = ("queued", "running", "done", "failed")


@extend_schema_field({"type": "string", "maxLength": LONGEST})
class LanguagesField(serializers.Field):
    """ISO 639-1 codes or English names with commas between, as a list of codes."""

    default_error_messages = {"unknown": "Must be languages with commas between, such as en,Spanish."}

    def to_internal_value(self, data: Any) -> list[str]:
        codes = [languages.code_of(word) for word in str(data)[: LONGEST + 1].split(",") if word.strip()]
        if len(str(data)) > LONGEST or None in codes:
            self.fail("unknown")
        return list(dict.fromkeys(code for code in codes if code))


# --- what is sent -------------------------------------------------------------------------------------------------


class LanguageQuerySerializer(serializers.Serializer):
    language = LanguagesField(required=False, help_text="In one of these: codes or English names, commas between.")
    languages = LanguagesField(required=False, help_text="The same.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked = {name: value for name, value in attrs.items() if name != "language"}
        return asked | {"languages": attrs.get("languages") or attrs.get("language") or []}


class RecommendationQuerySerializer(LanguageQuerySerializer):
    """What is asked for this once, in the place of what is known of the student."""

    subject = SubjectField(required=False, help_text="Teaches this subject: its name or id.")
    subject_id = SubjectField(required=False, help_text="The same.")
    budget = AmountField(
        required=False, min_value=0, help_text="What an hour may cost, in the currency of the account."
    )
    any_language = serializers.BooleanField(required=False, help_text="Also without a language in common.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked = super().validate(attrs)
        subject = asked.pop("subject_id", None)
        return asked | {"subject": asked.get("subject") or subject}


class PairSerializer(serializers.Serializer):
    mentor_id = IdField()
    student_id = IdField(required=False, allow_null=True, help_text="For admins, who must say whom they mean.")


class TutorFeedbackInputSerializer(serializers.Serializer):
    mentor_id = IdField()
    action = serializers.ChoiceField(Opinion.choices, help_text="dismiss: not recommended for 90 days.")


class PrecomputeInputSerializer(serializers.Serializer):
    scope = serializers.ChoiceField(
        [PrecomputeJob.Scope.ALL, PrecomputeJob.Scope.STUDENT], required=False, default=PrecomputeJob.Scope.ALL
    )
    student_id = IdField(required=False, allow_null=True, help_text="Where the scope is `student`.")


# --- what is answered ---------------------------------------------------------------------------------------------


class FactorSerializer(serializers.Serializer):
    name = serializers.CharField()
    weight = serializers.IntegerField(help_text="The most points that it can give.")
    value = Number(help_text="From 0 to 1.")
    contribution = Number(help_text="The points that it gives. They come to the score exactly.")
    reason = serializers.CharField()


class ScoreSerializer(serializers.Serializer):
    mentor_id = serializers.IntegerField()
    score = Number(help_text="From 0 to 100.")
    factors = FactorSerializer(many=True)
    is_new_tutor = serializers.BooleanField(help_text="Got points for being new.")
    label = serializers.CharField(allow_null=True, help_text="`new tutor`, or null.")  # type: ignore[assignment]
    algorithm_version = serializers.CharField()
    computed_at = serializers.DateTimeField()


class PeerCourseSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()


class PeerMatchSerializer(serializers.Serializer):
    student_id = serializers.IntegerField()
    name = serializers.CharField()
    avatar = serializers.URLField()
    shared_courses = PeerCourseSerializer(many=True)
    score = Number(help_text="From 0 to 100.")
    factors = FactorSerializer(many=True)
    algorithm_version = serializers.CharField()
    computed_at = serializers.DateTimeField()


class RecommendationSerializer(ScoreSerializer):
    saved = serializers.BooleanField(help_text="The student wants to remember this tutor.")
    mentor = TutorCardSerializer()


class ExclusionSerializer(serializers.Serializer):
    code = serializers.CharField()
    reason = serializers.CharField()


class CompatibilitySerializer(ScoreSerializer):
    student_id = serializers.IntegerField()
    is_eligible = serializers.BooleanField(help_text="Nothing speaks against it.")
    excluded_because = ExclusionSerializer(many=True, help_text="Why the tutor is not recommended; empty otherwise.")


class CommonLanguageSerializer(NamedCodeSerializer):
    student_level = serializers.CharField(allow_null=True, help_text="null: not said.")
    mentor_level = serializers.CharField()
    level = serializers.CharField(help_text="The lower of the two.")


class LanguageMatchSerializer(TutorCardSerializer):
    common_languages = CommonLanguageSerializer(many=True, help_text="The best first.")


class SubjectOptionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    category = serializers.CharField()


class PriceRangeSerializer(serializers.Serializer):
    currency = serializers.CharField()
    min = Number()
    max = Number()


class PublishedFactorSerializer(serializers.Serializer):
    name = serializers.CharField()
    weight = serializers.IntegerField()
    description = serializers.CharField()


class OptionsSerializer(serializers.Serializer):
    subjects = SubjectOptionSerializer(many=True)
    languages = NamedCodeSerializer(many=True)
    levels = serializers.ListField(child=serializers.CharField())
    price_ranges = PriceRangeSerializer(many=True, help_text="Of an hour, by currency.")
    days = serializers.ListField(child=serializers.CharField())
    factors = PublishedFactorSerializer(many=True, help_text="All that a score is made of.")
    never_used = serializers.ListField(child=serializers.CharField())
    algorithm_version = serializers.CharField()


class JobAcceptedSerializer(serializers.Serializer):
    job_id = serializers.IntegerField()
    status_url = serializers.CharField()


class JobSerializer(JobAcceptedSerializer):
    scope = serializers.ChoiceField(PrecomputeJob.Scope.choices)
    student_id = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(STATUSES)
    done = serializers.IntegerField(help_text="Students whose list is new.")
    total = serializers.IntegerField(help_text="0 until it has begun.")
    percent = serializers.IntegerField()
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class TutorFeedbackSerializer(serializers.Serializer):
    mentor_id = serializers.IntegerField()
    action = serializers.ChoiceField(Opinion.choices)
    until = serializers.DateTimeField(allow_null=True, help_text="When a dismissal ends.")
    updated_at = serializers.DateTimeField()
