"""Notifications over HTTP: parse, call, answer. Bound to paths and dialects in `api`."""

from notifications.views.learners import LearnerSettingsView, LearnersNotificationViewSet
from notifications.views.notices import (
    AnnouncementView,
    BrowserViewSet,
    LearnerNotificationViewSet,
    MarkReadView,
    NotificationViewSet,
    PreferencesView,
    PushKeyView,
    ReachView,
    unsubscribe,
)

__all__ = [
    "AnnouncementView",
    "BrowserViewSet",
    "LearnerNotificationViewSet",
    "LearnerSettingsView",
    "LearnersNotificationViewSet",
    "MarkReadView",
    "NotificationViewSet",
    "PreferencesView",
    "PushKeyView",
    "ReachView",
    "unsubscribe",
]
