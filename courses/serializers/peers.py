"""Other learners."""

from rest_framework import serializers

from messaging.serializers.inputs import IdField


class PeerQuerySerializer(serializers.Serializer):
    course_id = IdField(required=False, help_text="One of the caller's courses.")
    search = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text="A part of the name.")


class SharedCourseSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()


class PeerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    avatar = serializers.URLField()
    interests = serializers.ListField(child=serializers.CharField(), help_text="Empty where they are not shared.")
    courses = SharedCourseSerializer(many=True, help_text="Those that both are in.")
