"""Points and certificates."""

from rest_framework import serializers

from courses.models import PointsReason


class PointsEntrySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    reason = serializers.ChoiceField(PointsReason.choices)
    source = serializers.CharField(  # type: ignore[assignment] # of the class; an instance has its own
        help_text="What they were given for, or the entry that is taken back."
    )
    points = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class PageNumbersSerializer(serializers.Serializer):
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    total = serializers.IntegerField()


class PointsSerializer(serializers.Serializer):
    """What a learner has gathered, and how."""

    total_points = serializers.IntegerField()
    level = serializers.IntegerField()
    next_level_at = serializers.IntegerField(allow_null=True, help_text="Null on the last level.")
    study_minutes = serializers.IntegerField(help_text="Of completed lessons and sessions that they were in.")
    entries = PointsEntrySerializer(many=True, help_text="Newest first.")
    pagination = PageNumbersSerializer()


class CertificateSerializer(serializers.Serializer):
    """Says that somebody completed a course."""

    code = serializers.CharField()
    url = serializers.URLField(help_text="Its page, for anybody.")
    learner_name = serializers.CharField()
    course_title = serializers.CharField()
    tutor_name = serializers.CharField()
    issued_at = serializers.DateTimeField()


class OwnCertificateSerializer(CertificateSerializer):
    course_id = serializers.IntegerField()


class PlaceSerializer(serializers.Serializer):
    rank = serializers.IntegerField(help_text="The same for the same points.")
    id = serializers.IntegerField()
    name = serializers.CharField()
    avatar = serializers.URLField()
    points = serializers.IntegerField(help_text="For what belongs to the course, this week.")


class OwnPlaceSerializer(serializers.Serializer):
    points = serializers.IntegerField()
    is_shown = serializers.BooleanField(help_text="Whether others see the caller there: a switch of the settings.")


class LeaderboardSerializer(serializers.Serializer):
    week_of = serializers.DateField(help_text="Its Monday, in the course's time zone.")
    learners = PlaceSerializer(many=True)
    you = OwnPlaceSerializer(allow_null=True, help_text="Null for who is not in the course.")
