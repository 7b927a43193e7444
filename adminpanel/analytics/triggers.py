"""What tells that a day which is over has changed: triggers on sessions, bookings and reviews, on both engines.

They write only where something began before `RollUpState.marked_until`, which what is booked, moved or ended in time
never did: such writes cost one look at a table of one row. They are put in place after every `migrate`, because SQLite
loses a table's triggers whenever a migration rebuilds it.
"""

from typing import Any

from django.db import connections

STATE, MOMENTS = "adminpanel_rollupstate", "adminpanel_changedmoment"
# The columns that figures are made of, and the moments by which a row is counted. Whether a review counts depends on
# its lesson too, which is always the earlier one: only where that is marked can its review be.
WATCHED = {
    "sessions_app_tutoringsession": (
        "starts_at, ends_at, ended_at, status, kind, subject_id, deleted_at",
        "SELECT {row}.starts_at AS moment",
    ),
    "bookings_booking": (
        "starts_at, status, cancelled_by, refund_percent",
        "SELECT {row}.starts_at AS moment UNION SELECT created_at FROM bookings_review "
        "WHERE booking_id = {row}.id AND {row}.starts_at < (SELECT marked_until FROM adminpanel_rollupstate)",
    ),
    "bookings_review": ("rating, state, kind, created_at", "SELECT {row}.created_at AS moment"),
}
# By event: the states of the row that it knows.
_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}

_NOTE = f"""
    INSERT INTO {MOMENTS} (moment)
    SELECT moment FROM ({{moments}}) AS moments WHERE moment < (SELECT marked_until FROM {STATE});
"""  # noqa: S608 # nosec B608
_POSTGRESQL_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION {{name}}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {_NOTE} RETURN NULL; END $$
"""
_POSTGRESQL_TRIGGER = "CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
_SQLITE_TRIGGER = f"CREATE TRIGGER {{name}} AFTER {{event}} ON {{table}} BEGIN {_NOTE} END"


def install(connection: Any) -> None:
    """Put the triggers in place that are not there. Safe to repeat."""
    tables = set(connection.introspection.table_names())
    if not {STATE, MOMENTS, *WATCHED} <= tables:
        return
    with connection.cursor() as cursor:
        there = set(_installed(connection, cursor))
        for table, event in _triggers():
            if _name(table, event) not in there:
                for statement in _statements(connection.vendor, table, event):
                    cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take them away, before the tables go that they write to."""
    with connection.cursor() as cursor:
        for table, event in _triggers():
            name = _name(table, event)
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def after_migrate(using: str, **_: Any) -> None:
    """Receives `post_migrate`."""
    install(connections[using])


def _triggers() -> list[tuple[str, str]]:
    return [(table, event) for table in WATCHED for event in _ROWS]


def _name(table: str, event: str) -> str:
    return f"{table}_figures_{event}"


def _installed(connection: Any, cursor: Any) -> list[str]:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    else:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return [name for (name,) in cursor.fetchall()]


def _statements(vendor: str, table: str, event: str) -> list[str]:
    columns, moments = WATCHED[table]
    words = {
        "name": _name(table, event),
        "table": table,
        "event": f"UPDATE OF {columns}" if event == "update" else event.upper(),
        "moments": " UNION ".join(moments.format(row=row) for row in _ROWS[event]),
    }
    if vendor == "postgresql":
        return [_POSTGRESQL_FUNCTION.format(**words), _POSTGRESQL_TRIGGER.format(**words)]
    return [_SQLITE_TRIGGER.format(**words)]
