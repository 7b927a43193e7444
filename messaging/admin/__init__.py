"""Messages in the back office: the moderators' queue, and what is behind it."""

from messaging.admin import messages, reports

__all__ = ["messages", "reports"]
