"""How many requests a minute. Every door to one thing counts in the same window."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest

from common import counters
from common.client_address import client_address, network_of
from common.counters import Count

MINUTE = timedelta(minutes=1)
# Of the scopes whose window is another one.
WINDOWS = {"payments": timedelta(minutes=5)}
# These are counted by client address, and exactly, even across processes without a Redis.
BY_ADDRESS = frozenset({"register", "login"})


def count_request(scope: str, who: str) -> tuple[int, Count]:
    """Count one request; answers the limit of the scope and where `who` stands. More hits than the limit: refuse."""
    count = counters.hit_window(f"{scope}:{who}", window=WINDOWS.get(scope, MINUTE), durable=scope in BY_ADDRESS)
    return settings.THROTTLE_RATES[scope], count


def address_of(request: HttpRequest) -> str:
    """Whom to count where nobody is signed in."""
    return f"address:{network_of(client_address(request))}"
