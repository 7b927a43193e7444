"""Browsers that are pushed to."""

from rest_framework import serializers

from notifications import vapid
from notifications.models import PushSubscription
from notifications.public_https import NotPublic, refuse_other_than_public


class PushKeySerializer(serializers.Serializer):
    public_key = serializers.CharField(allow_null=True, help_text="`applicationServerKey`; null where nobody can push.")


class BrowserKeysSerializer(serializers.Serializer):
    p256dh = serializers.RegexField(
        r"^[A-Za-z0-9_-]{87}=?$", help_text="A public key of P-256: 65 bytes, in base64url."
    )
    auth = serializers.RegexField(r"^[A-Za-z0-9_-]{22}(==)?$", help_text="Of 16 bytes, in base64url.")

    def validate_p256dh(self, key: str) -> str:
        try:
            vapid.require_point(key)
        except ValueError as error:
            raise serializers.ValidationError("Must be a public key of P-256.") from error
        return key


class SubscribeSerializer(serializers.Serializer):
    """A browser's `PushSubscription`, as its `toJSON()` gives it."""

    endpoint = serializers.CharField(max_length=600, help_text="https, at a public host.")
    keys = BrowserKeysSerializer()

    def validate_endpoint(self, endpoint: str) -> str:
        try:
            refuse_other_than_public(endpoint)
        except (NotPublic, ValueError) as error:
            raise serializers.ValidationError(str(error)) from error
        return endpoint


class BrowserSerializer(serializers.ModelSerializer):
    class Meta:
        model = PushSubscription
        fields = ("id", "endpoint", "user_agent", "created_at", "last_used_at")
        read_only_fields = fields
