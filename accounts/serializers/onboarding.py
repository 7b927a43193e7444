"""Shapes of what people say of themselves when they join the mentor platform, and later in its profile pages."""

from decimal import Decimal
from typing import Any

import orjson
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils.html import is_html_input

from accounts.models import AcademicLevel, LearnerKind, Proficiency
from accounts.serializers.account import (
    BirthDateField,
    MessageSerializer,
    NameField,
    PasswordField,
    ProfileSerializer,
    with_parts_of_name,
)
from accounts.serializers.students import LONGEST_BIO
from accounts.serializers.tutor_edits import LanguagesField
from accounts.serializers.tutors import SpokenLanguageSerializer
from accounts.serializers.words import LONGEST_WORDS, MOST_WORDS, WordsField
from common.filters import LARGEST_ID

LARGEST_PREFERENCES = 4096  # bytes, as JSON
LEAST_SCHOOL_SUBJECTS = 3
LAST_SEMESTER = 20
# What each level of education must say of itself.
_ASKED_OF = {
    AcademicLevel.SCHOOL: ("school_name", "class_grade", "subjects"),
    AcademicLevel.COLLEGE: ("university_name", "degree_type", "major", "semester", "cgpa"),
}
# Where the names of the front end are kept.
_KEPT_AS = {"class_grade": "grade_level", "subjects": "academic_subjects", "university_name": "university"}


class OwnIdMixin(serializers.Serializer):
    """Some forms send whose profile it is; that it is the caller's own, the service checks."""

    user_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, allow_null=True)


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise serializers.ValidationError("Must be valid JSON.") from error


@extend_schema_field({"oneOf": [{"type": "object"}, {"type": "array", "items": {}}]})
class PreferencesField(serializers.JSONField):
    """What a page keeps for itself: an object or a list of up to 4 KB; in a form its text."""

    def get_value(self, dictionary: Any) -> Any:
        value = super().get_value(dictionary)
        return empty if value == "" and is_html_input(dictionary) else value

    def to_internal_value(self, data: Any) -> Any:
        if getattr(data, "is_json_string", False):
            data = _parsed(str(data))
        if not isinstance(data, (dict, list)):
            raise serializers.ValidationError("Must be an object or a list.")
        try:
            written = orjson.dumps(data)
        except TypeError as error:
            raise serializers.ValidationError("Must be valid JSON.") from error
        if len(written) > LARGEST_PREFERENCES:
            raise serializers.ValidationError(f"At most {LARGEST_PREFERENCES} bytes.")
        if b"\\u0000" in written:
            raise serializers.ValidationError("Null characters are not allowed.")
        return data


class GuardianSerializer(serializers.Serializer):
    name = NameField()
    email = serializers.EmailField(max_length=254)


class OwnProfileSerializer(OwnIdMixin, ProfileSerializer):
    """What is left out stays as it is. `name` is first and last name in one; `profile_image` is the address that an
    upload was answered with, or empty for the default picture.
    """

    name = NameField(required=False, allow_blank=True, write_only=True)
    bio = serializers.CharField(max_length=LONGEST_BIO, required=False, allow_blank=True, help_text="Of students.")
    profile_image = serializers.CharField(max_length=500, required=False, allow_blank=True, allow_null=True)
    preferences = PreferencesField(required=False)
    onboarding_completed = serializers.BooleanField(required=False)
    date_of_birth = BirthDateField(required=False, help_text="Told once; after that an admin corrects it.")
    guardian = GuardianSerializer(
        required=False, allow_null=True, help_text="Agrees for a minor. Another address than one's own; null: nobody."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return with_parts_of_name(attrs)


class OnboardingCompletedSerializer(serializers.Serializer):
    profile_image = serializers.CharField(max_length=500, required=False, allow_blank=True, allow_null=True)


class UserTypeField(serializers.ChoiceField):
    """The stored words in upper case, as the front end has them; understood in any case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__([kind.value.upper() for kind in LearnerKind], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data.strip().upper() if isinstance(data, str) else data).lower()


class LearnerKindSerializer(serializers.Serializer):
    user_type = UserTypeField()


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 10})
class GradeField(serializers.DecimalField):
    """Exact; a number or its text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=4, decimal_places=2, min_value=Decimal(0), max_value=Decimal(10), **kwargs)


