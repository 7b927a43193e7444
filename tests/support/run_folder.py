"""A folder that the processes of one test run share, and what only the first of them has to do."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

VARIABLE = "PEERLEARN_TEST_RUN"


def run_folder() -> Path:
    """The controller of a run makes it, the workers inherit its name."""
    name = os.environ.setdefault(VARIABLE, "") or tempfile.mkdtemp(prefix="peerlearn-test-run-")
    os.environ[VARIABLE] = name
    return Path(name)


def once(name: str, make: Callable[[], str]) -> str:
    """What `make` returned in whichever process came first; the others wait for it."""
    folder = run_folder()
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = folder / name
        if not result.exists():
            result.write_text(make())
        return result.read_text()


def remove() -> None:
    shutil.rmtree(run_folder(), ignore_errors=True)
