"""Shapes of what tutors send about themselves."""

import re
from typing import Any

import orjson
from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Proficiency
from accounts.services.approval import PARTS
from accounts.services.tutor_edits import Speaks, Teaches
from accounts.validators import validate_video_url
from catalog import languages
from common.filters import LARGEST_ID

LONGEST_TEXT = 5000
LONGEST_REASON = 1000
MOST_YEARS = 80
MOST_LANGUAGES, MOST_SUBJECTS, MOST_CREDENTIALS = 20, 50, 50
LARGEST_VERSION = 2**31 - 1

one_line = RegexValidator(r"^[^\u0000-\u001f\u007f]*$", "Must not contain control characters.")

# The client's levels beside the document's words.
LEVELS = {
    **{level.value: level for level in Proficiency},
    **dict.fromkeys(("a1", "a2"), Proficiency.BEGINNER),
    **dict.fromkeys(("b1", "b2"), Proficiency.INTERMEDIATE),
    **dict.fromkeys(("c1", "c2"), Proficiency.ADVANCED),
}
_IN_ANY_CASE = "|".join("".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in level) for level in LEVELS)


class VersionSerializer(serializers.Serializer):
    """What every change of a profile may name."""

    version = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_VERSION,
        required=False,
        allow_null=True,
        help_text="Of the profile that the caller has read: 409 if it was changed since.",
    )


@extend_schema_field({"type": "string", "pattern": rf"^({_IN_ANY_CASE})$"})
class LevelField(serializers.Field):
    def to_internal_value(self, data: Any) -> Proficiency:
        level = LEVELS.get(data.strip().lower()) if isinstance(data, str) else None
        if level is None:
            raise serializers.ValidationError("Must be beginner, intermediate, advanced, native, or a1 to c2.")
        return level


_SPOKEN = {
    "oneOf": [
        {"type": "string"},
        {
            "type": "object",
            "required": ["language"],
            "properties": {"language": {"type": "string"}, "level": {"type": "string"}},
        },
    ]
}


@extend_schema_field(_SPOKEN)
class SpokenField(serializers.Field):
    """A language by its code or English name, alone or as `{language (or code, name), level (or proficiency)}`."""

    def to_internal_value(self, data: Any) -> Speaks:
        said = data if isinstance(data, dict) else {"language": data}
        word = next((said[name] for name in ("language", "code", "name") if said.get(name)), None)
        if not isinstance(word, str):
            raise serializers.ValidationError("Must be a list of words.")
        code = languages.code_of(word)
        if code is None:
            raise serializers.ValidationError(f"Not a language with an ISO 639-1 code: {word[:50]}")
        level = next((said[name] for name in ("level", "proficiency") if said.get(name)), None)
        return Speaks(code, None if level is None else LevelField().to_internal_value(level))


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "array", "items": _SPOKEN}]})
class LanguagesField(serializers.Field):
    """Codes or English names, as a list or with commas between; in a list with a level, too."""

    def to_internal_value(self, data: Any) -> list[Speaks]:
        said = data.split(",") if isinstance(data, str) else data
        if not isinstance(said, list):
            raise serializers.ValidationError("Must be a list of words.")
        spoken = [SpokenField().to_internal_value(each) for each in said if not isinstance(each, str) or each.strip()]
        if len({each.code for each in spoken}) > MOST_LANGUAGES:
            raise serializers.ValidationError(f"At most {MOST_LANGUAGES} languages.")
        return spoken


class SpeakersQuerySerializer(serializers.Serializer):
    language = SpokenField(required=False, help_text="ISO 639-1 code or English name.")
    level = LevelField(required=False, help_text="Spoken so well or better.")

    def validate_language(self, spoken: Speaks) -> Speaks:
        if spoken.code in languages.hidden():
            raise serializers.ValidationError(f"Not a language of the list: {spoken.code}")
        return spoken

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """`levels` are those that are good enough; none named, any is."""
        known = list(Proficiency)
        levels = known[known.index(attrs["level"]) :] if "level" in attrs else []
        return attrs | {"levels": levels}


class AboutSerializer(VersionSerializer):
    """What is left out stays as it is."""

    title = serializers.CharField(max_length=200, allow_blank=True, required=False, validators=[one_line])
    headline = serializers.CharField(max_length=300, allow_blank=True, required=False, validators=[one_line])
    bio = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    teaching_philosophy = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    experience_years = serializers.IntegerField(min_value=0, max_value=MOST_YEARS, required=False)
    languages = LanguagesField(required=False, help_text="ISO 639-1 codes or English names.")


