"""What people's sockets were sent."""

import json

from notifications.models import LiveEvent


def frames_to(user, kind=None):
    """The frames of the user's stream, oldest first; those of one type."""
    frames = [json.loads(row.frame) for row in LiveEvent.objects.filter(user=user).order_by("seq")]
    return [frame for frame in frames if kind in (None, frame["type"])]


def kinds_to(user):
    return [frame["type"] for frame in frames_to(user)]
