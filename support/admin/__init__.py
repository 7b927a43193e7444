"""Support in the back office: where its staff works."""

from support.admin import feedback, tickets

__all__ = ["feedback", "tickets"]
