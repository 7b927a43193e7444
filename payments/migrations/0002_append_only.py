from django.db import migrations

from audit.operations import MakeAppendOnly


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [MakeAppendOnly("Posting"), MakeAppendOnly("LedgerLine")]
