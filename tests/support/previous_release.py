"""The last release's data: what an upgrade must carry over.

`previous_release.json.gz` holds the demo data of that release, row by row as its tables had them, and the migrations
that it ended with. A new release makes it anew, from a database that has its demo data:

    python -m tests.support.previous_release data/peerlearn.sqlite3
"""

import gzip
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json.gz")
# Every site has its own of these.
NOT_DATA = ("django_", "sqlite_", "auth_permission")
# Links of the audit log that are kept, with their entries: enough to see that the chain still holds.
LINKS = 40


def release() -> dict[str, Any]:
    """`{"migrations": {app: name}, "tables": {table: [columns, row, row, ...]}}`."""
    return json.loads(gzip.decompress(FILE.read_bytes()))


def counts() -> dict[str, int]:
    """How many rows of each table there are."""
    return {table: len(rows) - 1 for table, rows in release()["tables"].items()}


def load() -> None:
    """Put them into the connected database, whose schema must be that release's, and empty."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are looked at at its end
        for table, (columns, *rows) in release()["tables"].items():
            names = ", ".join(map(connection.ops.quote_name, columns))
            places = ", ".join(["%s"] * len(columns))
            # As text, which each engine reads as its column's type.
            values = [[value if value is None else str(value) for value in row] for row in rows]
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", values)
            is_numbered = "id" in columns and isinstance(rows[0][columns.index("id")], int)
            if connection.vendor == "postgresql" and is_numbered:
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def write(database: str) -> None:
    """Make the file from an SQLite database of the release."""
    with closing(sqlite3.connect(database)) as connection:
        applied = connection.execute("SELECT app, max(name) FROM django_migrations GROUP BY app")
        kept = {"migrations": dict(applied.fetchall()), "tables": dict(_tables(connection))}
    FILE.write_bytes(gzip.compress(json.dumps(kept, separators=(",", ":")).encode(), mtime=0))


def _tables(connection: sqlite3.Connection) -> Any:
    sealed = f"(SELECT entry_id FROM audit_auditlink WHERE seq <= {LINKS})"
    wanted = {"audit_auditlink": f"seq <= {LINKS}", "audit_auditentry": f"id IN {sealed}"}
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for (table,) in names:
        if not table.startswith(NOT_DATA):
            rows = connection.execute(f"SELECT * FROM {table} WHERE {wanted.get(table, 'true')}")
            columns = [column[0] for column in rows.description]
            if found := rows.fetchall():
                yield table, [columns, *found]


if __name__ == "__main__":
    write(sys.argv[1])
