"""Progress."""

from rest_framework import serializers

from courses.models import CourseStatus, EnrolmentStatus
from messaging.serializers.inputs import IdField


class ModuleDoneSerializer(serializers.Serializer):
    """The module that was done."""

    module_id = IdField()


class ProgressQuerySerializer(serializers.Serializer):
    status = serializers.ChoiceField(
        [EnrolmentStatus.ACTIVE, EnrolmentStatus.COMPLETED, EnrolmentStatus.DROPPED],
        required=False,
        help_text="How the learner stands to the course; all by default.",
    )


# --- answers ------------------------------------------------------------------------------------------------------


class ProgressModuleSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    position = serializers.IntegerField()
    is_required = serializers.BooleanField(help_text="Only these count for the percentage.")
    completed = serializers.BooleanField()
    completed_at = serializers.DateTimeField(allow_null=True)


class ProgressTutorSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="The user's, which conversations take.")
    profile_id = serializers.IntegerField()
    name = serializers.CharField()


class ProgressCourseSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    subject = serializers.CharField(allow_blank=True, help_text="Its name; empty where there is none.")
    subject_id = serializers.IntegerField(allow_null=True)
    level = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(CourseStatus.choices)
    tutor = ProgressTutorSerializer()
    modules = ProgressModuleSerializer(many=True)


class CertificateLinkSerializer(serializers.Serializer):
    code = serializers.CharField()
    url = serializers.URLField()


class ProgressSerializer(serializers.Serializer):
    """How a learner comes along in one course."""

    id = serializers.IntegerField()
    learner_id = serializers.IntegerField()
    course_id = ProgressCourseSerializer(help_text="The course itself.")
    status = serializers.ChoiceField(EnrolmentStatus.choices)
    attempt = serializers.IntegerField()
    completion_percentage = serializers.IntegerField(help_text="Rounded down; 100 only when everything is done.")
    completed_modules = serializers.ListField(child=serializers.CharField(), help_text="Ids.")
    new_modules = serializers.ListField(
        child=serializers.CharField(),
        help_text="Ids of what was added after the course was completed and is not done.",
    )
    last_accessed = serializers.DateTimeField(allow_null=True)
    enrolled_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    dropped_at = serializers.DateTimeField(allow_null=True)
    certificate = CertificateLinkSerializer(allow_null=True)
