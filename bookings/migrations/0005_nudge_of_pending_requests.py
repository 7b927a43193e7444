from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0004_extensions_of_packages")]

    operations = [
        # Nullable, so SQLite alters the table in place and keeps the triggers of 0002.
        migrations.AddField(
            model_name="booking",
            name="nudge_at",
            field=models.DateTimeField(blank=True, help_text="When its tutor is reminded of a request.", null=True),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(condition=models.Q(("status", "pending")), fields=["nudge_at"], name="booking_by_nudge"),
        ),
    ]
