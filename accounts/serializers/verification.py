"""Shapes of applications, documents and decisions."""

import re
from decimal import Decimal
from typing import Any

import orjson
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import DocumentKind, TutorStatus
from accounts.presenters.verification import WORDS
from accounts.serializers.account import MessageSerializer, NameField, PhoneField
from accounts.serializers.money import LARGEST_AMOUNT
from accounts.serializers.tutor_edits import (
    LONGEST_REASON,
    LONGEST_TEXT,
    MOST_SUBJECTS,
    MOST_YEARS,
    LanguagesField,
    one_line,
)
from accounts.services.applying import Form
from common.filters import LARGEST_ID

ACTIONS = ("approve", "reject", "request_changes", "resubmit")
_KINDS = {kind.replace("_", ""): DocumentKind(kind) for kind in DocumentKind.values}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
# The files of the form, by the names of its fields.
FORM_FILES = {
    "resume": DocumentKind.RESUME,
    "degree_proof": DocumentKind.DEGREE_PROOF,
    "id_proof": DocumentKind.ID_PROOF,
    "experience_proof": DocumentKind.EXPERIENCE_PROOF,
}
OPTIONAL_FILES = frozenset({"experience_proof"})


class DocumentKindField(serializers.ChoiceField):
    """`degree_proof`, in any case and with or without its line: `degreeProof`, `DEGREE_PROOF`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(DocumentKind.choices, **kwargs)

    def to_internal_value(self, data: Any) -> DocumentKind:
        plain = re.sub(r"[\s_-]", "", data).lower() if isinstance(data, str) else ""
        return DocumentKind(super().to_internal_value(_KINDS.get(plain, data)))


class DocumentUploadSerializer(serializers.Serializer):
    document_type = DocumentKindField()
    file = serializers.FileField(allow_empty_file=True, help_text="PDF, PNG or JPG, up to 5 MB.")


class OfMentorSerializer(serializers.Serializer):
    mentor_id = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="Admins: whose. Mentors: their own or none."
    )


class DecisionSerializer(OfMentorSerializer):
    """Admins decide; a mentor resubmits, alone. To reject and to ask for changes needs a reason."""

    action = serializers.ChoiceField(ACTIONS)
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and isinstance(data.get("action"), str):
            data = data.copy()
            data["action"] = data["action"].strip().lower().replace("-", "_").replace("requestchanges", ACTIONS[2])
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked_of = {"approve": ["mentor_id"], "resubmit": []}.get(attrs["action"], ["mentor_id", "reason"])
        missing = {name: ["This field is required."] for name in asked_of if not attrs.get(name)}
        if missing:
            raise serializers.ValidationError(missing, code="required")
        return attrs


class JsonTextMixin:
    """In a form a list is sent as its JSON text."""

    def get_value(self, dictionary: Any) -> Any:
        value = super().get_value(dictionary)  # type: ignore[misc]
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
            value = value[0]
        if isinstance(value, str) and value.lstrip().startswith("["):
            try:
                return orjson.loads(value)
            except orjson.JSONDecodeError as error:
                raise serializers.ValidationError({self.field_name: ["Must be JSON."]}) from error  # type: ignore[attr-defined]
        return value


class NamesField(JsonTextMixin, serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        child = serializers.CharField(max_length=100)
        super().__init__(child=child, max_length=MOST_SUBJECTS, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        return super().to_internal_value(data.split(",") if isinstance(data, str) else data)


class SpokenNamesField(JsonTextMixin, LanguagesField):
    pass


@extend_schema_field({"type": "string", "example": "3-5"})
class LeastField(serializers.Field):
    """A number or a range such as `3-5`, `500-1000` or `10+`: the least of it counts."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._most = most

    def to_internal_value(self, data: Any) -> Decimal:
        text = serializers.CharField(max_length=40).run_validation(data)
        number = _NUMBER.search(text.replace(",", ""))
        if number is None or not 0 <= Decimal(number[0]) <= self._most:
            raise serializers.ValidationError(f"Must be a number up to {self._most}, or a range such as 3-5.")
        return Decimal(number[0])


