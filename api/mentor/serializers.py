"""Shapes that only the mentor contract has."""

from typing import Any

from rest_framework import serializers

from accounts.models import Role
from accounts.serializers import RegistrationSerializer, UserSerializer


class MentorRegistrationSerializer(RegistrationSerializer):
    """Whatever role is asked for, this is the mentors' door."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        del fields["role"], fields["interests"]
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return super().validate(attrs) | {"role": Role.TUTOR}


class AccountCreatedSerializer(UserSerializer):
    message = serializers.CharField(read_only=True)
    userId = serializers.IntegerField(source="pk", read_only=True)  # noqa: N815 - its name on the wire

    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, "message", "userId")
        read_only_fields = fields
