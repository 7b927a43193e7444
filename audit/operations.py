"""A migration operation that makes a table append-only in the database itself."""

from typing import Any

from django.db.migrations.operations.base import Operation, OperationCategory

# One statement trigger is enough: it fires before any row is touched, even for a TRUNCATE.
_POSTGRESQL_INSTALL = (
    """
    CREATE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_TABLE_NAME || ' is append-only';
    END $$
    """,
    """
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_change()
    """,
)
_POSTGRESQL_REMOVE = (
    "DROP TRIGGER {table}_append_only ON {table}",
    "DROP FUNCTION {table}_refuse_change()",
)

# INSERT OR REPLACE deletes first, and fires the second one only under `PRAGMA recursive_triggers=ON` (in settings).
_SQLITE_INSTALL = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
)
_SQLITE_REMOVE = ("DROP TRIGGER {table}_no_update", "DROP TRIGGER {table}_no_delete")

_INSTALL = {"postgresql": _POSTGRESQL_INSTALL, "sqlite": _SQLITE_INSTALL}
_REMOVE = {"postgresql": _POSTGRESQL_REMOVE, "sqlite": _SQLITE_REMOVE}


def install_sql(vendor: str, table: str) -> list[str]:
    """The statements that make `table` append-only on this kind of database."""
    return [statement.format(table=table) for statement in _INSTALL[vendor]]


def remove_sql(vendor: str, table: str) -> list[str]:
    """The statements that take it back."""
    return [statement.format(table=table) for statement in _REMOVE[vendor]]


class MakeAppendOnly(Operation):
    """Refuse UPDATE, DELETE and TRUNCATE on a model's table.

    Repeat it after any later migration that alters the table: on SQLite Django rebuilds a table to alter it, and the
    triggers go with the old one.
    """

    category = OperationCategory.SQL

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: models do not know about triggers."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._execute(install_sql, app_label, schema_editor, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._execute(remove_sql, app_label, schema_editor, to_state)

    def describe(self) -> str:
        return f"Make {self.model_name} append-only"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_append_only"

    def _execute(self, statements: Any, app_label: str, schema_editor: Any, state: Any) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        for statement in statements(schema_editor.connection.vendor, model._meta.db_table):
            schema_editor.execute(statement, params=None)
