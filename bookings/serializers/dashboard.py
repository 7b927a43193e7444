"""The shapes of a learner's front page, and of how far they have come."""

from rest_framework import serializers

from bookings.services.next_steps import Kind
from courses.serializers.learners import PointsSerializer, StudiedSerializer
from notifications.serializers import NotificationForLearnersSerializer
from sessions_app.serializers import SessionCardSerializer


class SessionsCountedSerializer(serializers.Serializer):
    upcoming_count = serializers.IntegerField(help_text="Going on or still to come: hosted, joined and booked ones.")
    hosted_count = serializers.IntegerField(help_text="Those of them that the learner hosts.")
    completed_count = serializers.IntegerField()


class SessionsAheadSerializer(SessionsCountedSerializer):
    upcoming = SessionCardSerializer(many=True, help_text="The next five.")


class ThingSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()


class CourseAheadSerializer(serializers.Serializer):
    course_id = serializers.IntegerField()
    title = serializers.CharField()
    completion_percentage = serializers.IntegerField()
    modules_done = serializers.IntegerField(help_text="Of those that count.")
    modules_required = serializers.IntegerField()
    next_module = ThingSerializer(allow_null=True)
    next_assessment = ThingSerializer(allow_null=True, help_text="For which nothing was handed in yet.")
    assessment_deadline = serializers.DateTimeField(allow_null=True)
    last_accessed_at = serializers.DateTimeField(allow_null=True)
    enrolled_at = serializers.DateTimeField()


class ProgressSerializer(serializers.Serializer):
    active_count = serializers.IntegerField()
    completed_count = serializers.IntegerField()
    courses = CourseAheadSerializer(many=True, help_text="The active ones, the latest first: twenty at most.")


class OwnProgressSerializer(StudiedSerializer):
    sessions = SessionsCountedSerializer()
    courses = ProgressSerializer()
    points = PointsSerializer()
    goals = serializers.ListField(child=serializers.CharField())


class LatestNotificationsSerializer(serializers.Serializer):
    unread_count = serializers.IntegerField()
    latest = NotificationForLearnersSerializer(many=True, help_text="Five, read or not.")


class StepSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Kind.choices)
    title = serializers.CharField()
    link = serializers.CharField(help_text="A path of the front end.")
    object_id = serializers.IntegerField(
        allow_null=True, help_text="Of the session, assessment, booking or module; null for the profile."
    )
    due_at = serializers.DateTimeField(allow_null=True)
    is_overdue = serializers.BooleanField()


class DashboardSerializer(StudiedSerializer):
    sessions = SessionsAheadSerializer()
    progress = ProgressSerializer()
    notifications = LatestNotificationsSerializer()
    points = PointsSerializer()
    next_steps = StepSerializer(many=True, help_text="What the learner might do next, the most urgent first.")
