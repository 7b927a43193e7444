"""Sessions in the back office."""

from sessions_app.admin import guardians, moderation, sessions

__all__ = ["guardians", "moderation", "sessions"]
