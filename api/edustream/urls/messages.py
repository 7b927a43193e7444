from django.urls import path

from api.core.routers import router
from api.edustream.views import messages

routes = router()
routes.register("api/messages/threads", messages.ThreadViewSet, basename="thread")
routes.register("api/messages/search", messages.SearchViewSet, basename="message-search")
routes.register("api/messages/blocks", messages.BlockedViewSet, basename="blocked")
routes.register("api/messages", messages.MessageViewSet, basename="message")

urlpatterns = [
    path("api/messages/with-attachment", messages.WithAttachmentView.as_view()),
    path("api/messages/attachments/<id:pk>/download", messages.DownloadView.as_view()),
    path("api/messages/unread/count", messages.UnreadView.as_view()),
    path("api/messages/settings", messages.SettingsView.as_view()),
    path("api/messages/users/<id:pk>", messages.PersonView.as_view()),
    path("api/messages/users/<id:pk>/block", messages.BlockView.as_view()),
    *routes.urls,
]
