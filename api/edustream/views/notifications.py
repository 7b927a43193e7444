"""Notifications."""

from api.edustream.views.base import EduStreamArraysMixin
from notifications import views as notifications


class NotificationViewSet(EduStreamArraysMixin, notifications.NotificationViewSet):
    pass
