"""What a learner has been told, and their settings: the learner's own, or an admin's in their place."""

from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from accounts.serializers import LearnerSettingsChangesSerializer, LearnerSettingsSerializer
from accounts.views import AccountView, LearnersOwn
from notifications import presenters
from notifications.filters import LearnersNotificationFilter
from notifications.models import Notification, NotificationQuerySet
from notifications.serializers import NotificationForLearnersSerializer, NotificationReadSerializer
from notifications.services import learners
from notifications.views.notices import NotificationViewSet


class LearnersNotificationViewSet(LearnersOwn, NotificationViewSet):
    """What a learner has been told."""

    serializer_class = NotificationForLearnersSerializer
    shown = staticmethod(presenters.for_learners)
    filterset_class = LearnersNotificationFilter
    answers = {"list": NotificationForLearnersSerializer(many=True), "mark_read": NotificationReadSerializer}

    def get_queryset(self) -> NotificationQuerySet:
        return Notification.objects.of(self.learner.pk)

    def list(self, request: SignedInRequest) -> Response:
        """The learner's notifications, newest first."""
        return super().list(request)

    def mark_read(self, request: SignedInRequest, pk: int) -> Response:
        """Mark one as read. Safe to repeat."""
        read = self.get_serializer(learners.mark_read(pk, learner=self.learner, actor=request.user)).data
        done = {"success": True, "message": "Notification marked as read"}
        return Response({**read, **done, "notification": read})


class LearnerSettingsView(LearnersOwn, AccountView):
    """A learner's settings."""

    permission_classes = (IsAuthenticated,)
    input_serializer = LearnerSettingsChangesSerializer
    answers = {"get": LearnerSettingsSerializer, "put": LearnerSettingsSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """Language, theme, time zone, the switches of e-mail and pushes, and what peers may see."""
        return Response(learners.settings_of(self.learner))

    def put(self, request: SignedInRequest) -> Response:
        """Change any of them. What is left out stays as it is."""
        return Response(learners.update_settings(self.learner, self.read(request), actor=request.user))
