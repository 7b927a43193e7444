"""Who of the staff is in which group, and so may do what in the back office (docs/back-office.md)."""

from collections.abc import Collection

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import Role, User
from accounts.services.moderators import lock_other, require_no_deputy
from audit.services import record


@transaction.atomic
def set_groups(user_id: int, groups: Collection[Group], *, actor: User) -> User:
    """Put somebody into exactly these groups; in none, and no admin, they are no staff. Every token of theirs ends.

    Raises Forbidden, NotFound or NotOnYourself. Safe to repeat.
    """
    require_no_deputy(actor)
    user = lock_other(user_id, actor)
    before = _rights(user)
    user.is_staff = bool(groups) or user.role == Role.ADMIN
    after = {"groups": sorted(group.name for group in groups), "is_staff": user.is_staff}
    if before == after:
        return user
    user.groups.set(groups)
    user.token_version += 1
    user.save(update_fields=["is_staff", "token_version", "updated_at"])
    record("account.groups_changed", actor=actor, obj=user, before=before, after=after)
    return user


def _rights(user: User) -> dict[str, object]:
    return {"groups": sorted(user.groups.values_list("name", flat=True)), "is_staff": user.is_staff}
