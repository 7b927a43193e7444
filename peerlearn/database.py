"""What can be said of the database before anything is asked of it: where it is, and what it lacks."""

from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def describe() -> str:
    """Which it is, without its password."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"SQLite at {config['NAME']}"
    return f"PostgreSQL {config['NAME']!r} at {config['HOST'] or 'localhost'}:{config['PORT'] or 5432}"


def refuse_unreachable() -> None:
    """Raises CommandError, with the reason, where nobody can connect."""
    # A connection of its own: the pool would try for ten seconds and keep the reason to itself.
    probe = connection.copy()
    probe.settings_dict["OPTIONS"].pop("pool", None)
    try:
        probe.ensure_connection()
    except (DatabaseError, OSError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise CommandError(f"The database {describe()} cannot be reached: {reason}.") from None
    finally:
        probe.close()


def refuse_unapplied_migrations() -> None:
    """Raises CommandError where the tables are not those of this release."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        first = missing[0][0]
        raise CommandError(
            f"The database lacks {len(missing)} migrations, the first being {first.app_label}.{first.name}: "
            "run `python manage.py migrate` first."
        )
