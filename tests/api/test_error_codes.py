"""docs/errors.md lists every code that can be answered, and no other."""

import re
from pathlib import Path

from django.apps import apps

from api.core import errors as api_errors
from api.core.idempotency import KeyReused, StillRunning
from common.errors import DomainError

ROOT = Path(__file__).parents[2]
# Kinds that are never raised as such.
ABSTRACT = {"REFUSED"}
NAMED_IN_PLACE = re.compile(r"""code\s*=\s*["']([A-Z][A-Z_]+)["']""")
DOCUMENTED = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def kinds(kind: type[DomainError]) -> set[type[DomainError]]:
    return {kind} | {each for child in kind.__subclasses__() for each in kinds(child)}


def codes_in_source() -> set[str]:
    folders = {
        Path(app.path).relative_to(ROOT).parts[0]
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(ROOT)
    }
    files = [file for folder in folders if not folder.startswith(".") for file in (ROOT / folder).rglob("*.py")]
    return {code for file in files for code in NAMED_IN_PLACE.findall(file.read_text())}


def test_every_code_is_documented_and_every_documented_code_exists():
    answered = {kind.code for kind in kinds(DomainError) if kind.__module__.split(".")[0] != "tests"}
    answered |= {code for code, _ in api_errors.HTTP_CODES.values()}
    answered |= {
        KeyReused.default_code,
        StillRunning.default_code,
        "VALIDATION_ERROR",
        "RATE_LIMITED",
        "DATABASE_UNAVAILABLE",
    }
    answered |= codes_in_source()

    documented = set(DOCUMENTED.findall((ROOT / "docs" / "errors.md").read_text()))

    assert answered - ABSTRACT == documented
