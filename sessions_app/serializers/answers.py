"""Sessions as they are answered (built by `presenters`, described here)."""

from rest_framework import serializers

from sessions_app.models import PlaceState, SessionKind, SessionStatus


class PersonSerializer(serializers.Serializer):
    """How one person sees another in a session."""

    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField(allow_null=True, help_text="A student's is null to outsiders.")
    role = serializers.CharField()


class ParticipantSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    user = PersonSerializer()
    joined_at = serializers.DateTimeField()
    participant_role = serializers.ChoiceField(["student", "tutor"])


class PlaceSerializer(serializers.Serializer):
    """One's own place in the queue for a session."""

    state = serializers.ChoiceField([PlaceState.WAITING, PlaceState.OFFERED])
    position = serializers.IntegerField(allow_null=True, help_text="1 is next; null once a seat is offered.")
    ask_first = serializers.BooleanField()
    joined_at = serializers.DateTimeField()
    offer_expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when the offer can be accepted.")


class SubjectRefSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class SessionCardSerializer(serializers.Serializer):
    """A session in a list."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(SessionKind.choices)
    title = serializers.CharField()
    description = serializers.CharField()
    date = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    max_participants = serializers.IntegerField()
    subject = SubjectRefSerializer(allow_null=True)
    level = serializers.CharField()
    creator = PersonSerializer()
    status = serializers.ChoiceField(SessionStatus.choices)
    version = serializers.IntegerField(help_text="For If-Match.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    participant_count = serializers.IntegerField()
    is_full = serializers.BooleanField()
    available_spots = serializers.IntegerField()
    can_join = serializers.BooleanField(help_text="Upcoming, in the future and not full, whoever asks.")
    my_role = serializers.ChoiceField(["creator", "participant"], allow_null=True)
    join_refusal = serializers.CharField(
        allow_null=True, help_text="The code that the caller's join would get. A block is not told."
    )
    needs_approval = serializers.BooleanField()
    min_participants = serializers.IntegerField()
    runs_anyway = serializers.BooleanField()
    waitlist_count = serializers.IntegerField(help_text="How many wait for a seat.")
    my_waitlist = PlaceSerializer(allow_null=True, help_text="The caller's place in the queue.")
    start_local = serializers.CharField(required=False, help_text="With ?tz= only.")
    utc_offset = serializers.CharField(required=False, help_text="With ?tz= only.")


class SessionDetailSerializer(SessionCardSerializer):
    participants = ParticipantSerializer(many=True)


class SessionMovedSerializer(serializers.Serializer):
    message = serializers.CharField()
    session = SessionDetailSerializer()


class ClashSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    date = serializers.DateTimeField()


class DeletedSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()


class SessionGivenUpSerializer(SessionMovedSerializer):
    success = serializers.BooleanField()
