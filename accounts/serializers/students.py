"""Shapes of students and of the tutors that they remember."""

from typing import Any

from rest_framework import serializers

from accounts.serializers.account import NameField, PhoneField, with_parts_of_name
from accounts.serializers.words import WordsField
from accounts.validators import validate_language, validate_time_zone

LONGEST_BIO = 5000


class StudentChangesSerializer(serializers.Serializer):
    """What students may change about themselves; every field may be left out. `phone` and `timezone` are the user's."""

    phone = PhoneField(required=False, allow_blank=True)
    timezone = serializers.CharField(max_length=64, required=False, validators=[validate_time_zone])
    bio = serializers.CharField(max_length=LONGEST_BIO, required=False, allow_blank=True)
    grade_level = serializers.CharField(max_length=100, required=False, allow_blank=True)
    school_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    learning_goals = WordsField(required=False)
    interests = WordsField(required=False)
    preferred_language = serializers.CharField(
        max_length=3, required=False, allow_blank=True, validators=[validate_language], help_text="ISO 639-1."
    )


class AboutMeChangesSerializer(serializers.Serializer):
    """The part of it that the client's settings page sends."""

    phone = PhoneField(required=False, allow_blank=True)
    timezone = serializers.CharField(max_length=64, required=False, validators=[validate_time_zone])
    bio = serializers.CharField(max_length=LONGEST_BIO, required=False, allow_blank=True)


class LearnerChangesSerializer(StudentChangesSerializer):
    """What learners may change about themselves; what is left out stays. `name` is first and last name in one."""

    name = NameField(required=False, allow_blank=True, write_only=True)
    first_name = NameField(required=False, allow_blank=True)
    last_name = NameField(required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return with_parts_of_name(attrs)


class FavouriteChoiceSerializer(serializers.Serializer):
    tutor_profile_id = serializers.IntegerField(min_value=1, max_value=10**18 - 1)


# --- answers ------------------------------------------------------------------------------------------------------


class StudentProfileSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    phone = serializers.CharField()
    bio = serializers.CharField()
    grade_level = serializers.CharField()
    school_name = serializers.CharField()
    learning_goals = serializers.CharField(help_text="With commas between.")
    interests = serializers.CharField(help_text="With commas between.")
    preferred_language = serializers.CharField()
    timezone = serializers.CharField()
    total_sessions = serializers.IntegerField(help_text="Lessons that took place.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FavouriteSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    student_id = serializers.IntegerField()
    tutor_profile_id = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class FavouriteRemovedSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
