"""Whether the provider answers."""

from django.conf import settings

from common import fuse


def state() -> str:
    """Up, down while it has failed within the last minute, or not_configured: the sandbox is a part of us."""
    if settings.PAYMENT_PROVIDER == "sandbox":
        return "not_configured"
    return "down" if fuse.is_failing(settings.PAYMENT_PROVIDER) else "up"
