from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_learner_settings")]

    operations = [
        migrations.AddField(
            model_name="studentprofile",
            name="university",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="studentprofile",
            name="major",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="studentprofile",
            name="year",
            field=models.CharField(blank=True, help_text="Of their studies, in their own words.", max_length=50),
        ),
        migrations.AddField(
            model_name="studentprofile",
            name="skills",
            field=models.JSONField(blank=True, default=list, help_text="A list of words."),
        ),
    ]
