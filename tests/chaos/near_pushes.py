"""A server to which every push service is the port HANGING_PORT of this machine, as far as the code that sends can see.

What is pushed goes to public addresses only; a test has none.
"""

import os
import socket
from types import SimpleNamespace

from notifications import public_https


def change() -> None:
    port = int(os.environ["HANGING_PORT"])
    public_https.resolve = lambda *_: "203.0.113.7"
    public_https.socket = SimpleNamespace(
        create_connection=lambda _, timeout: socket.create_connection(("127.0.0.1", port), timeout)
    )
