"""Goal R17: the schema can be built, taken down and built again, and the models hold nothing that it lacks."""

from tests.peerlearn.processes import manage
from tests.support import world
from tests.support.server import running_site


def test_every_migration_can_be_taken_back_and_done_again(own_site):
    before = own_site.call(schema)

    own_site.call(take_everything_back)
    assert own_site.call(our_tables) == []
    own_site.call(do_everything_again)

    assert own_site.call(schema) == before
    (host,) = own_site.call(world.make_tutors)
    assert own_site.call(world.make_session, host["id"])


def test_the_models_hold_nothing_that_the_migrations_lack(tmp_path):
    with running_site(tmp_path) as site:
        result = manage("makemigrations", "--check", "--dry-run", DATABASE_URL=site.database_url)

    assert (result.returncode, "No changes detected" in result.stdout) == (0, True), result.stderr


# --- beside the server --------------------------------------------------------------------------------------------


def take_everything_back():
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    for app in apps_with_migrations():  # those of an app take with them whatever stands on it
        if MigrationRecorder(connection).migration_qs.filter(app=app).exists():
            call_command("migrate", app, "zero", verbosity=0)


def do_everything_again():
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def apps_with_migrations():
    from django.apps import apps
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    ours = {config.label for config in apps.get_app_configs() if str(settings.BASE_DIR) in config.path}
    with_migrations = MigrationLoader(connection).migrated_apps
    return sorted(label for label in ours & with_migrations if ".venv" not in apps.get_app_config(label).path)


def our_tables():
    from django.db import connection

    labels = tuple(f"{label}_" for label in apps_with_migrations())
    return sorted(table for table in connection.introspection.table_names() if table.startswith(labels))


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
