from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0009_quality_reviews")]

    operations = [
        migrations.AddField(
            model_name="waitlistentry",
            name="nudge_at",
            field=models.DateTimeField(blank=True, help_text="When its owner is reminded of an offer.", null=True),
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(condition=models.Q(("state", "offered")), fields=["nudge_at"], name="place_by_nudge"),
        ),
    ]
