"""What the back office does without: what a group may do is not edited (`adminpanel.groups`)."""

from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.admin.people import UserAdmin
from accounts.models import User

admin.site.unregister(Group)
admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """With the way to everything about the person."""

    change_form_outer_before_template = "adminpanel/person_link.html"
