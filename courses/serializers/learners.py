"""Shapes of learners."""

from rest_framework import serializers


class PointsSerializer(serializers.Serializer):
    total = serializers.IntegerField()
    level = serializers.IntegerField(help_text="From 1.")
    next_level_at = serializers.IntegerField(
        allow_null=True, help_text="How many points the next level begins with; null on the last."
    )


class StudiedSerializer(serializers.Serializer):
    study_minutes = serializers.IntegerField(help_text="Of lessons and sessions that took place.")
    study_hours = serializers.FloatField(help_text="The same, to one decimal.")


class LearnerSerializer(StudiedSerializer):
    """A learner as that learner (or an admin) sees them."""

    id = serializers.IntegerField()
    role = serializers.CharField()
    email = serializers.EmailField()
    name = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    phone = serializers.CharField()
    avatar_url = serializers.CharField()
    timezone = serializers.CharField()
    is_verified = serializers.BooleanField()
    bio = serializers.CharField()
    grade_level = serializers.CharField()
    school_name = serializers.CharField()
    interests = serializers.ListField(child=serializers.CharField())
    learning_goals = serializers.ListField(child=serializers.CharField())
    preferred_language = serializers.CharField(help_text="In which the learner likes to be taught, ISO 639-1.")
    total_sessions = serializers.IntegerField(help_text="Lessons that took place.")
    enrolled_courses = serializers.IntegerField(help_text="Those not completed yet.")
    completed_courses = serializers.IntegerField()
    points = PointsSerializer()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
