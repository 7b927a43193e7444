"""Notifications."""

from api.mentor.views.base import MentorMixin
from notifications import views as notifications


class MarkReadView(MentorMixin, notifications.MarkReadView):
    pass


class NotificationPreferencesView(MentorMixin, notifications.ReachView):
    pass


class AnnouncementView(MentorMixin, notifications.AnnouncementView):
    pass


class PushKeyView(MentorMixin, notifications.PushKeyView):
    pass


class BrowserViewSet(MentorMixin, notifications.BrowserViewSet):
    pass
