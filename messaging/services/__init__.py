"""Messages: `sending`, `changing`, `reading` and the rest are the only writers of conversations and messages.

Whoever writes locks the conversation's row first; streams of events are locked last.
"""

from messaging.services.blocks import block, is_blocked, unblock
from messaging.services.changing import delete, edit, react, unreact
from messaging.services.conversations import open_with
from messaging.services.people import in_touch_with, is_reachable
from messaging.services.reading import (
    mark_conversation_read,
    mark_delivered,
    mark_read,
    mark_thread_read,
    thread_with,
    unread_of,
)
from messaging.services.reports import report
from messaging.services.sending import send, send_in

__all__ = [
    "block",
    "delete",
    "edit",
    "in_touch_with",
    "is_blocked",
    "is_reachable",
    "mark_conversation_read",
    "mark_delivered",
    "mark_read",
    "mark_thread_read",
    "open_with",
    "react",
    "report",
    "send",
    "send_in",
    "thread_with",
    "unblock",
    "unreact",
    "unread_of",
]
