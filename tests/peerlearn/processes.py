"""`manage.py` as a real process, away from the tests' own database and environment."""

import os
import socket
import subprocess
import sys

from django.conf import settings

from tests.support.patience import PATIENCE

KEY = "a-key-that-only-the-tests-know-0123456789-abcdefghijklmnop"
PRODUCTION = {
    "PEERLEARN_DEBUG": "false",
    "PEERLEARN_SECRET_KEY": KEY,
    "PEERLEARN_ALLOWED_HOSTS": "localhost,127.0.0.1",
    "PEERLEARN_PUBLIC_URL": "http://127.0.0.1:8000",
}
INHERITED = {"PATH", "HOME", "LANG", "VIRTUAL_ENV", "COVERAGE_PROCESS_CONFIG"}


def environment(**variables: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name in INHERITED}
    return inherited | {"PEERLEARN_DEBUG": "true", "REDIS_URL": "", "PYTHONUNBUFFERED": "1"} | variables


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` to its end."""
    return subprocess.run(command(*arguments), env=environment(**variables), **OPTIONS, timeout=PATIENCE)


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start `manage.py` and leave it running."""
    return subprocess.Popen(command(*arguments), env=environment(**variables), **OPTIONS)


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


OPTIONS = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
