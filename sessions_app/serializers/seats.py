"""What is sent and answered about seats: taking, queueing, asking, attending."""

from rest_framework import serializers

from common.filters import LARGEST_ID
from sessions_app.models import RequestState, SeatState
from sessions_app.serializers.answers import ClashSerializer, PersonSerializer, PlaceSerializer, SessionMovedSerializer
from sessions_app.serializers.inputs import LearnerOfThePathSerializer


class JoinInputSerializer(serializers.Serializer):
    """Nothing needs to be sent."""

    waitlist = serializers.BooleanField(
        required=False, default=False, help_text="Wait for a seat if there is none to be had."
    )
    ask_first = serializers.BooleanField(
        required=False, default=False, help_text="The next free seat is then offered for a while, not just given."
    )


class BookSerializer(LearnerOfThePathSerializer, JoinInputSerializer):
    pass


class RemovalSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, help_text="Told to the person.")


class MarkSerializer(serializers.Serializer):
    user_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    state = serializers.ChoiceField([SeatState.ATTENDED, SeatState.ABSENT])


class AttendanceInputSerializer(serializers.Serializer):
    attendance = serializers.ListField(child=MarkSerializer(), min_length=1, max_length=20)


class AddStudentSerializer(serializers.Serializer):
    student_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)


class RequestQuerySerializer(serializers.Serializer):
    status = serializers.ChoiceField(RequestState.choices, required=False, help_text="Only those in this state.")


class SessionJoinedSerializer(SessionMovedSerializer):
    conflicts = ClashSerializer(many=True, help_text="The caller's other sessions at that time.")


class SessionQueuedSerializer(SessionJoinedSerializer):
    """No seat yet: `position` in the queue, or the request that the host has to answer."""

    position = serializers.IntegerField(allow_null=True)
    request_id = serializers.IntegerField(allow_null=True)


class SessionBookedSerializer(SessionJoinedSerializer):
    success = serializers.BooleanField()


class SessionBookingQueuedSerializer(SessionQueuedSerializer):
    success = serializers.BooleanField()


class WaitingSerializer(PlaceSerializer):
    id = serializers.IntegerField()
    user = PersonSerializer()
    priority = serializers.IntegerField()


class WaitlistSerializer(serializers.Serializer):
    waitlist_count = serializers.IntegerField()
    my_waitlist = PlaceSerializer(allow_null=True)
    entries = WaitingSerializer(many=True, allow_null=True, help_text="In their order; null but for host and admins.")


class AttendanceSerializer(serializers.Serializer):
    user = PersonSerializer()
    state = serializers.ChoiceField(
        [SeatState.JOINED, SeatState.ATTENDED, SeatState.ABSENT], help_text="joined: nobody has said anything."
    )


class JoinRequestSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    request_id = serializers.IntegerField(help_text="The same.")
    session_id = serializers.IntegerField()
    session_title = serializers.CharField()
    learner_id = serializers.IntegerField()
    learner_name = serializers.CharField()
    status = serializers.ChoiceField(RequestState.choices)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class LearnerStandingSerializer(serializers.Serializer):
    """What became of joining or leaving."""

    status = serializers.ChoiceField(["enrolled", "waitlisted", "pending", "left"])
    session_id = serializers.IntegerField()
    learner_id = serializers.IntegerField()
    request_id = serializers.IntegerField(allow_null=True, help_text="What the tutor has to answer first.")
    position = serializers.IntegerField(allow_null=True, help_text="In the queue.")
    conflicts = ClashSerializer(many=True, help_text="The learner's other sessions at that time.")


class StudentChangedSerializer(serializers.Serializer):
    message = serializers.CharField()
    session_id = serializers.IntegerField()
    student_id = serializers.IntegerField()
