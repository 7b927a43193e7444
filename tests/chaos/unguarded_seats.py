"""A server whose seats are taken by read-modify-write: the negative control of the seat race."""

import time

from sessions_app.querysets import SessionQuerySet

THINKS = 0.01  # seconds between reading and writing: so that the control does not hang on how busy the machine is


def take_seat(self, pk, user, *, now) -> bool:
    session = self.joinable(now).filter(pk=pk).exclude(creator=user).first()
    if session is None:
        return False
    time.sleep(THINKS)
    session.seats_taken += 1
    session.save(update_fields=["seats_taken"])
    return True


def change() -> None:
    SessionQuerySet.take_seat = take_seat
