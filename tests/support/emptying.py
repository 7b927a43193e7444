"""Taking away what a `transaction=True` test left: from the tables that have rows, and from no other.

Django empties each of 130 tables, and writes all content types and permissions anew. On PostgreSQL that takes half a
second a test; there are a thousand such tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import TransactionTestCase

from tests.support.audit import APPEND_ONLY, changeable

# What migrations write, and no test changes.
OF_MIGRATIONS = (ContentType, Permission, Group, Group.permissions.through, MigrationRecorder.Migration)
KEPT = {model._meta.db_table for model in OF_MIGRATIONS}


@contextmanager
def quick_emptying() -> Iterator[None]:
    """Around the whole run: tables are emptied after a test's own fixtures are gone."""
    with patch.object(TransactionTestCase, "_fixture_teardown", lambda case: empty_tables()):
        yield


def empty_tables() -> None:
    """Delete all rows; the triggers of append-only tables are gone for that moment."""
    filled = filled_tables()
    with transaction.atomic(), changeable(APPEND_ONLY & filled), connection.cursor() as cursor:
        for table in filled:
            cursor.execute(f"DELETE FROM {_quoted(table)}")


def filled_tables() -> set[str]:
    """The names of all tables that have rows, but for what migrations wrote."""
    with connection.cursor() as cursor:
        cursor.execute(_question())
        return {table for (table,) in cursor.fetchall()}


@cache
def _question() -> str:
    return " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_quoted(table)})" for table in _tables())


def _tables() -> list[str]:
    """Those of our models and of what joins them."""
    return sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT)


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)
