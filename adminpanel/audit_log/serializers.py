"""What is asked of the audit log, and its answers."""

from typing import Any

from rest_framework import serializers

from common.filters import LARGEST_ID


class AuditEntrySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    user_id = serializers.IntegerField(allow_null=True, help_text="Who did it; null: the system, or nobody signed in.")
    actor_role = serializers.CharField(help_text="What they were then.")
    action = serializers.CharField()
    object_type = serializers.CharField(help_text="What it was done to; empty where to nothing in particular.")
    object_id = serializers.CharField()
    details = serializers.DictField(help_text="What changed, as old_... and new_...; secrets and names are hidden.")
    reason = serializers.CharField()
    ip_address = serializers.CharField(allow_null=True)
    user_agent = serializers.CharField()
    request_id = serializers.CharField()
    seq = serializers.IntegerField(allow_null=True, help_text="Its place in the chain; null for some seconds.")
    created_at = serializers.DateTimeField()


class BreakSerializer(serializers.Serializer):
    seq = serializers.IntegerField(allow_null=True, help_text="Null: an entry that never got a place in the chain.")
    reason = serializers.CharField()


class CheckpointSerializer(serializers.Serializer):
    seq = serializers.IntegerField()
    hash = serializers.CharField()


class VerificationSerializer(serializers.Serializer):
    ok = serializers.BooleanField()
    checked = serializers.IntegerField(help_text="Links that are sound: before the first break, or all.")
    first_seq = serializers.IntegerField()
    next_seq = serializers.IntegerField(allow_null=True, help_text="Where to go on; null: the range is done.")
    first_break = BreakSerializer(allow_null=True)
    checkpoint = CheckpointSerializer(allow_null=True, help_text="The end of the chain now.")


class VerificationQuerySerializer(serializers.Serializer):
    first_seq = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, default=1)
    last_seq = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="The chain's end by default; a checkpoint's seq."
    )
    last_hash = serializers.RegexField(
        r"^[0-9a-f]{64}$", required=False, help_text="The hash that the checkpoint of last_seq gave."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        last = attrs.get("last_seq")
        if last is not None and last < attrs["first_seq"]:
            raise serializers.ValidationError({"last_seq": "Must not be before first_seq."})
        if "last_hash" in attrs and last is None:
            raise serializers.ValidationError({"last_seq": "Say of which place in the chain last_hash is."})
        return attrs


class ExportQuerySerializer(serializers.Serializer):
    type = serializers.ChoiceField(
        ["csv", "json"], default="csv", help_text="`json` is one object a line. Filters are those of the list."
    )
