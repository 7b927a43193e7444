"""Who is online, and the index that free text is searched with."""

from django.db import migrations, models

from common.operations import TrigramIndex


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_listed_tutors")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="online_until",
            field=models.DateTimeField(
                blank=True, help_text="A socket is open, and says so again before this moment.", null=True
            ),
        ),
        TrigramIndex("tutorprofile", name="tutor_by_words", column="search_text", condition="is_listed"),
    ]
