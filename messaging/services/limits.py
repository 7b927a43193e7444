"""How much one person may write (R-MSG-9): 30 messages a minute, 200 an hour."""

from datetime import timedelta

from django.conf import settings

from accounts.models import User
from common import counters
from messaging.errors import TooManyMessages

LIMITS = ((30, timedelta(minutes=1)), (200, timedelta(hours=1)))


def count_message(sender: User) -> None:
    """Count one message, through whichever door it comes. Raises TooManyMessages."""
    if not settings.THROTTLING:
        return
    for most, window in LIMITS:
        count = counters.hit_window(f"messages:{window.seconds}:{sender.pk}", window=window)
        if count.hits > most:
            raise TooManyMessages(retry_after=timedelta(seconds=count.seconds_left))
