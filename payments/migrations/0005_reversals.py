import django.db.models.deletion
from django.db import migrations, models

import common.money


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_payment_secured_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "amount",
                    common.money.MoneyField(
                        decimal_places=3, help_text="What the line takes back, in the payout's currency.", max_digits=14
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "Pending"), ("succeeded", "Succeeded"), ("failed", "Failed")],
                        default="pending",
                        max_length=9,
                    ),
                ),
                ("provider_id", models.CharField(blank=True, max_length=100)),
                ("failure", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        # One kind more: what an older version writes meanwhile passes as well.
        migrations.RemoveConstraint(
            model_name="providercall",
            name="provider_call_kind_known",
        ),
        migrations.AlterField(
            model_name="providercall",
            name="kind",
            field=models.CharField(
                choices=[
                    ("capture", "Capture"),
                    ("void", "Void"),
                    ("refund", "Refund"),
                    ("transfer", "Transfer"),
                    ("reversal", "Reversal"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="reversal",
            name="earning",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="reversal", to="payments.earning"
            ),
        ),
        migrations.AddField(
            model_name="reversal",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reversals", to="payments.payout"
            ),
        ),
        migrations.AddField(
            model_name="providercall",
            name="reversal",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calls",
                to="payments.reversal",
            ),
        ),
        migrations.AddConstraint(
            model_name="providercall",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["capture", "void", "refund", "transfer", "reversal"])),
                name="provider_call_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="reversal_of_something"),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "succeeded", "failed"])), name="reversal_status_known"
            ),
        ),
    ]
