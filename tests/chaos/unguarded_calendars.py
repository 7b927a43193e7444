"""A server that locks nobody's calendar: the negative control of the booking race."""

import functools
import time

from bookings.services import calendars, slots

THINKS = 0.01  # seconds between reading and writing: so that the control does not hang on how busy the machine is


def thinking_after(require_bookable):
    @functools.wraps(require_bookable)
    def require_and_think(*args, **kwargs):
        require_bookable(*args, **kwargs)
        time.sleep(THINKS)

    return require_and_think


def change() -> None:
    calendars.lock = lambda *users: None
    slots.require_bookable = thinking_after(slots.require_bookable)
