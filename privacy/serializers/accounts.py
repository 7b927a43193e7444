"""Deleting, restoring and purging accounts: what is sent and what is answered."""

from rest_framework import serializers

from accounts.models import Role
from common.filters import LARGEST_ID

LONGEST_REASON = 500


class SoftDeletionSerializer(serializers.Serializer):
    user_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    reason = serializers.CharField(
        max_length=LONGEST_REASON, help_text="Kept in the audit log for ever: no personal data."
    )


class RestorationSerializer(serializers.Serializer):
    user_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")


class PurgeInputSerializer(serializers.Serializer):
    older_than_days = serializers.IntegerField(
        min_value=30, max_value=36_500, required=False, default=30, help_text="Deleted so long ago, or longer."
    )
    dry_run = serializers.BooleanField(
        required=False, default=True, help_text="Only say what would be done. Send false to do it."
    )


class DeletedUserSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    user_id = serializers.IntegerField(help_text="The same.")
    email = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    is_active = serializers.BooleanField()
    deleted_at = serializers.DateTimeField(allow_null=True)
    deleted_by = serializers.IntegerField(allow_null=True, help_text="A user; null: nobody in particular.")
    reason = serializers.CharField()
    restorable_until = serializers.DateTimeField(allow_null=True)


class AccountMovedSerializer(DeletedUserSerializer):
    message = serializers.CharField()


class BlockedSerializer(serializers.Serializer):
    user_id = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())


class PurgeSerializer(serializers.Serializer):
    dry_run = serializers.BooleanField()
    older_than_days = serializers.IntegerField()
    purged = serializers.IntegerField(help_text="Accounts.")
    user_ids = serializers.ListField(child=serializers.IntegerField(), help_text="Which.")
    blocked = BlockedSerializer(many=True, help_text="Something is open; they stay.")
    failed = serializers.ListField(child=serializers.IntegerField(), help_text="Tried again within the hour.")
    remaining = serializers.IntegerField(help_text="Left for the next run: one does 100.")
    rows = serializers.DictField(child=serializers.IntegerField(), help_text="Deleted or overwritten, by kind.")
