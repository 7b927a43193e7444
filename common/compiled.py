"""Querysets whose SQL is written once a process (docs/adr/0012).

To build and compile a query takes the ORM several times as long as PostgreSQL takes to answer it from an index. What
requests ask is the same again and again, and only the values differ:

    @compiled
    def _languages(*, tutors: Any) -> QuerySet[TutorLanguage]:
        return TutorLanguage.objects.filter(tutor__any=tutors).order_by("id").values_list("tutor_id", "code")

    for tutor_id, code in _languages(tutors=[4, 7]): ...
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from inspect import Parameter, signature
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, ForeignObject, Lookup, QuerySet
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

# How many statements of one function are kept: one for each combination of what is written into them.
STATEMENTS_KEPT = 64


class Given(Expression):
    """The place of a value in the SQL. Lookups take it for an expression, and leave it as it is."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.mark = f"\x00{name}\x00"
        """Stands in the text for what is SQL itself."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class _LookupOfGiven(Lookup):
    """A lookup whose right side is always a `Given`."""

    prepare_rhs = False
    rhs: Given
    sql: str

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return self.sql.format(column=column, mark=self.rhs.mark), [*params, self.rhs]


@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(_LookupOfGiven):
    """`tutor__any`: as `__in`, of a list whose length is not known yet. One statement serves any length."""

    lookup_name = "any"
    sql = "{column} IN (SELECT value FROM json_each(%s))"

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, self.rhs]


@ForeignObject.register_lookup
@Field.register_lookup
class Within(_LookupOfGiven):
    """`pk__within`: as `__in`, of a queryset, such as one page of a list, of which only that much is compiled anew."""

    lookup_name = "within"
    sql = "{column} IN ({mark})"


def somebody(pk: Any, *, is_admin: bool = False) -> Any:
    """In the place of a user, for queryset methods that ask no more than this; `pk` is the place of a value."""
    return SimpleNamespace(pk=pk, is_admin=is_admin)


@dataclass(frozen=True)
class _Statement:
    """SQL, whose parameters are values or places of values, and what it was compiled from."""

    sql: str
    params: Sequence[Any]
    queryset: QuerySet
    compiler: SQLCompiler
    converters: dict[int, Any]


class _Once:
    """A function that is called once for each combination of its positional arguments; its keywords get places."""

    def __init__(self, build: Callable[..., Any]) -> None:
        parameters = signature(build).parameters.values()
        self._build = build
        self._places = {p.name: Given(p.name) for p in parameters if p.kind is Parameter.KEYWORD_ONLY}
        self.statement = lru_cache(maxsize=STATEMENTS_KEPT)(self._compile)
        self.__doc__ = build.__doc__

    def _compile(self, vendor: str, *written: Any) -> _Statement:
        raise NotImplementedError


class Rows(_Once):
    """What `compiled` makes of a function. Called with the same arguments it returns the rows, in a list: instances
    (with what the queryset selects besides), dictionaries, tuples or plain values.
    """

    def __call__(self, *written: Any, **values: Any) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        statement = self.statement(connection.vendor, *written)
        locks = statement.queryset.query.select_for_update and connection.features.has_select_for_update
        if locks and not connection.in_atomic_block:
            raise TransactionManagementError("A lock is asked for outside a transaction.")
        try:
            sql, params = _filled_in(statement, values, connection)
        except EmptyResultSet:
            return []
        compiler = _twin(
            statement.compiler,
            connection=connection,
            as_sql=lambda: (sql, params),
            get_converters=lambda _: statement.converters,
        )
        query = _twin(statement.queryset.query, get_compiler=lambda using: compiler)
        return list(_twin(statement.queryset, _query=query))

    def first(self, *written: Any, **values: Any) -> Any:
        """The first row, or None."""
        return next(iter(self(*written, **values)), None)

    def _compile(self, vendor: str, *written: Any) -> _Statement:
        queryset = self._build(*written, **self._places)
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        shown = [selected[0] for selected in compiler.select[: compiler.col_count]]
        return _Statement(sql, params, queryset, compiler, compiler.get_converters(shown))


class Update(_Once):
    """What `compiled_update` makes of a function: called, it changes the rows and returns how many."""

    def __call__(self, *written: Any, **values: Any) -> int:
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(*_filled_in(self.statement(connection.vendor, *written), values, connection))
            return cursor.rowcount

    def _compile(self, vendor: str, *written: Any) -> _Statement:
        queryset, changes = self._build(*written, **self._places)
        query = queryset.query.chain(UpdateQuery)
        query.add_update_values(changes)
        compiler = query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        return _Statement(sql, params, queryset, compiler, {})


def compiled(build: Callable[..., QuerySet]) -> Rows:
    """Makes of a function that builds a queryset one that asks it.

    Positional parameters are written into the SQL, such as an order or a number of rows: few, and hashable. Whatever
    else differs between calls (people, ids, the time of now) is a keyword, of which the function sees only the place,
    in a filter: the function itself runs once. Values are numbers, strings, truths, instants, dates, UUIDs, lists of
    them behind `__any`, or querysets of one column behind `__within`. None is no value: nothing equals it in SQL.
    """
    return Rows(build)


def compiled_update(build: Callable[..., tuple[QuerySet, dict[str, Any]]]) -> Update:
    """The same for a function that returns a queryset and what to set in its rows."""
    return Update(build)


def _filled_in(statement: _Statement, values: dict[str, Any], connection: Any) -> Any:
    sql, params = statement.sql, []
    for param in statement.params:
        value = values[param.name] if isinstance(param, Given) else param
        if isinstance(value, QuerySet):
            inner, inner_params = value.query.get_compiler(connection=connection).as_sql()
            sql = sql.replace(param.mark, inner, 1)
            params += inner_params
        else:
            params.append(_adapted(value, connection))
    return sql, params


def _adapted(value: Any, connection: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    if isinstance(value, list) and connection.vendor == "sqlite":
        return orjson.dumps(value).decode()
    return value


def _twin(thing: Any, **changes: Any) -> Any:
    """A shallow copy with other attributes, whatever the class does about copies."""
    twin = object.__new__(type(thing))
    twin.__dict__.update(thing.__dict__)
    twin.__dict__.update(changes)
    return twin
