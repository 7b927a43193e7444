from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def restore_guard(apps, schema_editor):
    """SQLite makes a table anew to change it, and its triggers stay with the old one: this brings them back, whichever
    migration since 0002 has lost them.
    """
    if schema_editor.connection.vendor != "sqlite":
        return
    guard = import_module("sessions_app.migrations.0002_host_in_one_place")
    for event in guard.EVENTS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS session_host_in_one_place_{event}")
        schema_editor.execute(guard.SQLITE_TRIGGER.format(event=event))


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0005_waitlists_requests_and_attendance"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="tutoringsession",
            name="modules",
            field=models.JSONField(
                blank=True, default=list, help_text="What it goes through, in order: a list of titles."
            ),
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("file", models.FileField(max_length=200, upload_to="materials/")),
                (
                    "name",
                    models.CharField(help_text="As its owner called it, made harmless.", max_length=120),
                ),
                ("media_type", models.CharField(help_text="By content.", max_length=100)),
                ("size", models.PositiveIntegerField(help_text="Bytes.")),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="materials",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="materials",
                        to="sessions_app.tutoringsession",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["owner", "-created_at", "-id"], name="material_newest")],
            },
        ),
        migrations.CreateModel(
            name="SessionRating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("rating", models.PositiveSmallIntegerField()),
                ("comment", models.TextField(blank=True)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="sessions_app.tutoringsession",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="session_ratings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "user"), name="session_rating_once_per_person"),
                    models.CheckConstraint(condition=models.Q(("rating__range", (1, 5))), name="session_rating_1_to_5"),
                ],
            },
        ),
        migrations.RunPython(restore_guard, migrations.RunPython.noop),
    ]
