"""Assessments and submissions."""

from rest_framework import serializers

from courses.models import SubmissionState
from courses.validators import LONGEST_URL, validate_work_url

LONGEST_FEEDBACK = 5000


class SubmissionInputSerializer(serializers.Serializer):
    submission_url = serializers.CharField(
        validators=[validate_work_url],
        help_text=f"An https link to GitHub, Google Drive or Docs, or Amazon S3, of at most {LONGEST_URL} characters.",
    )


class GradeInputSerializer(serializers.Serializer):
    grade = serializers.IntegerField(min_value=0, max_value=100)
    feedback = serializers.CharField(
        max_length=LONGEST_FEEDBACK, required=False, allow_blank=True, help_text="Left out: it stays as it is."
    )


class SubmissionQuerySerializer(serializers.Serializer):
    status = serializers.ChoiceField(
        SubmissionState.choices, required=False, help_text="All but those that were replaced by default."
    )


# --- answers ------------------------------------------------------------------------------------------------------


class SubmissionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    assessment_id = serializers.IntegerField()
    learner_id = serializers.IntegerField()
    attempt = serializers.IntegerField(help_text="1 for the first one.")
    submission_url = serializers.CharField()
    status = serializers.ChoiceField(SubmissionState.choices)
    submitted_at = serializers.DateTimeField()
    late = serializers.BooleanField(help_text="It came after the deadline.")
    grade = serializers.IntegerField(allow_null=True)
    feedback = serializers.CharField(allow_blank=True)
    graded_at = serializers.DateTimeField(allow_null=True)
    passed = serializers.BooleanField(allow_null=True, help_text="Null until it is graded.")


class AssessmentCourseSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()


class OwnAssessmentSerializer(serializers.Serializer):
    """An assessment, and how the caller stands to it."""

    id = serializers.IntegerField()
    course_id = serializers.IntegerField()
    course = AssessmentCourseSerializer()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    deadline = serializers.DateTimeField(allow_null=True, help_text="What comes later is accepted, and is late.")
    timezone = serializers.CharField(help_text="The course's, in which the deadline is meant.")
    is_required = serializers.BooleanField()
    is_published = serializers.BooleanField()
    max_attempts = serializers.IntegerField()
    pass_grade = serializers.IntegerField()
    attempts_used = serializers.IntegerField()
    attempts_left = serializers.IntegerField(help_text="One whose work is not graded yet included.")
    passed = serializers.BooleanField()
    grade = serializers.IntegerField(allow_null=True, help_text="Of the latest attempt that is graded.")
    feedback = serializers.CharField(allow_blank=True)
    submissions = SubmissionSerializer(many=True, help_text="The caller's own, newest first.")


class SubmissionLearnerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    avatar = serializers.URLField()


class FormerGradeSerializer(serializers.Serializer):
    grade = serializers.IntegerField()
    feedback = serializers.CharField(allow_blank=True)
    replaced_at = serializers.DateTimeField()


class GradedSubmissionSerializer(SubmissionSerializer):
    """For whoever grades it."""

    learner = SubmissionLearnerSerializer()
    former_grades = FormerGradeSerializer(many=True, help_text="Oldest first.")
