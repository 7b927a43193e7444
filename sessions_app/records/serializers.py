"""What is sent and answered about notes, recordings and conflicts."""

from typing import Any

from rest_framework import serializers

from common.filters import LARGEST_ID
from sessions_app import recording_terms
from sessions_app.models import ConflictOutcome, ConflictState, ConflictType, NoteVisibility
from sessions_app.models.recordings import LONGEST_PROVIDER_URL
from sessions_app.recording_files import PROVIDERS, provider_of

LONGEST_NOTE = 5000
LONGEST_DESCRIPTION = 2000
LONGEST_SIGNATURE = 300


class NoteInputSerializer(serializers.Serializer):
    """Plain text."""

    content = serializers.CharField(max_length=LONGEST_NOTE)
    visibility = serializers.ChoiceField(
        NoteVisibility.choices, required=False, help_text="private (by default): the caller only; shared: the session."
    )


class NoteChangesSerializer(NoteInputSerializer):
    """What is left out stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))


class NoteQuerySerializer(serializers.Serializer):
    visibility = serializers.ChoiceField(
        NoteVisibility.choices, required=False, allow_blank=True, help_text="Only those."
    )


class AuthorSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class NoteSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    session_id = serializers.IntegerField()
    author = AuthorSerializer()
    content = serializers.CharField()
    visibility = serializers.ChoiceField(NoteVisibility.choices)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RecordingInputSerializer(serializers.Serializer):
    """A recording that is at a provider's."""

    url = serializers.CharField(
        max_length=LONGEST_PROVIDER_URL,
        help_text="Its https address at Zoom, Google Drive, Teams, SharePoint, Vimeo or Loom. We never open it.",
    )
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        provider = provider_of(attrs["url"])
        if provider is None:
            message = "Must be an https address at Zoom, Google Drive, Teams, SharePoint, Vimeo or Loom."
            raise serializers.ValidationError({"url": message})
        return attrs | {"provider": provider}


class RecordingFormSerializer(serializers.Serializer):
    """A file."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="MP4, M4A, WebM or Ogg by its content, of up to 200 MB."
    )
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)


class RecordingSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    session_id = serializers.IntegerField()
    session_title = serializers.CharField()
    title = serializers.CharField()
    source = serializers.ChoiceField(["upload", *PROVIDERS])  # type: ignore[assignment] # not the serializer's own
    file_name = serializers.CharField(allow_null=True, help_text="Of an upload, as the two that follow.")
    media_type = serializers.CharField(allow_null=True)
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    url = serializers.CharField(help_text="Hands it out to the caller for an hour, while everybody agrees.")
    expires_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class LinkQuerySerializer(serializers.Serializer):
    signature = serializers.CharField(required=False, help_text="As in the link.")


class ConsentInputSerializer(serializers.Serializer):
    consent = serializers.BooleanField(help_text="false refuses, or withdraws.")
    text_version = serializers.IntegerField(
        min_value=1, max_value=max(recording_terms.TEXTS) + 1000, required=False, help_text="Of the text that was read."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["consent"] and "text_version" not in attrs:
            raise serializers.ValidationError({"text_version": "This field is required."}, code="required")
        return attrs


class ConsentOfPersonSerializer(serializers.Serializer):
    user_id = serializers.IntegerField()
    name = serializers.CharField()
    consent = serializers.BooleanField(allow_null=True, help_text="null: nothing said yet.")
    text_version = serializers.IntegerField(allow_null=True)
    waits_for_guardian = serializers.BooleanField(help_text="They agree, and a guardian has to agree as well.")


class GuardianStateSerializer(serializers.Serializer):
    needs_guardian = serializers.BooleanField(help_text="The caller is a minor: their yes counts with a guardian's.")
    guardian_agreed_at = serializers.DateTimeField(allow_null=True)
    guardian_refused_at = serializers.DateTimeField(allow_null=True)


class ConsentSerializer(serializers.Serializer):
    session_id = serializers.IntegerField()
    text_version = serializers.IntegerField(help_text="Of what is asked now.")
    text = serializers.CharField()
    consent = serializers.BooleanField(allow_null=True, help_text="The caller's; null: nothing said yet.")
    agreed_version = serializers.IntegerField(allow_null=True, help_text="Of what the caller agrees to.")
    given_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    guardian = GuardianStateSerializer()
    everybody_agrees = serializers.BooleanField(help_text="To what is asked now: then the session may be recorded.")
    people = ConsentOfPersonSerializer(many=True, allow_null=True, help_text="For the host; null to others.")


class ConflictInputSerializer(serializers.Serializer):
    session_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    type = serializers.ChoiceField(ConflictType.choices, source="kind")
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, help_text="For moderators only.")
    user_id = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_ID,
        required=False,
        allow_null=True,
        help_text="Whom it is about, of the same session. Without it a participant means the host, unless it is about "
        "something technical, billing or other.",
    )


class ConflictQuerySerializer(serializers.Serializer):
    status = serializers.ChoiceField(ConflictState.choices, required=False, allow_blank=True, help_text="Only those.")


class ConflictSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    session_id = serializers.IntegerField()
    session_title = serializers.CharField()
    type = serializers.ChoiceField(ConflictType.choices)
    description = serializers.CharField()
    user_id = serializers.IntegerField(allow_null=True, help_text="Whom it is about.")
    status = serializers.ChoiceField(ConflictState.choices)
    outcome = serializers.ChoiceField(ConflictOutcome.choices, allow_null=True)
    resolution_note = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
