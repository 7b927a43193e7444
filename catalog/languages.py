"""The languages that can be chosen here, and what they are called: the world's (`reference`), as admins have decided.

Decisions are few and read everywhere, so each process keeps them for some seconds; what is newly chosen is compared
with the rows themselves (`require_offered`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.core.cache import cache

from catalog.models import Language
from catalog.reference import all_language_names, language_names
from common.errors import Invalid

KEPT_SECONDS = 10
KEY = "catalog:languages"


class Decision(NamedTuple):
    """`name` is empty where only that it can be chosen, or not, was decided."""

    name: str
    is_active: bool


def decisions() -> dict[str, Decision]:
    """What admins have decided, by the code; may be some seconds old."""
    kept = cache.get(KEY)
    if kept is None:
        rows = Language.objects.order_by("code").values_list("code", "name", "is_active")
        kept = {code: Decision(name, is_active) for code, name, is_active in rows}
        cache.set(KEY, kept, KEPT_SECONDS)
    return kept


def forget() -> None:
    """Let this process read the decisions anew."""
    cache.delete(KEY)


def names() -> Mapping[str, str]:
    """What each language is called here, by its code; those that cannot be chosen any more, too."""
    decided = decisions()
    if not decided:
        return language_names()
    usual = all_language_names()
    return language_names() | {code: decision.name or usual[code] for code, decision in decided.items()}


def hidden() -> frozenset[str]:
    """The codes of those that cannot be chosen any more."""
    return frozenset(code for code, decision in decisions().items() if not decision.is_active)


def offered() -> list[dict[str, str]]:
    """`{code, name}` of each that can be chosen, in the order of their names."""
    gone = hidden()
    rows = [{"code": code, "name": name} for code, name in names().items() if code not in gone]
    return sorted(rows, key=lambda row: row["name"])


def described() -> list[dict[str, Any]]:
    """All of them as admins see them, in the order of their names, read from the rows."""
    forget()
    decided, usual = decisions(), all_language_names()
    rows = [
        {
            "code": code,
            "name": name,
            "default_name": usual[code],
            "is_active": code not in decided or decided[code].is_active,
            "is_changed": code in decided,
        }
        for code, name in names().items()
    ]
    return sorted(rows, key=lambda row: row["name"])


def code_of(word: str) -> str | None:
    """The code of a language that is given by its code, its name here or its usual English name, whatever the case;
    None for any other. It may be a hidden one.
    """
    word, known = word.strip().lower(), names()
    if word in known:
        return word
    usual = {name.lower(): code for code, name in all_language_names().items() if code in known}
    return (usual | {name.lower(): code for code, name in known.items()}).get(word)


def require_offered(codes: Iterable[str], *, field: str) -> None:
    """Raises Invalid for `field` where one of these cannot be newly chosen."""
    wanted = {code for code in codes if code}
    if wanted:
        rows = Language.objects.filter(code__in=wanted, is_active=False).order_by("code")
        gone = [names()[code] for code in rows.values_list("code", flat=True)]
        if gone:
            raise Invalid(errors={field: [f"Cannot be chosen any more: {', '.join(gone)}."]})
