"""The search is one indexed plan, however many tutors there are."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

# Where a table of all tutors, or of all that they speak, may be read as a whole: the total of what most of them fit.
READ_AS_A_WHOLE = ("a language of most", "two languages", "words of many", "one letter", "no letter", "all at once")


def test_at_fifty_thousand_tutors_every_page_comes_from_an_index():
    parts = urlsplit(os.environ["DATABASE_URL"])
    own = urlunsplit(parts._replace(path=f"{parts.path}_plans_{os.getpid()}"))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    run = subprocess.run(
        [sys.executable, "-m", "tests.load.search_plans"],
        env=environment | {"DATABASE_URL": own},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert run.returncode == 0, run.stderr[-2000:]
    searches = run.stdout.split("\n\n")
    assert len(searches) > 15
    read = [search.split(" (?")[0] for search in searches if "Seq Scan on accounts_tutorprofile" in search]
    assert set(read) <= set(READ_AS_A_WHOLE), run.stdout
    pages = {search.split(" (?")[0]: search.partition("    page:")[2] for search in searches}
    assert [name for name, page in pages.items() if "Seq Scan on accounts_tutorprofile" in page] == []
