"""The append-only tables (the audit log, ledgers), made changeable for as long as a test needs."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

from audit.models import AppendOnlyModel, AuditEntry, AuditLink
from audit.operations import install_sql, remove_sql

TABLES = [AuditEntry._meta.db_table, AuditLink._meta.db_table]
APPEND_ONLY = {model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel)}


@contextmanager
def changeable(tables: Collection[str]) -> Iterator[None]:
    """Without the triggers inside the block, as somebody who owns the database could have it."""
    # PostgreSQL drops no trigger of a table whose foreign keys it has not checked yet.
    connection.check_constraints()
    _execute(remove_sql, tables)
    yield
    connection.check_constraints()
    _execute(install_sql, tables)


def _execute(statements, tables: Collection[str]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            for statement in statements(connection.vendor, table):
                cursor.execute(statement)
