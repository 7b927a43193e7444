"""Goal R17: from nothing, from the last release with its data, and back: the schema is always the same.

One walk on each engine: everything is taken back, built up to the last release, given its data, and brought to today.
Each migration is so undone once and done once.
"""

import pytest

from tests.peerlearn.processes import manage
from tests.support import previous_release, quick_migrating, world
from tests.support.server import running_site


@pytest.fixture(scope="module")
def walk(engine, tmp_path_factory):
    """What was seen on the way, and the site at its end."""
    with running_site(tmp_path_factory.mktemp("migrations"), engine=engine) as site:
        yield site.call(there_and_back), site


def test_every_migration_can_be_taken_back(walk):
    seen, _ = walk

    assert seen["irreversible"] == []
    assert seen["tables left"] == []


def test_the_last_release_becomes_todays_schema(walk):
    seen, site = walk

    assert seen["schema after"] == seen["schema before"]
    (host,) = site.call(world.make_tutors)
    assert site.call(world.make_session, host["id"])


def test_no_row_of_the_last_release_is_lost_on_the_way(walk):
    seen, _ = walk

    assert sum(previous_release.counts().values()) > 2000
    assert seen["rows"] == previous_release.counts()


@pytest.mark.parametrize("command", ["verify_audit", "check_ledger"])
def test_what_it_recorded_is_as_sound_as_before(walk, command):
    _, site = walk

    result = manage(command, DATABASE_URL=site.database_url)

    assert result.returncode == 0, result.stdout + result.stderr


def test_the_models_hold_nothing_that_the_migrations_lack(tmp_path):
    result = manage("makemigrations", "--check", "--dry-run", DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")

    assert (result.returncode, "No changes detected" in result.stdout) == (0, True), result.stderr


# --- beside the server --------------------------------------------------------------------------------------------


def there_and_back():
    from django.core.management import call_command

    quick_migrating.change()
    seen = {"schema before": schema(), "irreversible": irreversible()}
    apps = our_apps()
    migrate_to([(app, None) for app in apps])
    seen["tables left"] = our_tables()
    migrate_to([(app, name) for app, name in previous_release.release()["migrations"].items() if app in apps])
    previous_release.load()
    call_command("migrate", verbosity=0)  # as an operator does: some triggers are put in place at its very end
    return seen | {"schema after": schema(), "rows": {table: count(table) for table in previous_release.counts()}}


def migrate_to(targets):
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    MigrationExecutor(connection).migrate(targets)


def irreversible():
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(connection).disk_migrations.items()
    return sorted(
        f"{app}.{name}: {operation.describe()}"
        for (app, name), migration in known
        if app in our_apps()
        for operation in migration.operations
        if not operation.reversible
    )


def our_apps():
    from django.apps import apps
    from django.conf import settings

    ours = {config.label for config in apps.get_app_configs() if str(settings.BASE_DIR) in config.path}
    return sorted(label for label in ours if ".venv" not in apps.get_app_config(label).path and has_migrations(label))


def has_migrations(label):
    from pathlib import Path

    from django.apps import apps

    return Path(apps.get_app_config(label).path, "migrations", "0001_initial.py").exists()


def our_tables():
    from django.db import connection

    labels = tuple(f"{label}_" for label in our_apps())
    return sorted(table for table in connection.introspection.table_names() if table.startswith(labels))


def count(table):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def schema():
    """Tables, constraints and triggers, by name."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        else:
            cursor.execute(
                "SELECT 'constraint', conname, conrelid::regclass::text FROM pg_constraint WHERE conrelid <> 0 "
                "UNION SELECT 'trigger', tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal "
                "UNION SELECT 'index', indexname, tablename FROM pg_indexes WHERE schemaname = 'public'"
            )
        return sorted(map(list, cursor.fetchall()))
