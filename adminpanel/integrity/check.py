"""What a check is: it finds rows that cannot be right, says in a sentence why, and may know how to mend it."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction
from django.db.models import F, Model, Q, QuerySet

from accounts.models import User
from audit.services import record
from common.errors import DomainError

log = logging.getLogger("peerlearn.integrity")

# So many of what was found are named; the others are only counted.
EXAMPLES = 10
# So many are mended in one run of a check, each in a transaction of its own.
MENDED_AT_ONCE = 500
REPAIRED = "integrity.repaired"


class Example(NamedTuple):
    """One row that is wrong: `object` names it, such as `bookings.booking:12`."""

    object: str
    message: str


@dataclass(frozen=True)
class Found:
    """How many rows are wrong, and the first of them."""

    count: int = 0
    examples: tuple[Example, ...] = ()


class Change(NamedTuple):
    """What a repair changed: the values before and after it, by their names."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Check(ABC):
    """`name` is stable, `looks_at` says in a phrase what should hold.

    A check that `is_thorough` takes as long as there are rows or files; the others are a few statements each.
    """

    name: str
    looks_at: str
    is_thorough = False
    can_repair = False

    @abstractmethod
    def find(self, *, now: datetime, thorough: bool) -> Found:
        """What is wrong. Changes nothing."""

    def repair(self, *, actor: User | None, now: datetime) -> int:
        """Mend up to `MENDED_AT_ONCE` of what is wrong, each with an audit entry; returns how many."""
        return 0


class OneByOne(Check):
    """A check that repairs its rows one by one, each in a transaction of its own.

    `lock` holds what has to stand still meanwhile, in the order of the app that owns it; by default the row.
    """

    lock: Callable[[int], object] | None = None

    @abstractmethod
    def model(self, now: datetime) -> type[Model]:
        """Whose rows they are."""

    @abstractmethod
    def wrong_pks(self, now: datetime) -> Iterable[int]:
        """The keys of the rows that are wrong."""

    @abstractmethod
    def mend(self, pk: int, now: datetime) -> tuple[Model, Change] | None:
        """Mend a row that is locked; None if somebody else has put it right meanwhile."""

    def repair(self, *, actor: User | None, now: datetime) -> int:
        if not self.can_repair:
            return 0
        pks = list(islice(self.wrong_pks(now), MENDED_AT_ONCE))
        return sum(self._repair_one(pk, actor, now) for pk in pks)

    def _repair_one(self, pk: int, actor: User | None, now: datetime) -> bool:
        """One that cannot be mended does not hold up the others; it is found again."""
        try:
            with transaction.atomic():
                return self._mend_locked(pk, actor, now)
        except (DomainError, DatabaseError, ValueError):
            log.warning("integrity_not_repaired", extra={"check": self.name, "pk": pk}, exc_info=True)
            return False

    def _mend_locked(self, pk: int, actor: User | None, now: datetime) -> bool:
        if self.lock is None:
            rows = self.model(now)._base_manager.select_for_update(of=("self",), no_key=True)
            list(rows.filter(pk=pk).values_list("pk"))
        else:
            self.lock(pk)
        # Read after the lock, in a statement of its own: see `mend`.
        mended = self.mend(pk, now)
        if mended is None:
            return False
        row, change = mended
        record(REPAIRED, actor=actor, obj=row, before=change.before, after=change.after, reason=self.name)
        return True


class RowCheck(OneByOne):
    """A check of rows that one query finds. With `mend` it can repair them.

    `rows` takes the present moment, since a row may be wrong only because it is late. With `is_thorough` it is left out
    where there is little time.
    """

    def __init__(
        self,
        name: str,
        looks_at: str,
        rows: Callable[[datetime], QuerySet],
        explain: Callable[[Any], str],
        *,
        mend: Callable[[Any, datetime], Change] | None = None,
        lock: Callable[[int], object] | None = None,
        is_thorough: bool = False,
    ) -> None:
        self.name, self.looks_at, self.rows, self.explain = name, looks_at, rows, explain
        self._mend, self.lock = mend, lock
        self.can_repair, self.is_thorough = mend is not None, is_thorough

    def find(self, *, now: datetime, thorough: bool) -> Found:
        rows = self.rows(now).order_by("pk")
        count = rows.count()
        if not count:
            return Found()
        return Found(count, tuple(Example(named(row), self.explain(row)) for row in rows[:EXAMPLES]))

    def model(self, now: datetime) -> type[Model]:
        return self.rows(now).model

    def wrong_pks(self, now: datetime) -> Iterable[int]:
        return self.rows(now).order_by("pk").values_list("pk", flat=True)[:MENDED_AT_ONCE]

    def mend(self, pk: int, now: datetime) -> tuple[Model, Change] | None:
        assert self._mend is not None  # noqa: S101 # nosec B101 - `repair` has asked
        row = self.rows(now).filter(pk=pk).first()
        return None if row is None else (row, self._mend(row, now))


