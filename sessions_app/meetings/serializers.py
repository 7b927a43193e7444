"""Shapes of what the learner_v1 client sends and reads about sessions."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, get_args
from urllib.parse import urlsplit

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from catalog.serializers import SubjectField
from common.filters import LARGEST_ID
from sessions_app.meetings.presenters import Enrolment
from sessions_app.models import SessionKind, SessionStatus
from sessions_app.serializers import LONGEST, LONGEST_DESCRIPTION, SHORTEST, STEP, AwareDateTimeField, LevelField

LONGEST_TITLE, MOST_MODULES = 200, 50
LONGEST_COMMENT = 2000
ENROLMENTS = get_args(Enrolment)
# What a form says for nothing.
_NONE = ("", "null", "undefined")
# What the client calls the states, besides our own words.
STATUS_WORDS = {"scheduled": "upcoming", "live": "ongoing", "canceled": "cancelled"}


@extend_schema_field({"type": "string", "pattern": "^[A-Za-z]*$"})
class WrittenLevelField(LevelField):
    """As the client writes it: with a capital letter."""


@extend_schema_field({"type": "string", "enum": [*SessionStatus.values, *STATUS_WORDS]})
class StatusField(serializers.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(SessionStatus.choices, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        word = data.strip().lower() if isinstance(data, str) else data
        return super().to_internal_value(STATUS_WORDS.get(word, word) if isinstance(word, str) else word)


@extend_schema_field({"type": "string", "maxLength": 500, "pattern": r"^(https://[^\s]+)?$"})
class MeetingLinkField(serializers.URLField):
    """An https address; empty for none. Nobody but who is in the session is ever shown it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=500, **(kwargs | {"allow_blank": True}))

    def to_internal_value(self, data: Any) -> str:
        link = super().to_internal_value(data)
        address = urlsplit(link)
        if address.scheme != "https" or address.username is not None:
            raise serializers.ValidationError("Must be an https address.", code="not_https")
        return link


_TITLE = {"type": "string", "maxLength": LONGEST_TITLE, "minLength": 1}


@extend_schema_field(
    {"oneOf": [_TITLE, {"type": "object", "properties": {"title": _TITLE}, "required": ["title"]}]},
)
class ModuleField(serializers.CharField):
    """A title, or an object that has one."""

    def run_validation(self, data: Any = empty) -> Any:
        """Unwrapped first, so that a blank title is refused in either form."""
        if isinstance(data, Mapping):
            data = data.get("title", data.get("name"))
            if data is None:
                self.fail("required")
        return super().run_validation(data)


class MeetingInputSerializer(serializers.Serializer):
    """What a host says of a session: from `start_time` to `end_time`, or for `duration` minutes, or for an hour."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, allow_blank=True, required=False)
    subject = SubjectField(required=False)
    level = WrittenLevelField(required=False)
    start_time = AwareDateTimeField(source="starts_at", help_text="In the future.")
    end_time = AwareDateTimeField(required=False, help_text=f"{SHORTEST} to {LONGEST} minutes later, in steps of 5.")
    duration = serializers.IntegerField(
        source="duration_minutes", min_value=SHORTEST, max_value=LONGEST, required=False, help_text="Minutes."
    )
    max_participants = serializers.IntegerField(min_value=2, max_value=20)
    needs_approval = serializers.BooleanField(required=False, help_text="Decide oneself who gets a seat.")
    min_participants = serializers.IntegerField(
        min_value=1, max_value=20, required=False, help_text="With fewer it does not take place."
    )
    runs_anyway = serializers.BooleanField(required=False, help_text="Takes place with fewer than that, too.")
    modules = serializers.ListField(
        child=ModuleField(max_length=LONGEST_TITLE), max_length=MOST_MODULES, required=False
    )
    meeting_link = MeetingLinkField(required=False)
    meeting_provider = serializers.CharField(max_length=50, allow_blank=True, required=False)
    meeting_id = serializers.CharField(max_length=100, allow_blank=True, required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """`null` says the same as an empty text, as forms of the client send it."""
        if isinstance(data, Mapping) and not hasattr(data, "getlist"):
            blank = ("description", "level", "meeting_link", "meeting_provider", "meeting_id")
            unsaid = ("end_time", "duration", "status")
            data = {
                name: "" if value is None and name in blank else value
                for name, value in data.items()
                if not (value is None and name in unsaid)
            }
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An end becomes a length. Without a start it is counted from the session's own (`context["starts_at"]`)."""
        ends_at = attrs.pop("end_time", None)
        if ends_at is not None:
            attrs["duration_minutes"] = _minutes(attrs.get("starts_at") or self.context["starts_at"], ends_at)
        elif attrs.get("duration_minutes", 0) % STEP:
            raise serializers.ValidationError({"duration": [f"Must be a multiple of {STEP}."]})
        return attrs


