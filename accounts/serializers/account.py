"""Shapes of accounts."""

import re
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Role, User
from accounts.presenters.avatars import avatar_url
from accounts.serializers.words import WordsField
from accounts.services.registration import OPEN_ROLES
from accounts.validators import (
    STRICT_PASSWORD,
    parse_phone,
    validate_birth_date,
    validate_currency,
    validate_password,
    validate_time_zone,
)

LONGEST_PASSWORD = 128
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def no_control_characters(value: str) -> None:
    if _CONTROL.search(value):
        raise DjangoValidationError("Must not contain control characters.")


class UserSerializer(serializers.ModelSerializer):
    """A user as that user (or an admin) sees them."""

    name = serializers.CharField(source="full_name")
    avatar_url = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields: tuple[str, ...] = (
            "id",
            "email",
            "role",
            "name",
            "is_active",
            "is_verified",
            "first_name",
            "last_name",
            "phone",
            "avatar_url",
            "currency",
            "timezone",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_avatar_url(self, user: User) -> str:
        return avatar_url(user.avatar.name or "")


def names_of(name: str) -> dict[str, str]:
    """`first_name` and `last_name` of a whole name: the first word, and the rest."""
    first, _, last = name.strip().partition(" ")
    return {"first_name": first, "last_name": last.strip()}


def with_parts_of_name(attrs: dict[str, Any]) -> dict[str, Any]:
    """What was sent, with a `name` as its parts: `first_name` and `last_name` win over it, unless they are blank."""
    if "name" not in attrs:
        return attrs
    parts = names_of(attrs["name"])
    sent = {field: value for field, value in attrs.items() if field != "name"}
    return sent | {part: sent.get(part) or word for part, word in parts.items()}


@extend_schema_field({"type": "string", "pattern": r"^[^\u0000-\u001f\u007f]+$"})
class NameField(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, validators=[no_control_characters], **kwargs)


class PhoneField(serializers.CharField):
    """An international number, kept in E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=32, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        number = super().to_internal_value(data)
        return parse_phone(number) if number else ""


class BirthDateField(serializers.DateField):
    """A day of the last 120 years, as the account keeps it; null: not known."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="birth_date", allow_null=True, validators=[validate_birth_date], **kwargs)


class PasswordField(serializers.CharField):
    """A new password. Its rules are checked by the serializer's `validate`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("style", {"input_type": "password"})
        super().__init__(write_only=True, trim_whitespace=False, max_length=LONGEST_PASSWORD, **kwargs)


class NewPasswordMixin(serializers.Serializer):
    """Checks the field that `password_field` names, and `confirm_password` where it was sent."""

    password_field = "password"
    confirm_password = PasswordField(required=False)
    strict_password = False

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        password = attrs[self.password_field]
        try:
            validate_password(password, extra=STRICT_PASSWORD if self.strict_password else ())
        except DjangoValidationError as error:
            raise serializers.ValidationError({self.password_field: error.messages}) from error
        if attrs.pop("confirm_password", password) != password:
            raise serializers.ValidationError({"confirm_password": ["The two passwords differ."]})
        return attrs


class RegistrationSerializer(NewPasswordMixin):
    """`first_name`/`last_name` or one `name`; students and tutors only (R-AUTH-4)."""

    email = serializers.EmailField(max_length=254)
    password = PasswordField(min_length=8)
    name = NameField(required=False, allow_blank=True, write_only=True)
    first_name = NameField(required=False, allow_blank=True)
    last_name = NameField(required=False, allow_blank=True)
    role = serializers.ChoiceField([(role.value, role.label) for role in OPEN_ROLES], default=Role.STUDENT.value)
    timezone = serializers.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    currency = serializers.CharField(max_length=3, default="USD", validators=[validate_currency])
    interests = WordsField(longest=50, required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Role words of every contract are understood."""
        if isinstance(data, dict) and isinstance(data.get("role"), str):
            data = data.copy()  # a form too: unpacking one would turn its values into lists
            data["role"] = ROLE_SYNONYMS.get(data["role"].strip().lower(), data["role"])
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return with_parts_of_name({"name": ""} | super().validate(attrs))


ROLE_SYNONYMS = {
    "student": "student",
    "learner": "student",
    "tutor": "tutor",
    "instructor": "tutor",
    "mentor": "tutor",
}


def role_of(word: str) -> str:
    """The stored word of what any contract calls a role, in any case; what is none comes back as it is."""
    word = word.strip().lower()
    return ROLE_SYNONYMS.get(word, word)


class StrictRegistrationSerializer(RegistrationSerializer):
    """The learner_v1 document's: students only, with its password rule."""

    strict_password = True

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        del fields["role"]
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return super().validate(attrs) | {"role": Role.STUDENT}


class LoginSerializer(serializers.Serializer):
    """JSON `email` and `password`, or a form's `username` and `password`. The other may be left blank."""

    email = serializers.CharField(max_length=254, required=False, allow_blank=True)
    username = serializers.CharField(max_length=254, required=False, allow_blank=True, write_only=True)
    password = serializers.CharField(
        max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True, style={"input_type": "password"}
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        email = attrs.get("email") or attrs.get("username")
        if not email:
            raise serializers.ValidationError({"email": ["This field is required."]}, code="required")
        return {"email": email, "password": attrs["password"]}


class ProfileSerializer(serializers.Serializer):
    """What people may change about themselves; every field may be left out."""

    first_name = NameField(required=False, allow_blank=True)
    last_name = NameField(required=False, allow_blank=True)
    phone = PhoneField(required=False, allow_blank=True)
    timezone = serializers.CharField(max_length=64, required=False, validators=[validate_time_zone])
    currency = serializers.CharField(max_length=3, required=False, validators=[validate_currency])


class CurrencyChoiceSerializer(serializers.Serializer):
    currency = serializers.CharField(max_length=3, validators=[validate_currency])


class RefreshSerializer(serializers.Serializer):
    refresh_token = serializers.CharField(max_length=4096)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """`refresh` is what many clients call it."""
        if isinstance(data, dict) and "refresh_token" not in data and "refresh" in data:
            data = data.copy()
            data["refresh_token"] = data["refresh"]
        return super().to_internal_value(data)


class LogoutSerializer(RefreshSerializer):
    refresh_token = serializers.CharField(max_length=4096, required=False, allow_blank=True)


class LinkSerializer(serializers.Serializer):
    token = serializers.CharField(max_length=200)


class CodeSerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    otp = serializers.RegexField(r"^[0-9]{6}$", error_messages={"invalid": "Must be six digits."})


class EmailSerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254)


class PasswordResetSerializer(NewPasswordMixin):
    token = serializers.CharField(max_length=200)
    password = PasswordField(min_length=8)


class PasswordChangeSerializer(NewPasswordMixin):
    password_field = "new_password"
    strict_password = True

    current_password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True)
    new_password = PasswordField(min_length=8)


# --- answers ------------------------------------------------------------------------------------------------------


class TokensSerializer(serializers.Serializer):
    """`token` is the access token by another name: clients differ in which they read."""

    token = serializers.CharField()
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds that the access token lasts.")
    user = UserSerializer()


class MessageSerializer(serializers.Serializer):
    message = serializers.CharField()


class VerifiedSerializer(MessageSerializer):
    user = UserSerializer()


class PasswordChangedSerializer(MessageSerializer, TokensSerializer):
    pass
