"""What the browsing of courses reads: an index for each order, and one for free text."""

from django.db import migrations, models
from django.db.models import F, Q

from common.operations import TrigramIndex


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_points_are_only_added")]

    operations = [
        migrations.AddField(
            model_name="course",
            name="search_text",
            field=models.TextField(blank=True, default="", help_text="What free text looks in, in lower case."),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="course",
            index=models.Index(
                F("seats_taken").desc(), F("id").desc(), name="course_by_seats", condition=Q(status="published")
            ),
        ),
        migrations.AddIndex(
            model_name="course",
            index=models.Index(fields=["title", "id"], name="course_by_title", condition=Q(status="published")),
        ),
        TrigramIndex("course", name="course_by_words", column="search_text", condition="status = 'published'"),
    ]
