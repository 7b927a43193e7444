"""Where the sockets are."""

from django.urls import re_path

from api.core.sockets.consumers import UnknownPath
from api.edustream.sockets import EduStreamSocket
from api.learner_v1.sockets import LearnerSocket

websocket_urlpatterns = [
    re_path(r"^ws/(?P<user_id>[0-9]{1,18})/?$", EduStreamSocket.as_asgi()),
    re_path(r"^(?:api/v1/)?ws/messages/?$", EduStreamSocket.as_asgi()),
    re_path(r"^ws/?$", LearnerSocket.as_asgi()),
    re_path(r"", UnknownPath.as_asgi()),
]
