"""Telling a user's other devices what was read on one of them."""

from collections.abc import Iterable

from notifications.services import stream


def tell(user_id: int, ids: Iterable[int] = (), *, is_all: bool = False) -> None:
    """`notification_read`, in the running transaction; `is_all` stands for every one there is."""
    stream.append([(user_id, {"type": "notification_read", "notification_ids": list(ids), "all": is_all})])
