"""Shapes of what is in the catalogue."""

from collections.abc import Sequence
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Subject
from common.filters import LARGEST_ID

LONGEST_NAME = 100
LONGEST_SEARCH = 200
MOST_SUBJECTS = 50
UNKNOWN = "There is no such subject. GET /api/subjects lists them."
_one_line = RegexValidator(r"^[^\u0000-\u001f\u007f]*$", "Must not contain control characters.")
_WORD_OR_ID = {"oneOf": [{"type": "string", "maxLength": LONGEST_NAME}, {"type": "integer"}]}


@extend_schema_field(_WORD_OR_ID)
class SubjectField(serializers.Field):
    """A subject of the catalogue by its name, whatever its case, or by its id; empty for none."""

    default_error_messages = {
        "unknown": UNKNOWN,
        "invalid": "Must be the name or the id of a subject.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**(kwargs | {"allow_null": True}))

    def to_internal_value(self, data: Any) -> Subject | None:
        key = self.key_of(data)
        if not key:
            return None
        found = _subjects_by_key([key]).get(key)
        if found is None:
            self.fail("unknown")
        return found

    def key_of(self, data: Any) -> str:
        """What is asked for: an id in figures, or a name in lower case. Looks nothing up."""
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("invalid")
        text = str(data).strip().lower()
        if len(text) > LONGEST_NAME or "\0" in text:
            self.fail("unknown")
        return str(min(int(text), LARGEST_ID)) if text.isascii() and text.isdecimal() else text


class SubjectsField(serializers.ListField):
    """Several subjects in one query, each once and in the order in which they are named."""

    child = SubjectField()

    def to_internal_value(self, data: Any) -> list[Subject]:
        if isinstance(data, list) and len(data) > MOST_SUBJECTS:  # before any of them is looked at
            raise serializers.ValidationError(f"At most {MOST_SUBJECTS} subjects.")
        keys = [self.child.key_of(each) for each in self._list(data)]
        found = _subjects_by_key(keys)
        unknown = {str(place): [UNKNOWN] for place, key in enumerate(keys) if key not in found}
        if unknown:
            raise serializers.ValidationError(unknown)
        return list(dict.fromkeys(found[key] for key in keys))

    def _list(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        return data


def _subjects_by_key(keys: Sequence[str]) -> dict[str, Subject]:
    ids = [int(key) for key in keys if key.isascii() and key.isdecimal()]
    names = [key for key in keys if not (key.isascii() and key.isdecimal())]
    found: dict[str, Subject] = {}
    for subject in Subject.objects.named(names, or_ids=ids):
        found |= {str(subject.pk): subject, subject.name.lower(): subject}
    return found


class SubjectInputSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=100)
    category = serializers.CharField(max_length=100, required=False, allow_blank=True)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class SubjectChangesSerializer(SubjectInputSerializer):
    """What is left out stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))


class LanguageDecisionSerializer(serializers.Serializer):
    """What is left out stays as it is."""

    code = serializers.CharField(max_length=3, help_text="ISO 639, such as en or fil.")
    name = serializers.CharField(
        max_length=LONGEST_NAME,
        required=False,
        allow_blank=True,
        validators=[_one_line],
        help_text="What it is called here; empty: its usual English name.",
    )
    is_active = serializers.BooleanField(required=False, help_text="false: nobody can choose it any more.")

    def validate_code(self, code: str) -> str:
        return code.lower()


class LanguageQuerySerializer(serializers.Serializer):
    search = serializers.CharField(
        max_length=LONGEST_SEARCH, required=False, allow_blank=True, help_text="In code or name."
    )
    is_active = serializers.BooleanField(required=False, allow_null=True, help_text="Those that can be chosen, or not.")
    is_changed = serializers.BooleanField(
        required=False, allow_null=True, help_text="Those about which something was decided, or not."
    )


# --- answers ------------------------------------------------------------------------------------------------------


class SubjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = Subject
        fields = ("id", "name", "category", "description")
        read_only_fields = fields


class NamedCodeSerializer(serializers.Serializer):
    """A country (ISO 3166-1) or a language (ISO 639-1)."""

    code = serializers.CharField()
    name = serializers.CharField()


class LanguageShownSerializer(serializers.Serializer):
    """A language as admins see it."""

    code = serializers.CharField(help_text="ISO 639.")
    name = serializers.CharField(help_text="What it is called here.")
    default_name = serializers.CharField(help_text="Its usual English name.")
    is_active = serializers.BooleanField(help_text="It can be chosen.")
    is_changed = serializers.BooleanField(help_text="Something was decided about it.")


class PhoneCodeSerializer(serializers.Serializer):
    country = serializers.CharField()
    code = serializers.CharField(help_text="With its plus sign.")


class CurrencySerializer(serializers.Serializer):
    code = serializers.CharField(help_text="ISO 4217.")
    symbol = serializers.CharField()
    name = serializers.CharField()
