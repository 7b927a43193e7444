from django.urls import path

from api.core.routers import router
from api.learner_v1.views import talk

routes = router()
routes.register("api/v1/chat/conversations", talk.ConversationViewSet, basename="conversation")
routes.register("api/v1/chat/messages", talk.ChatMessageViewSet, basename="chat-message")
routes.register("api/v1/chat/contacts", talk.ContactViewSet, basename="contact")
routes.register("api/v1/chat/sessions", talk.SessionTalkViewSet, basename="session-talk")

urlpatterns = [
    path("api/v1/learner/messages", talk.ReceiverMessageViewSet.as_view({"post": "create"})),
    path("api/v1/learner/messages/<id:pk>", talk.ReceiverMessageViewSet.as_view({"get": "list"}, detail=False)),
    path("api/v1/notifications", talk.NotificationViewSet.as_view({"get": "list", "delete": "clear"}, detail=False)),
    path("api/v1/notifications/unread-count", talk.NotificationViewSet.as_view({"get": "unread_count"})),
    path("api/v1/notifications/read-all", talk.NotificationViewSet.as_view({"patch": "mark_all_read"})),
    path("api/v1/notifications/<id:pk>/read", talk.NotificationViewSet.as_view({"patch": "read"}, detail=True)),
    *routes.urls,
]
