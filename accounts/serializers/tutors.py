"""Shapes of tutors: what is answered (built by `presenters.tutors`, described here)."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Proficiency, RevisionState, TutorStatus
from accounts.presenters.tutors import APPROVAL
from accounts.serializers.account import MessageSerializer

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@extend_schema_field({"type": "number"})
class AmountField(serializers.Field):
    """A number on the wire."""


class TaughtSubjectSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="Of the subject.")
    subject_id = serializers.IntegerField(help_text="The same.")
    name = serializers.CharField()
    subject_name = serializers.CharField(help_text="The same.")
    category = serializers.CharField()
    proficiency_level = serializers.ChoiceField(Proficiency.choices)
    years_experience = serializers.IntegerField()


class TutorBaseSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="Of the tutor profile.")
    user_id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    headline = serializers.CharField()
    bio = serializers.CharField()
    hourly_rate = AmountField(allow_null=True)
    currency = serializers.CharField()
    experience_years = serializers.IntegerField()
    subjects = TaughtSubjectSerializer(many=True)
    subject_names = serializers.ListField(child=serializers.CharField())
    avatar_url = serializers.CharField()
    profile_photo_url = serializers.CharField(help_text="The same.")
    average_rating = AmountField(help_text="The plain mean to one decimal; 0 without reviews.")
    is_new = serializers.BooleanField(help_text="Fewer than three reviews.")
    total_reviews = serializers.IntegerField()
    total_sessions = serializers.IntegerField(help_text="Lessons that took place.")
    accepts_bookings = serializers.BooleanField(help_text="false: paused.")
    profile_status = serializers.ChoiceField(TutorStatus.choices)
    is_approved = serializers.BooleanField()
    is_online = serializers.BooleanField()
    is_favorite = serializers.BooleanField(required=False, help_text="To who is signed in.")


class TutorInListSerializer(TutorBaseSerializer):
    """A tutor in a list."""

    education = serializers.CharField(help_text="The tutor's first degree; empty without one.")
    languages = serializers.ListField(child=serializers.CharField(), help_text="English names.")
    language_codes = serializers.ListField(child=serializers.CharField(), help_text="ISO 639-1.")


class TutorCardSerializer(TutorInListSerializer):
    """A tutor in a list for everybody."""

    recent_review = serializers.CharField(allow_null=True, help_text="What the latest review with words says.")
    next_available_slots = serializers.ListField(
        child=serializers.DateTimeField(),
        help_text="When the next three lessons of an hour may begin, within two weeks. Up to a minute old.",
    )


class SpokenLanguageSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="ISO 639-1.")
    name = serializers.CharField()
    level = serializers.ChoiceField(Proficiency.choices)


class SpeakerCardSerializer(TutorCardSerializer):
    spoken_languages = SpokenLanguageSerializer(many=True)


class ScanSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    year = serializers.IntegerField(allow_null=True)
    file_url = serializers.CharField(
        allow_null=True, required=False, help_text="Where the scan is, for its owner and admins; null without one."
    )


class CertificationSerializer(ScanSerializer):
    title = serializers.CharField()
    issuer = serializers.CharField()


class DegreeSerializer(ScanSerializer):
    degree = serializers.CharField()
    institution = serializers.CharField()


class PricingOptionSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="Of the package that a student buys.")
    title = serializers.CharField()
    description = serializers.CharField()
    duration_minutes = serializers.IntegerField()
    price = AmountField()
    currency = serializers.CharField()


class HoursSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    day_of_week = serializers.IntegerField(help_text="As the client counts: 0 is Sunday.")
    day_name = serializers.ChoiceField(DAYS)
    day_number = serializers.IntegerField(help_text="As day_of_week.")
    start_time = serializers.CharField(help_text="On the tutor's wall.")
    end_time = serializers.CharField(help_text="24:00 is midnight.")
    is_recurring = serializers.BooleanField()
    date = serializers.DateField(allow_null=True, help_text="Not recurring: the one date that it holds on.")


class ApprovalSerializer(serializers.Serializer):
    """How the approval goes."""

    submitted_at = serializers.DateTimeField(allow_null=True)
    submissions = serializers.IntegerField()
    decided_at = serializers.DateTimeField(allow_null=True)
    rejection_reason = serializers.CharField(help_text="Why it was rejected, or what is to be changed.")
    requested_changes = serializers.ListField(child=serializers.CharField(), help_text="The parts that are meant.")
    suspended_until = serializers.DateTimeField(allow_null=True)


class RevisionSerializer(serializers.Serializer):
    """The latest changes that needed approval."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField([RevisionState.PENDING, RevisionState.REJECTED])
    parts = serializers.ListField(child=serializers.CharField(), help_text="What is new.")
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was rejected.")


class TutorProfileSerializer(TutorBaseSerializer, ApprovalSerializer):
    """The full profile. How the approval goes, only its owner and admins are told."""

    language_names = serializers.ListField(child=serializers.CharField(), help_text="English names.")
    languages = serializers.ListField(child=serializers.CharField(), help_text="ISO 639-1.")
    teaching_philosophy = serializers.CharField()
    description = serializers.CharField()
    video_url = serializers.CharField()
    version = serializers.IntegerField(help_text="For the next change: in its body, or in If-Match.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    certifications = CertificationSerializer(many=True)
    educations = DegreeSerializer(many=True)
    education = DegreeSerializer(many=True, help_text="The same.")
    pricing_options = PricingOptionSerializer(many=True)
    availabilities = HoursSerializer(many=True)
    timezone = serializers.CharField(help_text="Of the hours.")
    revision = RevisionSerializer(
        required=False,
        allow_null=True,
        help_text="To its owner and admins: changes that wait, which the owner reads as if approved, or were rejected.",
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name in APPROVAL:
            fields[name].required = False
        return fields


class TutorMovedSerializer(MessageSerializer, TutorProfileSerializer):
    """The full profile after a move through approval."""

    status = serializers.ChoiceField(TutorStatus.choices)


class TutorDecidedSerializer(TutorMovedSerializer):
    tutor_id = serializers.IntegerField()


class ApprovalCardSerializer(TutorInListSerializer, ApprovalSerializer):
    """A tutor in the lists of admins."""

    email = serializers.EmailField()
    version = serializers.IntegerField()
