"""HTTP and sockets in one process: what `make run` serves, and the socket server of a production site."""

import os
import warnings

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerlearn.settings")
os.environ.setdefault("PEERLEARN_SERVER", "asgi")

# Static files are read synchronously, on purpose: they are few and small.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators", Warning)

http = get_asgi_application()  # loads the apps; the routes below need them

from peerlearn.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(websocket_urlpatterns)})
