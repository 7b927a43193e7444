"""The process beside the server: started with it, and gone with it, however the server ends."""

import os
import signal
import subprocess
import sys
import threading
import time

from django.conf import settings

LOOK_FOR_PARENT_SECONDS = 0.5


def start(name: str) -> subprocess.Popen:
    """Run `manage.py <name>` as a child of this process; the command must take `--parent`."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), name, f"--parent={os.getpid()}"]
    environment = {name: value for name, value in os.environ.items() if name != "PEERLEARN_SERVER"}
    return subprocess.Popen(command, env=environment)  # noqa: S603 - our own command


def end(child: subprocess.Popen, *, seconds: float) -> None:
    """Ask it to end, and do not wait longer than this for one that hangs."""
    child.terminate()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()


def end_with(parent: int) -> None:
    """End this process (by SIGTERM) as soon as `parent` is no longer its parent. Returns at once."""
    threading.Thread(target=_end_without, args=[parent], daemon=True).start()


def _end_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_FOR_PARENT_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