@extend_schema_field({"type": "boolean", "enum": [True]})
class AgreedField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not super().to_internal_value(data):
            raise serializers.ValidationError("This must be agreed to.")
        return True


def _line(length: int, *, required: bool = False) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=required, allow_blank=not required, validators=[one_line])


class ApplicationSerializer(serializers.Serializer):
    """The form of the mentor platform, as it is sent: multipart, lists as JSON text."""

    first_name = NameField()
    last_name = NameField()
    email = serializers.EmailField(max_length=254)
    phone = PhoneField(required=False, allow_blank=True)
    city = _line(100)
    state = _line(100)
    country = _line(100)
    current_title = _line(200)
    current_company = _line(200)
    university = _line(200)
    degree = _line(200)
    experience_years = LeastField(most=MOST_YEARS, required=False)
    bio = serializers.CharField(max_length=LONGEST_TEXT)
    linkedin_url = serializers.URLField(max_length=500, required=False, allow_blank=True)
    subjects_to_teach = NamesField(min_length=1, help_text="Names, as JSON text or with commas between.")
    student_levels = NamesField(required=False)
    languages_spoken = SpokenNamesField(required=False)
    hourly_rate = LeastField(most=int(LARGEST_AMOUNT), required=False)
    agree_to_terms = AgreedField()
    agree_to_background = AgreedField()
    resume = serializers.FileField(allow_empty_file=True, help_text="PDF, PNG or JPG, up to 5 MB.")
    degree_proof = serializers.FileField(allow_empty_file=True)
    id_proof = serializers.FileField(allow_empty_file=True)
    experience_proof = serializers.FileField(allow_empty_file=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        files = {kind: attrs[name] for name, kind in FORM_FILES.items() if name in attrs}
        kept = ("city", "state", "country", "current_company", "linkedin_url", "subjects_to_teach", "student_levels")
        answers = {name: attrs[name] for name in kept if attrs.get(name)}
        form = Form(
            **{name: attrs[name] for name in ("email", "first_name", "last_name", "bio")},
            **{name: attrs.get(name, "") for name in ("phone", "degree", "university")},
            title=attrs.get("current_title", ""),
            experience_years=int(attrs.get("experience_years", 0)),
            hourly_rate=attrs.get("hourly_rate") or None,
            subjects=attrs["subjects_to_teach"],
            languages=attrs.get("languages_spoken", ()),
            answers=answers,
        )
        return {"form": form, "documents": {kind: (file, file.name) for kind, file in files.items()}}


# --- answers ------------------------------------------------------------------------------------------------------


class DocumentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    document_type = serializers.ChoiceField(DocumentKind.choices)
    file_name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    uploaded_at = serializers.DateTimeField()
    url = serializers.CharField(help_text="For the mentor and admins.")


class DocumentAddedSerializer(MessageSerializer):
    success = serializers.BooleanField()
    document = DocumentSerializer()


class ApplicationShownSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    applied_at = serializers.DateTimeField()
    answers = serializers.DictField()


class MoveSerializer(serializers.Serializer):
    event = serializers.CharField()
    status = serializers.ChoiceField(TutorStatus.choices)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class VerificationSerializer(serializers.Serializer):
    mentor_id = serializers.IntegerField()
    status = serializers.ChoiceField(sorted(set(WORDS.values())))
    profile_status = serializers.ChoiceField(TutorStatus.choices)
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Of the last decision.")
    requested_changes = serializers.ListField(child=serializers.CharField())
    suspended_until = serializers.DateTimeField(allow_null=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Before the profile can be submitted.")
    documents = DocumentSerializer(many=True, help_text="The latest of each kind.")
    application = ApplicationShownSerializer(allow_null=True)
    history = MoveSerializer(many=True)
    version = serializers.IntegerField()


class AppliedSerializer(MessageSerializer):
    success = serializers.BooleanField()
    application_id = serializers.IntegerField()
    user_id = serializers.IntegerField()
