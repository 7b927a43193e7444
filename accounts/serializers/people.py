"""Shapes of what admins send and are shown of people."""

from typing import Any

from rest_framework import serializers

from accounts.models import Role, TutorStatus
from accounts.presenters.verification import WORDS
from accounts.serializers.account import BirthDateField, NameField, ProfileSerializer, role_of, with_parts_of_name
from accounts.serializers.moments import AwareDateTimeField
from accounts.serializers.tutor_edits import LONGEST_REASON
from accounts.serializers.tutors import ApprovalCardSerializer, TutorDecidedSerializer
from accounts.serializers.verification import ApplicationShownSerializer, DocumentSerializer
from common.filters import LARGEST_ID


class RoleField(serializers.ChoiceField):
    """Role words of every contract are understood."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Role.choices, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(role_of(data) if isinstance(data, str) else data)


class AccountChangesSerializer(ProfileSerializer):
    """What is left out stays as it is."""

    role = RoleField(required=False)
    is_active = serializers.BooleanField(required=False, help_text="false ends every sign-in; true opens it again.")
    is_verified = serializers.BooleanField(required=False, help_text="Whether the e-mail address is proven.")
    date_of_birth = BirthDateField(required=False)
    name = NameField(required=False, allow_blank=True, write_only=True)
    reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, allow_blank=True, help_text="For the audit log."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return with_parts_of_name(attrs)


class SuspensionSerializer(serializers.Serializer):
    """`suspend` needs no word; `reinstate` ends a suspension."""

    mentor_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="The mentor reads it.")
    until = AwareDateTimeField(
        required=False, allow_null=True, help_text="When it ends by itself; without it, when an admin says so."
    )
    action = serializers.ChoiceField(["suspend", "reinstate"], default="suspend")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] == "reinstate" and attrs.get("until"):
            raise serializers.ValidationError({"until": ["A suspension that ends has no end."]})
        return attrs


# --- answers ------------------------------------------------------------------------------------------------------


class AccountSerializer(serializers.Serializer):
    """An account as admins see it."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.choices)
    name = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    phone = serializers.CharField()
    date_of_birth = serializers.DateField(allow_null=True, help_text="Known only if told.")
    timezone = serializers.CharField()
    currency = serializers.CharField()
    avatar_url = serializers.CharField()
    is_active = serializers.BooleanField()
    is_verified = serializers.BooleanField()
    tutor_profile_id = serializers.IntegerField(allow_null=True)
    profile_status = serializers.ChoiceField(TutorStatus.choices, allow_null=True)
    last_login = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    deleted_at = serializers.DateTimeField(allow_null=True, help_text="When the account was closed for good.")


class MentorForAdminsSerializer(ApprovalCardSerializer):
    """A mentor as admins see them."""

    status = serializers.ChoiceField(sorted(set(WORDS.values())), help_text="Of the verification.")
    is_listed = serializers.BooleanField(help_text="Everybody can find them.")
    is_active = serializers.BooleanField(help_text="Of the account.")
    created_at = serializers.DateTimeField()


class WaitingMentorSerializer(MentorForAdminsSerializer):
    mentor_id = serializers.IntegerField(help_text="As id.")
    documents = DocumentSerializer(many=True, help_text="The latest of each kind.")
    application = ApplicationShownSerializer(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="Three days after it was handed in.")
    is_overdue = serializers.BooleanField()


class MentorSuspendedSerializer(TutorDecidedSerializer):
    """The mentor after it."""

    mentor_id = serializers.IntegerField()
