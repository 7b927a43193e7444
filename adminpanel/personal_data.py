"""What the back office keeps about people (see `common.personal_data`)."""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from common.personal_data import Counts, Delete, Section

SECTIONS = (
    Section(
        *("admin.LogEntry", "user", "back_office", Delete()),
        hides="An admin's clicks; what they did is in the audit log under a number.",
    ),
)

LINKS: dict[str, str] = {}


def _forget_in_history(user: User, now: datetime) -> Counts:
    """The back office's own history calls an account by its address, and what belongs to it likewise."""
    of_account = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ) | LogEntry.objects.filter(object_repr__contains=user.email)
    return {"admin.logentry overwritten": of_account.update(object_repr="a former member", change_message="")}


STEPS = {"back_office_history": _forget_in_history}
