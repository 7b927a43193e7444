"""What the database itself guarantees: the ledger of points is only ever added to."""

from django.db import migrations

from audit.operations import MakeAppendOnly


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]

    operations = [MakeAppendOnly("PointsEntry")]
