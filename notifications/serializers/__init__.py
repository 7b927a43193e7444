"""Shapes of notifications."""

from notifications.serializers.announcements import AnnouncementSerializer, QueuedSerializer
from notifications.serializers.browsers import (
    BrowserSerializer,
    PushKeySerializer,
    SubscribeSerializer,
)
from notifications.serializers.inbox import (
    AllReadSerializer,
    DeletedSerializer,
    NotificationForLearnersSerializer,
    NotificationReadSerializer,
    NotificationSerializer,
    UnreadCountSerializer,
    UpdatedSerializer,
    WhichSerializer,
)
from notifications.serializers.reach import (
    ChannelsSerializer,
    PreferencesSerializer,
    ReachedSerializer,
    ReachSerializer,
    UserWithPreferencesSerializer,
)

__all__ = [
    "AllReadSerializer",
    "AnnouncementSerializer",
    "BrowserSerializer",
    "ChannelsSerializer",
    "DeletedSerializer",
    "NotificationForLearnersSerializer",
    "NotificationReadSerializer",
    "NotificationSerializer",
    "PreferencesSerializer",
    "PushKeySerializer",
    "QueuedSerializer",
    "ReachSerializer",
    "ReachedSerializer",
    "SubscribeSerializer",
    "UnreadCountSerializer",
    "UpdatedSerializer",
    "UserWithPreferencesSerializer",
    "WhichSerializer",
]
