"""Shapes of courses: what may be sent, and what is answered (built by `presenters`, described here)."""

from typing import Any

from rest_framework import serializers

from accounts.validators import validate_time_zone
from catalog.models import Subject
from courses.models import CourseStatus, EnrolmentStatus
from sessions_app.models import SessionLevel
from sessions_app.serializers import AwareDateTimeField

LONGEST_DESCRIPTION = 5000
LONGEST_CONTENT = 50_000
MOST_SEATS = 1000
LARGEST_ID = 2**63 - 1
LARGEST_POSITION = 200


class IdField(serializers.IntegerField):
    """An id as it is sent; whether there is such a thing, the service says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": LARGEST_ID} | kwargs))


class CourseInputSerializer(serializers.Serializer):
    """What a tutor says of a course."""

    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, allow_blank=True, required=False)
    subject_id = serializers.PrimaryKeyRelatedField(
        source="subject", queryset=Subject.objects.all(), required=False, allow_null=True
    )
    level = serializers.ChoiceField(SessionLevel.choices, required=False, allow_blank=True)
    capacity = serializers.IntegerField(
        min_value=1, max_value=MOST_SEATS, required=False, allow_null=True, help_text="null: as many as like."
    )
    timezone = serializers.CharField(
        max_length=64,
        required=False,
        validators=[validate_time_zone],
        help_text="The IANA zone in which deadlines are meant; the tutor's own by default.",
    )


class CourseChangesSerializer(CourseInputSerializer):
    """What is left out stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))


class ModuleInputSerializer(serializers.Serializer):
    """One step of a course."""

    title = serializers.CharField(max_length=200)
    content = serializers.CharField(max_length=LONGEST_CONTENT, allow_blank=True, required=False)
    is_required = serializers.BooleanField(required=False, help_text="Counts for completion; true by default.")
    position = serializers.IntegerField(
        min_value=1, max_value=LARGEST_POSITION, required=False, help_text="From 1; at the end by default."
    )


class ModuleChangesSerializer(ModuleInputSerializer):
    """What is left out stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))


class ModuleOrderSerializer(serializers.Serializer):
    order = serializers.ListField(
        child=IdField(), max_length=LARGEST_POSITION, help_text="The ids of all modules, each once."
    )


class AssessmentInputSerializer(serializers.Serializer):
    """A task of a course."""

    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, allow_blank=True, required=False)
    deadline = AwareDateTimeField(
        required=False, allow_null=True, help_text="What comes later is accepted, and is marked as late."
    )
    max_attempts = serializers.IntegerField(min_value=1, max_value=20, required=False, help_text="3 by default.")
    pass_grade = serializers.IntegerField(min_value=0, max_value=100, required=False, help_text="60 by default.")
    is_required = serializers.BooleanField(required=False, help_text="Must be passed to complete the course.")
    is_published = serializers.BooleanField(required=False, help_text="Those in the course see it.")


class AssessmentChangesSerializer(AssessmentInputSerializer):
    """What is left out stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"partial": True}))


class SessionRefSerializer(serializers.Serializer):
    session_id = IdField(help_text="One of the tutor's own group sessions.")


# --- answers ------------------------------------------------------------------------------------------------------


class CourseTutorSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="The user's, which conversations take.")
    user_id = serializers.IntegerField(help_text="The same.")
    profile_id = serializers.IntegerField()
    name = serializers.CharField()
    avatar = serializers.CharField()
    rating = serializers.FloatField(help_text="The mean to one decimal; 0 without reviews.")
    review_count = serializers.IntegerField()


class CourseCardSerializer(serializers.Serializer):
    """A course in a list."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()
    subject = serializers.CharField(help_text="Its name; empty where there is none.")
    subject_id = serializers.IntegerField(allow_null=True)
    level = serializers.CharField()
    status = serializers.ChoiceField(CourseStatus.choices)
    capacity = serializers.IntegerField(allow_null=True, help_text="null: as many as like.")
    timezone = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="For If-Match.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    enrolled_count = serializers.IntegerField(help_text="How many are at work in it.")
    available_spots = serializers.IntegerField(allow_null=True)
    is_full = serializers.BooleanField()
    module_count = serializers.IntegerField()
    tutor = CourseTutorSerializer()
    enrollment_status = serializers.ChoiceField(
        EnrolmentStatus.choices, allow_null=True, help_text="The caller's; null for who never was in it."
    )
    completion_percentage = serializers.IntegerField(allow_null=True, help_text="The caller's.")


class ModuleSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    position = serializers.IntegerField()
    title = serializers.CharField()
    is_required = serializers.BooleanField()
    retired_at = serializers.DateTimeField(allow_null=True, help_text="Retired ones are shown to the tutor only.")
    content = serializers.CharField(allow_null=True, help_text="null for who is not in the course.")


class CourseAssessmentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    course_id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()
    deadline = serializers.DateTimeField(allow_null=True)
    max_attempts = serializers.IntegerField()
    pass_grade = serializers.IntegerField()
    is_required = serializers.BooleanField()
    is_published = serializers.BooleanField()


class CourseDetailSerializer(CourseCardSerializer):
    """One course. The content of modules and the assessments are for those in it, its tutor and admins."""

    waitlist_position = serializers.IntegerField(allow_null=True, help_text="The caller's place in the queue, from 1.")
    modules = ModuleSerializer(many=True)
    assessments = CourseAssessmentSerializer(many=True)