class AcademicDetailsSerializer(serializers.Serializer):
    """At school: school, grade and three subjects or more; at college: university, degree, major, semester, CGPA."""

    academic_level = serializers.ChoiceField(AcademicLevel.choices)
    school_name = serializers.CharField(max_length=200, required=False)
    class_grade = serializers.CharField(max_length=100, required=False)
    subjects = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_WORDS),
        min_length=LEAST_SCHOOL_SUBJECTS,
        max_length=MOST_WORDS,
        required=False,
    )
    university_name = serializers.CharField(max_length=200, required=False)
    degree_type = serializers.CharField(max_length=100, required=False)
    major = serializers.CharField(max_length=200, required=False)
    semester = serializers.IntegerField(min_value=1, max_value=LAST_SEMESTER, required=False)
    cgpa = GradeField(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and isinstance(data.get("academic_level"), str):
            data = data.copy()
            data["academic_level"] = data["academic_level"].strip().lower()
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in _ASKED_OF[AcademicLevel(attrs["academic_level"])] if name not in attrs]
        if missing:
            errors = {name: ["This field is required."] for name in missing}
            raise serializers.ValidationError(errors, code="required")
        return {_KEPT_AS.get(name, name): value for name, value in attrs.items()}


class GoalsSerializer(serializers.Serializer):
    goals = WordsField()


class CloseAccountSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    password = PasswordField(required=False, help_text="Where it is sent, it must be right.")


class LanguagePreferencesSerializer(OwnIdMixin):
    """`language_preferences`, or `languages_spoken` as an older form calls it; `primary_language` is one language."""

    language_preferences = LanguagesField(required=False)
    languages_spoken = LanguagesField(required=False)
    primary_language = serializers.CharField(max_length=100, required=False, allow_blank=True)

    def validate_primary_language(self, word: str) -> str:
        return next((each.code for each in LanguagesField().to_internal_value([word])), "")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        spoken = attrs.get("language_preferences", attrs.get("languages_spoken"))
        if spoken is None and "primary_language" not in attrs:
            raise serializers.ValidationError({"language_preferences": ["This field is required."]}, code="required")
        changes = {"user_id": attrs.get("user_id")}
        if spoken is not None:
            once = {each.code: each.level or Proficiency.INTERMEDIATE for each in reversed(spoken)}
            chosen = [{"code": code, "level": str(level)} for code, level in reversed(once.items())]
            changes["language_preferences"] = chosen
        if "primary_language" in attrs:
            changes["preferred_language"] = attrs["primary_language"]
        return changes


# --- answers ------------------------------------------------------------------------------------------------------


class OwnProfileShownSerializer(serializers.Serializer):
    """`phone` and below `preferences` are the account's; `student` is null for anybody else."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    role = serializers.CharField()
    name = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    phone = serializers.CharField()
    timezone = serializers.CharField()
    currency = serializers.CharField()
    profile_image = serializers.URLField()
    is_verified = serializers.BooleanField()
    onboarding_completed = serializers.BooleanField()
    date_of_birth = serializers.DateField(allow_null=True)
    guardian = GuardianSerializer(allow_null=True)
    preferences = PreferencesField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class StudentSideSerializer(serializers.Serializer):
    user_type = UserTypeField()
    bio = serializers.CharField()
    goals = serializers.ListField(child=serializers.CharField())
    interests = serializers.ListField(child=serializers.CharField())
    primary_language = serializers.CharField()


class PersonShownSerializer(OwnProfileShownSerializer):
    student = StudentSideSerializer(allow_null=True)


class OwnProfileAnswerSerializer(serializers.Serializer):
    user = PersonShownSerializer()


class OnboardedSerializer(MessageSerializer, OwnProfileAnswerSerializer):
    success = serializers.BooleanField()


class _KindOfUserSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    user_type = UserTypeField()


class LearnerKindAnswerSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    user = _KindOfUserSerializer()


class AcademicDetailsShownSerializer(serializers.Serializer):
    academic_level = serializers.CharField(allow_blank=True, help_text="school, college, or empty.")
    school_name = serializers.CharField()
    class_grade = serializers.CharField()
    subjects = serializers.ListField(child=serializers.CharField())
    university_name = serializers.CharField()
    degree_type = serializers.CharField()
    major = serializers.CharField()
    semester = serializers.IntegerField(allow_null=True)
    cgpa = serializers.FloatField(allow_null=True)


class AcademicDetailsAnswerSerializer(serializers.Serializer):
    academic_details = AcademicDetailsShownSerializer()


class _LanguagesOfUserSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    primary_language = serializers.CharField(allow_blank=True)
    languages_spoken = serializers.ListField(child=serializers.CharField(), help_text="Names.")


class LanguagePreferencesAnswerSerializer(serializers.Serializer):
    primary_language = serializers.CharField(allow_blank=True, help_text="ISO 639-1, or empty.")
    language_preferences = SpokenLanguageSerializer(many=True)
    user = _LanguagesOfUserSerializer()


class AccountClosedSerializer(MessageSerializer):
    success = serializers.BooleanField()
    restorable_until = serializers.DateTimeField()


class GoalsAnswerSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    goals = serializers.ListField(child=serializers.CharField())
