"""The real settings with what a test run needs: nothing slow, nothing random, nobody's `.env`."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("PEERLEARN_DEBUG", "true")

from peerlearn.settings import *  # noqa: F403

# Tasks run where they are called from, so that a test sees what they did.
WORK_RUNS_INLINE = True
# A test that is about hashing or throttling asks for the real thing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# What is uploaded is gone with the process.
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}  # noqa: F405
MIDDLEWARE = ["tests.support.leaks.WatchErrors", *MIDDLEWARE, "tests.support.inventory.RecordSuccess"]  # noqa: F405
# A file, not memory: tests of races open several connections.
if not ON_POSTGRESQL:  # noqa: F405
    DATABASES["default"]["TEST"] = {  # noqa: F405
        "NAME": Path(tempfile.gettempdir()) / f"peerlearn-test-{os.getpid()}.sqlite3"
    }
