"""One writer at a time for each person's calendar."""

from typing import Any

from accounts.models import User
from common.compiled import compiled


def lock(*users: User) -> None:
    """Keep everybody else from changing the calendars of these people until the transaction ends (R-OVL-2).

    To be called first in a transaction, before any other row is locked. The rows are taken in the order of their ids,
    so that two who want the same calendars never wait in a circle. `sessions_app` locks a host's calendar likewise.
    """
    _locked(pks=sorted({user.pk for user in users}))


@compiled
def _locked(*, pks: Any) -> Any:
    rows = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__any=pks).order_by("pk")
    return rows.values_list("pk", flat=True)
