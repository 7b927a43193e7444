from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_append_only")]

    operations = [
        # Nullable, so SQLite alters the table in place.
        migrations.AddField(
            model_name="payment",
            name="nudge_at",
            field=models.DateTimeField(
                blank=True, help_text="When its payer is reminded, if it is not paid.", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("nudge_at__isnull", False)), fields=["nudge_at"], name="payment_by_nudge"
            ),
        ),
    ]
