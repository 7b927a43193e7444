"""What messages ask of the apps above them: settings.PAIRS_KNOWN_BY names the module that answers."""

from importlib import import_module
from typing import Protocol, cast

from django.conf import settings


class Pairs(Protocol):
    """What two people have to do with each other besides messages."""

    def is_between(self, booking_id: int, one: int, other: int) -> bool: ...
    def have_had_paid_lesson(self, one: int, other: int) -> bool: ...
    def partners_of(self, user_id: int) -> set[int]: ...


def pairs() -> Pairs:
    return cast(Pairs, import_module(settings.PAIRS_KNOWN_BY))
