"""`python -m tests.accounts.memory_of_pictures FOLDER`: the most megabytes needed to draw the folder's files."""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from accounts.images import square_jpeg  # noqa: E402
from common.errors import Invalid  # noqa: E402

if __name__ == "__main__":
    for file in Path(sys.argv[1]).iterdir():
        with suppress(Invalid):
            square_jpeg(file.read_bytes(), side=512)
    # Not `getrusage`: what that says begins with the memory of the process that started this one.
    print(int(re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