class FigureCheck(RowCheck):
    """Columns that repeat what other rows say: each is compared with an expression that works it out anew.

    Mended by one UPDATE of the columns, and `besides`, unless another `mend` knows better.
    """

    def __init__(
        self,
        name: str,
        looks_at: str,
        rows: QuerySet,
        due: Mapping[str, Any],
        *,
        besides: Mapping[str, Any] | None = None,
        mend: Callable[[Any, datetime], Change] | None = None,
        lock: Callable[[int], object] | None = None,
    ) -> None:
        self.columns = tuple(due)
        self._besides = dict(besides or {})
        reckoned = rows.annotate(**{f"due_{column}": expression for column, expression in due.items()})
        differs = Q()
        for column in self.columns:
            differs |= ~Q(**{column: F(f"due_{column}")})
        super().__init__(
            name, looks_at, lambda now: reckoned.filter(differs), self._explain, mend=mend or self._correct, lock=lock
        )

    def _explain(self, row: Any) -> str:
        wrong = [column for column in self.columns if getattr(row, column) != getattr(row, f"due_{column}")]
        says = " and ".join(f"{column} {_plain(getattr(row, column))}" for column in wrong)
        is_due = " and ".join(_plain(getattr(row, f"due_{column}")) for column in wrong)
        return f"{named(row)} has {says}; the rows behind it say {is_due}."

    def _correct(self, row: Any, now: datetime) -> Change:
        after = {column: getattr(row, f"due_{column}") for column in self.columns}
        return corrected(row, after, now=now, besides=self._besides)


class DerivedCheck(OneByOne):
    """A column that Python works out, and no SQL: every row is read, by one statement, and compared.

    `due` takes a query of rows and gives each with what its column should be.
    """

    is_thorough = True
    can_repair = True

    def __init__(
        self,
        name: str,
        looks_at: str,
        rows: QuerySet,
        column: str,
        due: Callable[[QuerySet], Iterable[tuple[Any, Any]]],
        *,
        lock: Callable[[int], object] | None = None,
    ) -> None:
        self.name, self.looks_at, self.rows, self.column = name, looks_at, rows, column
        self.lock, self._due = lock, due

    def find(self, *, now: datetime, thorough: bool) -> Found:
        wrong = self._wrong(self.rows)
        examples = tuple(Example(named(row), self._explain(row)) for row, _ in islice(wrong, EXAMPLES))
        return Found(len(examples) + sum(1 for _ in wrong), examples)

    def model(self, now: datetime) -> type[Model]:
        return self.rows.model

    def wrong_pks(self, now: datetime) -> Iterable[int]:
        return (row.pk for row, _ in self._wrong(self.rows))

    def mend(self, pk: int, now: datetime) -> tuple[Model, Change] | None:
        found = next(self._wrong(self.rows.filter(pk=pk)), None)
        if found is None:
            return None
        row, due = found
        change = corrected(row, {self.column: due}, now=now)
        return row, self._without_words() if isinstance(due, str) else change

    def _wrong(self, rows: QuerySet) -> Iterator[tuple[Any, Any]]:
        return ((row, due) for row, due in self._due(rows) if getattr(row, self.column) != due)

    def _without_words(self) -> Change:
        """The log is for ever: what people have written does not go into it."""
        return Change({self.column: "out of date"}, {self.column: "made anew"})

    def _explain(self, row: Any) -> str:
        return f"{named(row)} has another {self.column} than what it is made of."


def corrected(
    row: Model, after: Mapping[str, Any], *, now: datetime, besides: Mapping[str, Any] | None = None
) -> Change:
    """Write these columns of a locked row by one UPDATE; `besides` follows from it and is not on record."""
    before = {column: getattr(row, column) for column in after}
    stamp = {"updated_at": now} if any(field.name == "updated_at" for field in row._meta.concrete_fields) else {}
    type(row)._base_manager.filter(pk=row.pk).update(**after, **stamp, **(besides or {}))
    return Change(before, after)


def named(row: Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def _plain(value: Any) -> str:
    return "nothing" if value is None or value == "" else f"{value}"
