"""One's own data: what is sent and what is answered."""

from rest_framework import serializers

from accounts.serializers import PasswordField
from privacy.models import ErasureState

EXPORT_STATES = ("preparing", "ready", "expired", "failed")


class ConfirmedSerializer(serializers.Serializer):
    password = PasswordField(help_text="One's own, once more.")


class ErasureSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(ErasureState.choices)
    requested_at = serializers.DateTimeField()
    begins_at = serializers.DateTimeField(help_text="Until then it can be withdrawn.")
    due_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    blockers = serializers.ListField(child=serializers.CharField(), help_text="What is open and in the way.")


class DataExportSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(EXPORT_STATES)
    requested_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    download_url = serializers.CharField(allow_null=True)
