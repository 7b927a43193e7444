"""What each app keeps about people: how it is found, what of it they are given, and what an erasure does to it.

Each app has a module `personal_data`, which `settings.PERSONAL_DATA` names, with

- `SECTIONS`: one `Section` for each way that a row can be about somebody;
- `LINKS`: columns that name somebody and are nobody's own data, `"app.Model.field": why`;
- optionally `STEPS`: what no section can say, `{category: step(user, now) -> counts}`;
- optionally `open_matters(user)`: sentences that say why the person cannot be erased yet.

A model with a path to the user that no module mentions fails `tests/privacy/test_classification.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Value
from django.db.models.functions import Replace

from common import files

# What stands where the name of somebody stood who was erased.
FORMER = "a former member"

Counts = Mapping[str, int]
Step = Callable[[Any, datetime], Counts]


@dataclass(frozen=True)
class Delete:
    """The rows go, with their files.

    `locks` the rows first, where others lock such a row before what refers to it: Django empties those references
    before it deletes the row.
    """

    locks: bool = False


@dataclass(frozen=True)
class Overwrite:
    """The rows stay for what refers to them; these columns get these values (or expressions), their files go."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class Keep:
    """The rows stay as they are, and why they may."""

    why: str


@dataclass(frozen=True)
class Section:
    """The rows of `model` that `owner` (a lookup from the row to the user) makes one person's.

    `shows` are the columns that the person is given, or else `hides` says why none. `among` narrows the rows.
    """

    model: str
    owner: str
    category: str
    erasure: Delete | Overwrite | Keep
    shows: tuple[str, ...] = ()
    hides: str = ""
    among: Mapping[str, Any] = field(default_factory=dict)

    @property
    def model_class(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def name(self) -> str:
        """Unique among all sections: `messaging.message.sender`."""
        return f"{self.model_class._meta.label_lower}.{self.owner}"

    def rows(self, user: Any) -> models.QuerySet:
        return self.model_class._base_manager.filter(**{self.owner: user.pk}, **self.among)

    def erase(self, user: Any) -> Counts:
        """Do it in the running transaction; returns how many rows were deleted or overwritten. Safe to repeat."""
        rows = self.rows(user)
        if isinstance(self.erasure, Keep):
            return {}
        if isinstance(self.erasure, Delete):
            if self.erasure.locks:
                list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
            _discard_files(rows, self.file_columns)
            return {f"{self.name} deleted": rows.delete()[1].get(self.model_class._meta.label, 0)}
        _discard_files(rows, [name for name in self.file_columns if name in self.erasure.values])
        return {f"{self.name} overwritten": rows.update(**self.erasure.values)}

    @property
    def file_columns(self) -> list[str]:
        return [
            column.name for column in self.model_class._meta.concrete_fields if isinstance(column, models.FileField)
        ]


def modules() -> list[ModuleType]:
    """Those of all apps, the highest app first: what refers to other rows goes before them."""
    return [import_module(path) for path in settings.PERSONAL_DATA]


def sections() -> list[Section]:
    return [section for module in modules() for section in module.SECTIONS]


def steps() -> list[tuple[str, Step]]:
    """What is done besides the sections, each with its category."""
    return [item for module in modules() for item in getattr(module, "STEPS", {}).items()]


def open_matters(user: Any) -> list[str]:
    """Why this person cannot be erased yet: nothing that nobody can finish any more may be left open."""
    found: list[str] = []
    for module in modules():
        if hasattr(module, "open_matters"):
            found += module.open_matters(user)
    return found


def forget_name(rows: models.QuerySet, columns: Iterable[str], user: Any) -> int:
    """Put "a former member" where sentences among `rows` have the person's full name; returns in how many rows."""
    name = user.full_name
    if " " not in name:  # one word alone is a word of the language as often as a name
        return 0
    changed = 0
    for column in columns:
        found = rows.filter(**{f"{column}__contains": name})
        changed += found.update(**{column: Replace(column, Value(name), Value(FORMER))})
    return changed


def _discard_files(rows: models.QuerySet, columns: Iterable[str]) -> None:
    for column in columns:
        files.discard_after_commit(*rows.exclude(**{column: ""}).values_list(column, flat=True))
