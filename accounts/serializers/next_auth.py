"""Shapes of the next-auth handler."""

from rest_framework import serializers

from accounts.serializers.account import LONGEST_PASSWORD


class ProviderSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    signin_url = serializers.CharField()
    callback_url = serializers.CharField()


class ProvidersSerializer(serializers.Serializer):
    credentials = ProviderSerializer()


class CsrfTokenSerializer(serializers.Serializer):
    csrf_token = serializers.CharField()


class SessionUserSerializer(serializers.Serializer):
    name = serializers.CharField()
    email = serializers.EmailField()
    image = serializers.CharField(allow_null=True)
    id = serializers.IntegerField()
    roles = serializers.ListField(child=serializers.CharField())
    is_verified = serializers.BooleanField()
    onboarding_completed = serializers.BooleanField()
    mentor_verification_status = serializers.CharField(allow_null=True)


class SessionSerializer(serializers.Serializer):
    """Empty where nobody is signed in."""

    user = SessionUserSerializer(required=False)
    expires = serializers.DateTimeField(required=False)


class WhereToSerializer(serializers.Serializer):
    url = serializers.CharField(help_text="Where the browser is to go; `error` in its query says what went wrong.")


class FormSerializer(serializers.Serializer):
    """What every form of next-auth's brings. `json` asks for the address in a body instead of a redirect."""

    csrf_token = serializers.CharField(required=False, allow_blank=True, max_length=200)
    callback_url = serializers.CharField(required=False, allow_blank=True)
    json = serializers.BooleanField(required=False)


class CredentialsSerializer(FormSerializer):
    """What is missing is a refusal of its own, which the client shows."""

    email = serializers.CharField(max_length=254, required=False, allow_blank=True)
    password = serializers.CharField(
        max_length=LONGEST_PASSWORD,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        write_only=True,
        style={"input_type": "password"},
    )


class SessionUpdateSerializer(serializers.Serializer):
    """`data` is taken and not believed: a session says what the database says."""

    csrf_token = serializers.CharField(required=False, allow_blank=True, max_length=200)
    data = serializers.JSONField(required=False, allow_null=True)  # type: ignore[assignment] # next-auth's name for it
