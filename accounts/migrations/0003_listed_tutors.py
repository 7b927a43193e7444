"""Tutors that were approved before the search existed are in it from now on."""

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat, Lower


def list_the_approved(apps, schema_editor):
    tutors = apps.get_model("accounts", "TutorProfile").objects.filter(
        status="approved", user__is_active=True, user__deleted_at=None
    )
    users = apps.get_model("accounts", "User").objects
    for tutor in tutors.only("pk", "user_id").iterator():
        name = users.filter(pk=tutor.user_id).values_list(
            Lower(Concat(F("first_name"), Value(" "), F("last_name"))), flat=True
        )
        type(tutor).objects.filter(pk=tutor.pk).update(is_listed=True, search_text=name[0])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_of_the_market")]

    operations = [migrations.RunPython(list_the_approved, migrations.RunPython.noop)]
