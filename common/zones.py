"""The time zones that people and schedules may have. Settings are checked by it, so it reads none."""

from functools import cache
from zoneinfo import available_timezones

# In the machine's own directory of zones, but of no place: the machine's clock, and "nobody has set this up".
_NOWHERE = frozenset({"localtime", "Factory", "posixrules"})


@cache
def names() -> frozenset[str]:
    """All IANA names, such as `Europe/London`."""
    return frozenset(available_timezones()) - _NOWHERE
