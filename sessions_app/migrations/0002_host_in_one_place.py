"""No host is in two places: the database's own guarantee, on both engines."""

from django.db import migrations

POSTGRESQL = """
    CREATE EXTENSION IF NOT EXISTS btree_gist;
    ALTER TABLE sessions_app_tutoringsession ADD CONSTRAINT session_host_in_one_place
        EXCLUDE USING gist (creator_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
        WHERE (status IN ('upcoming', 'ongoing') AND deleted_at IS NULL);
"""
POSTGRESQL_BACK = "ALTER TABLE sessions_app_tutoringsession DROP CONSTRAINT session_host_in_one_place;"

# SQLite knows no exclusion constraints. Its text timestamps are all UTC in one format, so they compare as instants.
SQLITE_TRIGGER = """
    CREATE TRIGGER session_host_in_one_place_{event} BEFORE {event} ON sessions_app_tutoringsession
    WHEN NEW.status IN ('upcoming', 'ongoing') AND NEW.deleted_at IS NULL AND EXISTS (
        SELECT 1 FROM sessions_app_tutoringsession AS other
        WHERE other.creator_id = NEW.creator_id AND other.id IS NOT NEW.id
          AND other.status IN ('upcoming', 'ongoing') AND other.deleted_at IS NULL
          AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
    )
    BEGIN SELECT RAISE(ABORT, 'session_host_in_one_place'); END;
"""
EVENTS = ("INSERT", "UPDATE")


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    for event in EVENTS:
        schema_editor.execute(SQLITE_TRIGGER.format(event=event))


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK)
        return
    for event in EVENTS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS session_host_in_one_place_{event}")


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
