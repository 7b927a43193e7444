"""What happens to the accounts of the staff, and by whom."""

from operator import attrgetter
from typing import Any

from accounts.models import Role
from accounts.services.moderators import FOR_ADMINS
from common.back_office import BackOfficeAdmin


class OfAnAccount(BackOfficeAdmin):
    """Rows that belong to an account, or are one: where its owner is of the staff, deputies only look on."""

    # Where the account is; the row itself, if nowhere.
    account = ""

    def refusal(self, user: Any, obj: Any) -> str:
        owner = attrgetter(self.account)(obj) if self.account else obj
        is_above = owner.is_staff and user.role != Role.ADMIN
        return super().refusal(user, obj) or (FOR_ADMINS if is_above else "")
