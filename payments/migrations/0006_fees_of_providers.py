import django.db.models.deletion
from django.db import migrations, models

import common.money
from audit.operations import MakeAppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_reversals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider_id",
                    models.CharField(help_text="Of the provider's movement that it was kept from.", max_length=100),
                ),
                ("amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                ("currency", models.CharField(help_text="ISO 4217.", max_length=3)),
                ("created_at", models.DateTimeField(help_text="UTC. When we heard of it.")),
                (
                    "payment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fees",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="fee_of_something"),
                    models.UniqueConstraint(fields=("payment", "provider_id"), name="fee_once"),
                ],
            },
        ),
        MakeAppendOnly("Fee"),
    ]
