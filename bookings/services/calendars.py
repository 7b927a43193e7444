"""One writer at a time for each person's calendar."""

from accounts.models import User


def lock(*users: User) -> None:
    """Keep everybody else from changing the calendars of these people until the transaction ends (R-OVL-2).

    To be called first in a transaction, before any other row is locked. The rows are taken in the order of their ids,
    so that two who want the same calendars never wait in a circle. `sessions_app` locks a host's calendar likewise.
    """
    pks = {user.pk for user in users}
    rows = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pks).order_by("pk")
    list(rows.values_list("pk"))
