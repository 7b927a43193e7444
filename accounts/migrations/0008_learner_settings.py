import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.validators


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_revisions_of_approved_profiles"),
    ]

    operations = [
        migrations.CreateModel(
            name="LearnerSettings",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="learner_settings",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        default="en",
                        help_text="Of the interface, ISO 639-1.",
                        max_length=3,
                        validators=[accounts.validators.validate_language],
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[("light", "Light"), ("dark", "Dark"), ("system", "System")],
                        default="system",
                        max_length=6,
                    ),
                ),
                (
                    "show_to_peers",
                    models.BooleanField(default=True, help_text="Learners of the same courses find them."),
                ),
                ("share_interests", models.BooleanField(default=True, help_text="And see their interests.")),
            ],
            options={
                "verbose_name_plural": "learner settings",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("theme__in", ["light", "dark", "system"])),
                        name="learner_settings_theme_known",
                    )
                ],
            },
        ),
    ]