def _minutes(starts_at: Any, ends_at: Any) -> int:
    length = ends_at - starts_at
    if length <= timedelta():
        raise serializers.ValidationError({"end_time": ["Must be after the start."]})
    minutes = length / timedelta(minutes=1)
    if not SHORTEST <= minutes <= LONGEST or minutes % STEP:
        message = f"Must be {SHORTEST} to {LONGEST} minutes after the start, in steps of {STEP}."
        raise serializers.ValidationError({"end_time": [message]})
    return int(minutes)


class MeetingChangesSerializer(MeetingInputSerializer):
    """What is left out stays as it is. `status` starts, completes or cancels the session."""

    status = StatusField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))


class RatingInputSerializer(serializers.Serializer):
    rating = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(max_length=LONGEST_COMMENT, allow_blank=True, required=False)


class MaterialInputSerializer(serializers.Serializer):
    file = serializers.FileField(
        allow_empty_file=True, help_text="PDF, picture, text, zip or Office file of up to 10 MB."
    )
    title = serializers.CharField(max_length=LONGEST_TITLE, required=False, help_text="The file's name by default.")
    description = serializers.CharField(max_length=LONGEST_COMMENT, allow_blank=True, required=False)
    session_id = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, allow_null=True, help_text="A session of one's own."
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """A form has no null: an empty field means none."""
        if isinstance(data, Mapping):
            data = {name: data[name] for name in self.fields if name in data and data[name] not in _NONE}
        return super().to_internal_value(data)


class RecommendationQuerySerializer(serializers.Serializer):
    limit = serializers.IntegerField(required=False, help_text="10 by default, at most 50 (clamped).")


# --- answers ------------------------------------------------------------------------------------------------------


class HostSerializer(serializers.Serializer):
    """Who gives a session."""

    id = serializers.IntegerField(help_text="User id.")
    user_id = serializers.IntegerField(help_text="The same.")
    profile_id = serializers.IntegerField(allow_null=True, help_text="Tutor profile id; null for a learner.")
    name = serializers.CharField()
    avatar = serializers.CharField()
    rating = serializers.FloatField(help_text="Mean of the lessons' reviews, to one decimal; 0 without any.")
    review_count = serializers.IntegerField()
    hourly_rate = serializers.FloatField(allow_null=True)


class MeetingSerializer(serializers.Serializer):
    """A session."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(SessionKind.choices)
    title = serializers.CharField()
    description = serializers.CharField()
    level = serializers.CharField()
    status = serializers.ChoiceField(SessionStatus.choices)
    version = serializers.IntegerField(help_text="For If-Match.")
    subject = serializers.CharField(help_text="Its name, or empty.")
    subject_id = serializers.IntegerField(allow_null=True)
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField()
    duration = serializers.IntegerField(help_text="Minutes.")
    max_participants = serializers.IntegerField()
    student_ids = serializers.ListField(child=serializers.IntegerField(), help_text="User ids, first come first.")
    student_count = serializers.IntegerField()
    available_spots = serializers.IntegerField()
    modules = serializers.ListField(child=serializers.CharField(), help_text="Titles, in order.")
    creator_id = serializers.IntegerField()
    tutor = HostSerializer()
    needs_approval = serializers.BooleanField(help_text="The host decides who gets a seat.")
    waitlist_count = serializers.IntegerField()
    enrollment_status = serializers.ChoiceField(ENROLMENTS, allow_null=True, help_text="The caller's own.")
    meeting_link = serializers.CharField(allow_null=True, help_text="For the people in it; null to others.")
    meeting_provider = serializers.CharField(allow_null=True, help_text="For the people in it; null to others.")
    meeting_id = serializers.CharField(allow_null=True, help_text="For the people in it; null to others.")
    created_at = serializers.DateTimeField()


class MaterialSerializer(serializers.Serializer):
    """A private file."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()
    session_id = serializers.IntegerField(allow_null=True)
    session_title = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    file_name = serializers.CharField(help_text="The same.")
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    file_url = serializers.CharField(help_text="For its owner and the people of the session, with their token.")
    created_at = serializers.DateTimeField()


class RatedSerializer(serializers.Serializer):
    average = serializers.FloatField(allow_null=True)
    count = serializers.IntegerField()


class MeetingDetailSerializer(MeetingSerializer):
    rating = RatedSerializer(help_text="What those who were in it gave it.")
    materials = MaterialSerializer(many=True, help_text="For the people in it.")


class OwnMeetingSerializer(serializers.Serializer):
    """A session of one's own, and how one is in it."""

    session = MeetingSerializer()
    enrollment_status = serializers.ChoiceField(ENROLMENTS)


class RatingSerializer(serializers.Serializer):
    rating = serializers.IntegerField(allow_null=True, help_text="1 to 5; null where the caller has not rated it.")
    comment = serializers.CharField(allow_null=True)
    session_id = serializers.IntegerField()
    created_at = serializers.DateTimeField(allow_null=True)
    edited_at = serializers.DateTimeField(allow_null=True)


class RecommendationSerializer(serializers.Serializer):
    session = MeetingSerializer()
    tutor = HostSerializer()
    reason = serializers.ChoiceField(["interest", "subject", "soon"], help_text="Why it is recommended.")
