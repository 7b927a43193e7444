"""Migration operations for what Django's own cannot say: no overlaps in time, and an index for free text."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation, OperationCategory

_POSTGRESQL_INSTALL = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    ALTER TABLE {table} ADD CONSTRAINT {name}
        EXCLUDE USING gist ({owner} WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE ({condition})
    """,
)
_POSTGRESQL_REMOVE = ("ALTER TABLE {table} DROP CONSTRAINT {name}",)

# SQLite knows no exclusion constraints. Its text timestamps are all UTC in one format, so they compare as instants.
_SQLITE_TRIGGER = """
    CREATE TRIGGER {name}_{event} BEFORE {event} ON {table}
    WHEN {new_condition} AND EXISTS (
        SELECT 1 FROM {table} AS other
        WHERE other.{owner} = NEW.{owner} AND other.id IS NOT NEW.id AND {other_condition}
          AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
    )
    BEGIN SELECT RAISE(ABORT, '{name}'); END
"""
_EVENTS = ("INSERT", "UPDATE")


class NeverOverlap(Operation):
    """Refuse a row whose `starts_at` to `ends_at` overlaps another of the same `owner` column, where both meet the
    condition. Back to back is no overlap (R-OVL-1). The violation is an IntegrityError that names `name`.

    `condition` is SQL with `{row}` before each column. Repeat the operation after any later migration that alters the
    table: on SQLite Django rebuilds a table to alter it, and the triggers go with the old one.
    """

    category = OperationCategory.SQL

    def __init__(self, model_name: str, name: str, owner: str, condition: str) -> None:
        self.model_name, self.name, self.owner, self.condition = model_name, name, owner, condition

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: models do not know of it."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._execute(self._install, app_label, schema_editor, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._execute(self._remove, app_label, schema_editor, to_state)

    def describe(self) -> str:
        return f"Let no two {self.model_name} rows of one {self.owner} overlap"

    @property
    def migration_name_fragment(self) -> str:
        return self.name

    def _install(self, vendor: str, table: str) -> list[str]:
        if vendor == "postgresql":
            words = {"table": table, "name": self.name, "owner": self.owner, "condition": self.condition.format(row="")}
            return [statement.format(**words) for statement in _POSTGRESQL_INSTALL]
        return [
            _SQLITE_TRIGGER.format(
                table=table,
                name=self.name,
                owner=self.owner,
                event=event,
                new_condition=self.condition.format(row="NEW."),
                other_condition=self.condition.format(row="other."),
            )
            for event in _EVENTS
        ]

    def _remove(self, vendor: str, table: str) -> list[str]:
        if vendor == "postgresql":
            return [statement.format(table=table, name=self.name) for statement in _POSTGRESQL_REMOVE]
        return [f"DROP TRIGGER {self.name}_{event}" for event in _EVENTS]

    def _execute(self, statements: Any, app_label: str, schema_editor: Any, state: Any) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        for statement in statements(schema_editor.connection.vendor, model._meta.db_table):
            schema_editor.execute(statement, params=None)


class TrigramIndex(Operation):
    """An index for `LIKE '%word%'` on the rows that meet `condition` (SQL). PostgreSQL only: SQLite has none such and
    reads the rows, with the same answer.

    `beside` are columns that are compared by `=` at the same time: the words of one person's rows are found without
    looking at what others wrote. Each of them can be left out of a query.
    """

    category = OperationCategory.SQL

    def __init__(self, model_name: str, name: str, column: str, condition: str, beside: Sequence[str] = ()) -> None:
        self.model_name, self.name, self.column, self.condition = model_name, name, column, condition
        self.beside = beside

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: models do not know of it."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        columns = ", ".join([*self.beside, f"{self.column} gin_trgm_ops"])
        self._execute(
            schema_editor,
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            *(["CREATE EXTENSION IF NOT EXISTS btree_gin"] if self.beside else []),
            f"CREATE INDEX {self.name} ON {table} USING gin ({columns}) WHERE {self.condition}",
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._execute(schema_editor, f"DROP INDEX {self.name}")

    def describe(self) -> str:
        return f"Index the words of {self.model_name}.{self.column}"

    @property
    def migration_name_fragment(self) -> str:
        return self.name

    def _execute(self, schema_editor: Any, *statements: str) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement, params=None)
