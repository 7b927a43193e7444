"""The append-only tables (the audit log, ledgers), made changeable for as long as a test needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

from audit.models import AppendOnlyModel, AuditEntry, AuditLink
from audit.operations import install_sql, remove_sql

TABLES = [AuditEntry._meta.db_table, AuditLink._meta.db_table]
APPEND_ONLY = [model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel)]


@contextmanager
def changeable_audit_log() -> Iterator[None]:
    """Without the triggers inside the block, as somebody who owns the database could have it."""
    # PostgreSQL drops no trigger of a table whose foreign keys it has not checked yet.
    connection.check_constraints()
    _execute(remove_sql)
    yield
    connection.check_constraints()
    _execute(install_sql)


@contextmanager
def flush_may_empty_the_audit_log() -> Iterator[None]:
    """Let Django empty every table after a `transaction=True` test; the triggers are gone for that moment only.

    Around the whole test run: the emptying happens after a test's own fixtures are gone.
    """
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_everything(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        with transaction.atomic(using=operations.connection.alias), changeable_audit_log():
            flush(operations, statements)

    with patch.object(BaseDatabaseOperations, "execute_sql_flush", flush_everything):
        yield


def _execute(statements) -> None:
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for statement in statements(connection.vendor, table):
                cursor.execute(statement)
