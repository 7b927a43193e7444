"""Threads and the search are read along indexes, however many messages there are."""

import os
import re
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def test_at_a_million_messages_every_page_comes_from_an_index():
    parts = urlsplit(os.environ["DATABASE_URL"])
    own = urlunsplit(parts._replace(path=f"{parts.path}_plans_{os.getpid()}"))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    run = subprocess.run(
        [sys.executable, "-m", "tests.load.message_plans"],
        env=environment | {"DATABASE_URL": own},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert run.returncode == 0, run.stderr[-2000:]
    questions = {text.split(" (/")[0]: text for text in run.stdout.strip().split("\n\n")}
    assert len(questions) > 12
    pages = {name: text.rpartition("    read:")[2] for name, text in questions.items()}
    assert [name for name, page in pages.items() if "Seq Scan on messaging_" in page] == []
    # The same work for a list of 50 threads and of 1,000, for the newest and (by keyset) for the oldest messages.
    touched = {name: int(re.search(r"([0-9]+) buffers", page)[1]) for name, page in pages.items()}
    assert touched["1,000 threads, first page"] < 1.5 * touched["50 threads"]
    assert touched["a thread of 100,000, the oldest by keyset"] < 500
    assert touched["a word of many"] < 500
