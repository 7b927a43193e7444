"""A site with one slow page and one socket, served by the server class named on the command line."""

import sys
import time

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    MIDDLEWARE=[],
    ROOT_URLCONF="__main__",
    SECRET_KEY="nothing secret here",
    USE_TZ=True,
)

import django  # noqa: E402

django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402


def page(request: HttpRequest, seconds: int) -> HttpResponse:
    time.sleep(seconds / 1000)
    return HttpResponse(b"x" * 5000)


urlpatterns = [path("<int:seconds>", page)]
application = ProtocolTypeRouter(
    {"http": get_asgi_application(), "websocket": URLRouter([path("ws", AsyncWebsocketConsumer.as_asgi())])}
)

if __name__ == "__main__":
    server_class, port = import_string(sys.argv[1]), sys.argv[2]
    server_class(application, endpoints=[f"tcp:port={port}:interface=127.0.0.1"]).run()
