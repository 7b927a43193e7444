"""HTTP for production: blocking workers. Sockets are `peerlearn.asgi`'s."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerlearn.settings")

application = get_wsgi_application()


def refuse_demo_passwords() -> None:
    """As `manage.py serve` does. A database that is away, or not migrated, is no reason not to start: it may come."""
    from django.conf import settings
    from django.db import DatabaseError, connections
    from psycopg_pool import PoolTimeout

    from peerlearn.demo import passwords

    if settings.DEBUG:
        return
    try:
        sentence = passwords.complaint()
    except (DatabaseError, PoolTimeout):
        return
    finally:
        connections.close_all()
    if sentence:
        sys.exit(f"PeerLearn cannot start: {sentence}")


refuse_demo_passwords()
