"""The log is refused every change: by the models, and by the database where they are bypassed."""

import uuid

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit import services
from audit.models import AuditEntry, AuditLink
from audit.querysets import AppendOnlyError
from tests.support.audit import TABLES
from tests.support.emptying import empty_tables

pytestmark = pytest.mark.django_db

MODELS = [AuditEntry, AuditLink]
FIELDS = {"audit_auditentry": "reason", "audit_auditlink": "hash"}


@pytest.fixture(autouse=True)
def entry():
    entry = services.record("session.created", actor=None, reason="as it was")
    services.seal()
    return entry


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return cursor.fetchall()


def execute(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.objects.update(pk=99),
        lambda model: model.objects.filter(pk=0).update(pk=99),
        lambda model: model.objects.all().delete(),
        lambda model: model.objects.get().delete(),
        lambda model: model.objects.get().save(),
        lambda model: model.objects.get().save(update_fields=[]),
        lambda model: model.objects.update_or_create(pk=model.objects.get().pk, defaults={}),
        lambda model: model.objects.bulk_update([model.objects.get()], ["pk"]),
        lambda model: model.objects.bulk_create([model()], update_conflicts=True),
    ],
)
def test_models_refuse_to_change_a_row(model, change):
    before = rows(model._meta.db_table)

    with pytest.raises(AppendOnlyError, match="append-only"):
        change(model)

    assert rows(model._meta.db_table) == before


def test_a_new_object_does_not_overwrite_the_row_that_has_its_key(entry):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry(pk=entry.pk, action="forged").save()

    assert AuditEntry.objects.get().action == "session.created"


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {table} SET {field} = 'forged'", "DELETE FROM {table}"])
def test_the_database_refuses_to_change_a_row(table, statement):
    before = rows(table)

    with pytest.raises(IntegrityError, match="append-only"):
        execute(statement.format(table=table, field=FIELDS[table]))

    assert rows(table) == before


@pytest.mark.parametrize("model", MODELS)
def test_the_database_refuses_what_the_models_let_through(model):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        model.objects.all()._raw_delete(using="default")

    assert model.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
@pytest.mark.parametrize("table", TABLES)
def test_sqlite_refuses_to_replace_a_row(table):
    before = rows(table)

    with pytest.raises(IntegrityError, match="append-only"):
        execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")

    assert rows(table) == before


@pytest.mark.postgres
@pytest.mark.parametrize("tables", [", ".join(TABLES), f"{TABLES[0]} CASCADE", TABLES[1]])
def test_postgresql_refuses_to_empty_the_tables(tables):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="append-only"):
        execute(f"TRUNCATE {tables}")

    assert AuditEntry.objects.count() == AuditLink.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_auditentry",
        "ALTER TABLE audit_auditentry DISABLE TRIGGER USER",
        "DROP TRIGGER audit_auditentry_append_only ON audit_auditentry",
        "DROP FUNCTION audit_auditentry_refuse_change() CASCADE",
        "SET session_replication_role = replica",
    ],
)
def test_a_role_that_does_not_own_the_tables_cannot_get_round_the_triggers(statement):
    # A name of its own: roles belong to the whole server, which other test processes share.
    role = f"writer_{uuid.uuid4().hex}"
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute(f"CREATE ROLE {role}; GRANT {role} TO CURRENT_USER")  # a superuser needs no membership, others do
    execute(f"GRANT ALL ON audit_auditentry, audit_auditlink TO {role}; SET LOCAL ROLE {role}")

    with pytest.raises(DatabaseError, match="append-only|must be owner|permission denied"):
        execute(statement)

    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_triggers_are_back_after_a_test_run_emptied_the_tables(entry):
    empty_tables()
    services.record("session.created", actor=None)

    with pytest.raises(IntegrityError, match="append-only"):
        execute("DELETE FROM audit_auditentry")

    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_triggers_can_be_migrated_away_and_back():
    call_command("migrate", "audit", "0001", verbosity=0)
    try:
        execute("UPDATE audit_auditentry SET reason = 'changed'")
    finally:
        call_command("migrate", "audit", verbosity=0)

    with pytest.raises(IntegrityError, match="append-only"):
        execute("UPDATE audit_auditentry SET reason = 'changed again'")

    assert AuditEntry.objects.get().reason == "changed"
