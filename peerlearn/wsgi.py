"""HTTP for production: blocking workers (design section 12). Sockets are `peerlearn.asgi`'s."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerlearn.settings")

application = get_wsgi_application()
