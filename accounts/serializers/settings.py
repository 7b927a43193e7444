"""What people set for themselves."""

from typing import Any

from rest_framework import serializers

from accounts.models import Theme
from accounts.validators import validate_language, validate_time_zone


class LearnerSettingsSerializer(serializers.Serializer):
    """A learner's settings, one document: read whole; any part of it may be sent."""

    language = serializers.CharField(
        max_length=3, validators=[validate_language], help_text="Of the interface, ISO 639-1."
    )
    theme = serializers.ChoiceField(Theme.choices)
    timezone = serializers.CharField(max_length=64, validators=[validate_time_zone], help_text="The account's own.")
    email_notifications = serializers.BooleanField(help_text="What is not mandatory comes by e-mail, too.")
    push_notifications = serializers.BooleanField(help_text="And to the learner's browsers.")
    show_to_peers = serializers.BooleanField(help_text="Learners of the same courses find them.")
    share_interests = serializers.BooleanField(help_text="And see their interests.")
    show_on_leaderboards = serializers.BooleanField(help_text="And their points of this week in a course.")
    match_with_peers = serializers.BooleanField(help_text="Learners who want this too are told whom they suit.")


class LearnerSettingsChangesSerializer(LearnerSettingsSerializer):
    """What is left out stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))
