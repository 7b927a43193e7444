"""Sessions in the back office."""

from sessions_app.admin import moderation, sessions

__all__ = ["moderation", "sessions"]
