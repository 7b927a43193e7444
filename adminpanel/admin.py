"""What the back office does without: rights follow from roles, so there are no groups to manage."""

from django.contrib import admin
from django.contrib.auth.models import Group

admin.site.unregister(Group)