class TeachesSerializer(serializers.Serializer):
    subject_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    proficiency_level = LevelField(required=False, allow_null=True)
    years_experience = serializers.IntegerField(min_value=0, max_value=MOST_YEARS, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> Any:
        return Teaches(attrs["subject_id"], attrs.get("proficiency_level"), attrs.get("years_experience"))


class SubjectsSerializer(VersionSerializer):
    """`subject_ids` as in the document; its client sends the array of `subjects` as the whole body."""

    subject_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), max_length=MOST_SUBJECTS, required=False
    )
    subjects = serializers.ListField(child=TeachesSerializer(), max_length=MOST_SUBJECTS, required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return super().to_internal_value({"subjects": data} if isinstance(data, list) else data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = attrs.pop("subject_ids", None)
        if named is not None:
            attrs.setdefault("subjects", [Teaches(pk) for pk in named])
        if "subjects" not in attrs:
            raise serializers.ValidationError({"subject_ids": ["This field is required."]}, code="required")
        return attrs


class DescriptionSerializer(VersionSerializer):
    description = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)


class VideoSerializer(VersionSerializer):
    video_url = serializers.CharField(
        max_length=500,
        allow_blank=True,
        required=False,
        validators=[validate_video_url],
        help_text="https on YouTube, Vimeo, Loom, Wistia or Vidyard; empty: no video.",
    )


class PhotoSerializer(VersionSerializer):
    """`profile_photo` as its client calls it, or `file`."""

    version = serializers.IntegerField(
        min_value=1, max_value=LARGEST_VERSION, required=False, help_text="Of the profile that the caller has read."
    )
    profile_photo = serializers.FileField(allow_empty_file=True, required=False)
    file = serializers.FileField(allow_empty_file=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        file = attrs.pop("file", None)
        attrs.setdefault("profile_photo", file)
        if attrs["profile_photo"] is None:
            raise serializers.ValidationError({"profile_photo": ["This field is required."]}, code="required")
        return attrs


class CredentialSerializer(serializers.Serializer):
    id = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, allow_null=True, help_text="Of one that keeps its scan."
    )
    year = serializers.IntegerField(min_value=1900, max_value=2100, required=False, allow_null=True, default=None)


class CertificationInputSerializer(CredentialSerializer):
    title = serializers.CharField(max_length=200)
    issuer = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class DegreeInputSerializer(CredentialSerializer):
    degree = serializers.CharField(max_length=200)
    institution = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class CredentialListSerializer(VersionSerializer):
    """A list as JSON; or multipart with the list as a text of JSON, and the scans of its entries as `file_0`, ..."""

    list_field = ""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if hasattr(data, "getlist"):  # a form
            data = {name: data[name] for name in (self.list_field, "version") if name in data}
            data[self.list_field] = _parsed(data.get(self.list_field), self.list_field)
        return super().to_internal_value(data)


class CertificationsSerializer(CredentialListSerializer):
    list_field = "certifications"
    certifications = serializers.ListField(child=CertificationInputSerializer(), max_length=MOST_CREDENTIALS)


class EducationSerializer(CredentialListSerializer):
    list_field = "education"
    education = serializers.ListField(child=DegreeInputSerializer(), max_length=MOST_CREDENTIALS)


class ScansFormSerializer(serializers.Serializer):
    """The same as multipart, for the description: the list is a text of JSON, and each entry may have a scan."""

    version = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION, required=False)
    file_0 = serializers.FileField(
        required=False, help_text="The scan of the first entry, a PDF, PNG or JPG; `file_1` of the second, and so on."
    )


class CertificationsFormSerializer(ScansFormSerializer):
    certifications = serializers.CharField(help_text="The list of the JSON body, as text.")


class EducationFormSerializer(ScansFormSerializer):
    education = serializers.CharField(help_text="The list of the JSON body, as text.")


class RejectionSerializer(serializers.Serializer):
    rejection_reason = serializers.CharField(max_length=LONGEST_REASON)


class RequestedChangesSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)
    fields = serializers.ListField(  # type: ignore[assignment]  # declared fields are taken off the class
        child=serializers.ChoiceField(PARTS),
        max_length=len(PARTS),
        required=False,
        help_text="The parts that are meant.",
    )


NO_LIST = "Must be a list as JSON."


def _parsed(text: Any, name: str) -> Any:
    try:
        parsed = orjson.loads(text if isinstance(text, str) else "")
    except orjson.JSONDecodeError:
        parsed = None
    if not isinstance(parsed, list):
        raise serializers.ValidationError({name: [NO_LIST]})
    return parsed


FILE_NAME = re.compile(r"file_([0-9]{1,3})")


def scans_of(files: Any) -> dict[int, Any]:
    """The files of a multipart body by the place that their names say: `file_0` belongs to the first entry."""
    return {int(match[1]): file for name, file in files.items() if (match := FILE_NAME.fullmatch(name))}
