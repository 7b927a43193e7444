"""Shapes of people in the learner_v1 contract, as far as they differ from everybody's."""

from typing import Any

from rest_framework import serializers

from accounts.models import Role
from accounts.serializers.account import NameField, RegistrationSerializer, TokensSerializer, with_parts_of_name
from accounts.serializers.money import SMALLEST_AMOUNT, AmountField
from accounts.serializers.students import LONGEST_BIO, StudentChangesSerializer
from accounts.serializers.words import WordsField
from accounts.services.registration import TutorSide
from catalog.models import Subject
from catalog.serializers import MOST_SUBJECTS
from common.money import round_money

TOO_LITTLE = "Must be at least the smallest amount of the currency."


class FullNameMixin(serializers.Serializer):
    """`name` is split at its first space; `first_name` and `last_name` win, unless they are blank."""

    name = NameField(required=False, write_only=True)
    first_name = NameField(required=False, allow_blank=True)
    last_name = NameField(required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return with_parts_of_name(super().validate(attrs))


class LearnerChangesSerializer(FullNameMixin, StudentChangesSerializer):
    """What is left out stays as it is. An `email` other than one's own is refused."""

    email = serializers.CharField(max_length=254, required=False)
    university = serializers.CharField(max_length=200, required=False, allow_blank=True)
    major = serializers.CharField(max_length=200, required=False, allow_blank=True)
    year = serializers.CharField(max_length=50, required=False, allow_blank=True, help_text="A word or a number.")
    skills = WordsField(required=False)


class TutorRegistrationSerializer(RegistrationSerializer):
    """A tutor's account, with the document's password rule. Subjects that the catalogue lacks are left out."""

    strict_password = True
    bio = serializers.CharField(max_length=LONGEST_BIO, required=False, allow_blank=True)
    subjects = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=MOST_SUBJECTS, required=False, help_text="Their names."
    )
    hourly_rate = AmountField(min_value=SMALLEST_AMOUNT, required=False, allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        del fields["role"], fields["interests"]
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        rate = attrs.pop("hourly_rate", None)
        if rate is not None and round_money(rate, attrs["currency"]) <= 0:
            raise serializers.ValidationError({"hourly_rate": [TOO_LITTLE]})
        known, unknown = _in_catalogue(attrs.pop("subjects", []))
        side = TutorSide(bio=attrs.pop("bio", ""), hourly_rate=rate, subjects=known)
        return attrs | {"role": Role.TUTOR, "tutor_side": side, "unknown_subjects": unknown}


def _in_catalogue(names: list[str]) -> tuple[list[Subject], list[str]]:
    """The subjects of those names in the order in which they were named, and the names that no subject has."""
    wanted = {name.strip().lower(): name.strip() for name in names if name.strip()}
    known = {subject.name.lower(): subject for subject in Subject.objects.named(wanted)}
    return [known[key] for key in wanted if key in known], [wanted[key] for key in wanted if key not in known]


# --- answers ------------------------------------------------------------------------------------------------------


class TutorRegisteredSerializer(TokensSerializer):
    unknown_subjects = serializers.ListField(
        child=serializers.CharField(), help_text="Those that were named and are not in the catalogue."
    )


class LearnerPersonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.CharField()
    avatar = serializers.CharField()
    is_verified = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class BadgeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="The course that was completed.")
    code = serializers.CharField(help_text="Of the certificate.")
    earned_at = serializers.DateTimeField()


class LearnerAboutSerializer(serializers.Serializer):
    """What learners say of themselves, and what they have achieved."""

    bio = serializers.CharField()
    major = serializers.CharField()
    university = serializers.CharField()
    year = serializers.CharField()
    skills = serializers.ListField(child=serializers.CharField())
    interests = serializers.ListField(child=serializers.CharField())
    learning_goals = serializers.ListField(child=serializers.CharField())
    grade_level = serializers.CharField()
    school_name = serializers.CharField()
    preferred_language = serializers.CharField()
    badges = BadgeSerializer(many=True)


class LearnerUserSerializer(LearnerPersonSerializer, LearnerAboutSerializer):
    pass


class LearnerProfileSerializer(LearnerAboutSerializer):
    """A learner's own profile."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.CharField()
    avatar = serializers.CharField()
    phone = serializers.CharField()
    timezone = serializers.CharField()
    total_sessions = serializers.IntegerField(help_text="Lessons that took place.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    user_id = LearnerUserSerializer(help_text="The account with the same words, as the client reads it.")
    user = LearnerUserSerializer(help_text="The same.")


class BriefTutorSerializer(serializers.Serializer):
    """A tutor in a list."""

    id = serializers.IntegerField(help_text="User id.")
    user_id = serializers.IntegerField(help_text="The same.")
    profile_id = serializers.IntegerField(help_text="Tutor profile id.")
    name = serializers.CharField()
    title = serializers.CharField()
    headline = serializers.CharField()
    bio = serializers.CharField()
    hourly_rate = serializers.FloatField(allow_null=True)
    currency = serializers.CharField()
    subjects = serializers.ListField(child=serializers.CharField())
    avatar = serializers.CharField()
    rating = serializers.FloatField(help_text="Mean of the reviews to one decimal; 0 without any.")
    review_count = serializers.IntegerField()
    total_sessions = serializers.IntegerField(help_text="Lessons that took place.")
    is_online = serializers.BooleanField()
    total_students = serializers.IntegerField(help_text="People who have or had a seat in one of their sessions.")
