"""docs/rules.md explains every rule that is named anywhere by its id, such as R-SLOT-3."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

NAMED = re.compile(r"\bR-([A-Z]+)-(\d+)(?: to (?:R-\1-)?(\d+)\b)?")
EXPLAINED = re.compile(r"^- \*\*(R-[A-Z]+-\d+)\*\* ", re.MULTILINE)
# Where a rule can be named. What lies beside that was made by others, or by running us.
TEXTS = {".py", ".html", ".txt", ".md", ".js", ".mjs", ".css", ".toml", ".ini", ".csv", ".yaml", ".yml"}
NOT_OURS = {"node_modules", "__pycache__", "data", "media", "build", "htmlcov"}


def files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in NOT_OURS:
            continue
        if path.is_dir():
            yield from files(path)
        elif path.suffix in TEXTS:
            yield path


def named_in(text: str) -> set[str]:
    """`R-NS-1 to 4` names four."""
    return {
        f"R-{family}-{number}"
        for family, first, last in NAMED.findall(text)
        for number in range(int(first), int(last or first) + 1)
    }


def explained() -> list[str]:
    return EXPLAINED.findall((settings.BASE_DIR / "docs" / "rules.md").read_text())


def test_every_rule_that_is_named_anywhere_is_explained():
    known = set(explained())

    unknown = {
        str(path.relative_to(settings.BASE_DIR)): sorted(missing)
        for path in files(settings.BASE_DIR)
        if (missing := named_in(path.read_text()) - known)
    }

    assert len(known) > 100
    assert unknown == {}


def test_no_rule_is_explained_twice():
    assert [rule for rule, times in Counter(explained()).items() if times > 1] == []
