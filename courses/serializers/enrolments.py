"""Shapes of enrolments."""

from rest_framework import serializers

from courses.models import EnrolmentStatus


class EnrolSerializer(serializers.Serializer):
    waitlist = serializers.BooleanField(required=False, help_text="Take a place in the queue where no seat is free.")
    fresh = serializers.BooleanField(required=False, help_text="After dropping it: begin anew instead of going on.")


# --- answers ------------------------------------------------------------------------------------------------------


class EnrolmentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    learner_id = serializers.IntegerField()
    course_id = serializers.IntegerField()
    status = serializers.ChoiceField(EnrolmentStatus.choices)
    attempt = serializers.IntegerField()
    completion_percentage = serializers.IntegerField()
    enrolled_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    dropped_at = serializers.DateTimeField(allow_null=True)
    waitlist_position = serializers.IntegerField(allow_null=True, help_text="The place in the queue, from 1.")


class CourseLearnerSerializer(serializers.Serializer):
    """A learner, as the course's tutor sees them."""

    id = serializers.IntegerField(help_text="The learner's user id.")
    learner_id = serializers.IntegerField(help_text="The same.")
    enrollment_id = serializers.IntegerField()
    name = serializers.CharField()
    avatar = serializers.CharField()
    status = serializers.ChoiceField(EnrolmentStatus.choices)
    attempt = serializers.IntegerField()
    completion_percentage = serializers.IntegerField()
    enrolled_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    dropped_at = serializers.DateTimeField(allow_null=True)
    last_accessed_at = serializers.DateTimeField(allow_null=True)
    waiting_since = serializers.DateTimeField(allow_null=True)
