"""What an admin tells many at once."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Role
from accounts.serializers import no_control_characters
from accounts.serializers.account import ROLE_SYNONYMS
from notifications.errors import ExactlyOne
from notifications.serializers.inbox import MOST_AT_ONCE

# As any contract writes them.
ROLE_WORDS = [spelling for word in (*ROLE_SYNONYMS, Role.ADMIN.value) for spelling in (word, word.upper())]


@extend_schema_field({"type": "string", "maxLength": 200, "pattern": r"^[^\u0000-\u001f\u007f]+$"})
class LineField(serializers.CharField):
    """One line of text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[no_control_characters], **kwargs)


class AnnouncementSerializer(serializers.Serializer):
    """To exactly one of `user_ids`, `role` and `all`."""

    user_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=10**18 - 1),
        min_length=1,
        max_length=MOST_AT_ONCE,
        required=False,
    )
    role = serializers.ChoiceField(ROLE_WORDS, required=False, help_text="In any contract's word.")
    all = serializers.BooleanField(required=False)
    title = LineField(max_length=200)
    message = serializers.CharField(max_length=2000)
    link = serializers.CharField(max_length=300, required=False, allow_blank=True, help_text="A path of the front end.")

    def validate_role(self, word: str) -> str:
        return ROLE_SYNONYMS.get(word.lower(), word.lower())

    def validate_link(self, link: str) -> str:
        if link and (not link.startswith("/") or link.startswith("//") or "\\" in link):
            raise serializers.ValidationError("Must be a path of the front end, such as /packages.")
        no_control_characters(link)
        return link

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("user_ids", "role", "all") if attrs.get(name)]
        if len(named) != 1:
            raise ExactlyOne("Send exactly one of userIds, role and all: true.")  # as its one contract names them
        attrs.pop("all", None)
        return attrs


class QueuedSerializer(serializers.Serializer):
    queued = serializers.IntegerField(help_text="To how many people.")
