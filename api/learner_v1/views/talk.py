"""Messages and notifications."""

from api.learner_v1.views.base import LearnerV1Mixin
from messaging.views import chat, messages
from notifications import views as notifications
from sessions_app import views as sessions


class ReceiverMessageViewSet(LearnerV1Mixin, messages.ReceiverMessageViewSet):
    pass


class ConversationViewSet(LearnerV1Mixin, chat.ConversationViewSet):
    pass


class ChatMessageViewSet(LearnerV1Mixin, chat.ChatMessageViewSet):
    pass


class ContactViewSet(LearnerV1Mixin, chat.ContactViewSet):
    pass


class SessionTalkViewSet(LearnerV1Mixin, sessions.SessionTalkViewSet):
    pass


class NotificationViewSet(LearnerV1Mixin, notifications.LearnerNotificationViewSet):
    pass
