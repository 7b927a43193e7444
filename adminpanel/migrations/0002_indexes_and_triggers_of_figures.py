"""What figures are read along: the days that are not rolled up, and those that are rolled up anew.

The indexes are on other apps' tables and for the back office alone, so they stand here. The triggers are put in place
after every `migrate` again (`adminpanel.analytics.triggers`); before their tables go, they go.
"""

from django.db import migrations

from adminpanel.analytics import triggers

INDEXES = {
    "figures_booking_by_start": "bookings_booking (starts_at)",
    "figures_booking_by_making": "bookings_booking (created_at)",
    "figures_booking_event": "bookings_bookingevent (created_at)",
    "figures_posting": "payments_posting (created_at)",
    "figures_message": "messaging_message (created_at)",
    "figures_review": "bookings_review (created_at)",
    "figures_user": "accounts_user (created_at)",
    "figures_sign_in": "accounts_tokenfamily (created_at)",
}


def install_triggers(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove_triggers(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("adminpanel", "0001_figures_by_day"),
        ("accounts", "0016_people_who_are_erased"),
        ("bookings", "0006_calendars_and_reminders"),
        ("messaging", "0002_search_index"),
        ("payments", "0002_append_only"),
        ("sessions_app", "0008_notes_recordings_and_conflicts"),
    ]

    operations = [
        *(
            migrations.RunSQL(f"CREATE INDEX {name} ON {columns}", f"DROP INDEX IF EXISTS {name}")
            for name, columns in INDEXES.items()
        ),
        migrations.RunPython(install_triggers, remove_triggers),
    ]
