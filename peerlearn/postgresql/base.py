"""PostgreSQL, with a cheap look at whether a connection that was kept still stands, and through the pool with two
different answers to "there is no connection".

A pool whose connections are all in use is worth waiting for; a database that is gone is not. The pool itself cannot
tell them apart: with PostgreSQL stopped every request hung for the pool's whole timeout, and those that hung went on
doing so for seconds after it was back.
"""

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool, PoolTimeout

# The pool is asked again this often; each asking makes it try to connect anew.
ASK_SECONDS = 1.0
# So long a request waits for one of the pool's connections.
PATIENCE_SECONDS = 10.0
# The database counts as gone for this long after an attempt to connect failed: until the next attempt has.
GONE_SECONDS = 1.5

_failed_at = float("-inf")


def note_failure(pool: ConnectionPool) -> None:
    """Called by the pool when it could not connect."""
    global _failed_at
    _failed_at = time.monotonic()


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Asked before the first statement of each request. A server that goes, or ends this connection, closes it, and
        that is there to be read; only then, and after an error, the server itself is asked.
        """
        if self.connection is None or self.connection.closed:
            return False
        return (self._is_quiet() and not self.errors_occurred) or super().is_usable()

    def _is_quiet(self) -> bool:
        watch = select.poll()
        watch.register(self.connection.fileno(), select.POLLIN)
        return not watch.poll(0)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return super().get_new_connection(conn_params)
            except PoolTimeout:
                now = time.monotonic()
                if now >= give_up_at or now - _failed_at < GONE_SECONDS:
                    raise


POOL_OPTIONS = {"timeout": ASK_SECONDS, "reconnect_timeout": 0, "reconnect_failed": note_failure}
