from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_nudge_of_payments"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="secured_at",
            field=models.DateTimeField(
                blank=True, help_text="UTC. When its money was first there: set aside, or taken.", null=True
            ),
        ),
    ]
