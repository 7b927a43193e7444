"""What messages keep about people (see `common.personal_data`)."""

from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce, Now

from accounts.models import User
from common.personal_data import Counts, Delete, Keep, Overwrite, Section
from messaging.models import Conversation
from messaging.models.message import DELETED
from messaging.services.events import KIND, thread
from notifications.models import LiveEvent, Notification

_TOMBSTONE = {
    **dict.fromkeys(("text", "search_text", "removed_text"), ""),
    "reactions": [],
    "attachment_count": 0,
    "deleted_at": Coalesce("deleted_at", Now()),
    "wiped_at": Now(),
}

SECTIONS = (
    Section(
        *("messaging.AttachmentScan", "attachment__message__sender", "attachments", Delete()),
        hides="How often a scanner was asked.",
    ),
    Section(
        *("messaging.Attachment", "message__sender", "attachments", Delete()),
        shows=("id", "message_id", "name", "media_type", "size", "file", "created_at"),
    ),
    Section(
        *("messaging.MessageEdit", "message__sender", "messages", Delete()),
        shows=("message_id", "text", "replaced_at"),
    ),
    Section(
        *("messaging.Message", "sender", "messages", Overwrite(_TOMBSTONE)),
        shows=("id", "recipient_id", "booking_id", "text", "created_at", "read_at", "edited_at", "deleted_at"),
    ),
    Section(
        *("messaging.Message", "recipient", "messages", Keep("What somebody else wrote stays that person's.")),
        shows=("id", "sender_id", "booking_id", "text", "created_at", "read_at", "edited_at", "deleted_at"),
        among={"is_held": False},
    ),
    Section(
        *("messaging.Report", "reporter", "messages", Overwrite({"reason": "", "snapshot": []})),
        shows=("id", "kind", "reason", "state", "created_at", "decided_at"),
    ),
    Section(
        *("messaging.Report", "reported", "messages", Overwrite({"reason": "", "snapshot": []})),
        hides="Who reports somebody is protected.",
    ),
    Section(*("messaging.Block", "blocker", "preferences", Delete()), shows=("blocked_id", "created_at")),
    Section(*("messaging.Block", "blocked", "preferences", Delete()), hides="Who blocks somebody is protected."),
    Section(*("messaging.MessagingSettings", "user", "preferences", Delete()), shows=("read_receipts",)),
)

LINKS = {
    **dict.fromkeys(
        (f"messaging.Conversation.{name}" for name in ("low", "high", "opened_by")),
        "That two numbers have written to each other; what they wrote is in their messages.",
    ),
    "messaging.Message.deleted_by": "The sender, or an admin's number.",
    "messaging.Report.decided_by": "An admin's number.",
}


def _forget_copies(user: User, now: datetime) -> Counts:
    """A message's words are also in what its recipient was told, and in what sockets replay for a week."""
    frames = 0
    conversations = list(Conversation.objects.filter(Q(low=user) | Q(high=user)))
    for conversation in conversations:
        other = LiveEvent.objects.filter(user=conversation.other_of(user.pk))
        name = f'"conversation_id":{conversation.pk}'
        frames += other.filter(Q(frame__contains=f"{name},") | Q(frame__contains=f"{name}}}")).delete()[0]
    about = [thread(conversation.pk) for conversation in conversations]
    told = Notification.objects.exclude(recipient=user).filter(type=KIND, about__in=about)
    words = {"title": "New message", "message": DELETED, "data": {}, "link": ""}
    return {
        "notifications.notification of messages": told.update(**words),
        "notifications.liveevent of messages": frames,
    }


STEPS = {"copies_of_messages": _forget_copies}
