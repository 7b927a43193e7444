"""Conversations and what their rows repeat of the messages."""

from datetime import datetime

from django.db.models import Case, DateTimeField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from adminpanel.integrity.check import Change, Check, FigureCheck, RowCheck, corrected, named
from adminpanel.integrity.expressions import counted
from bookings.models import Booking
from messaging.models import Attachment, AttachmentScan, Conversation, Message, Report, ScanState
from messaging.services import conversations

# What has arrived: what a moderator holds back counts for nothing.
_SENT = Message.objects.filter(conversation=OuterRef("pk"), is_held=False)
_UNREAD = _SENT.filter(read_at=None, deleted_at=None)
_NEWEST = _SENT.order_by("-pk")


def _unsorted(now: datetime) -> QuerySet:
    """Conversations with another message on top than the newest."""
    known = Conversation.objects.annotate(
        due_last_message_id=Subquery(_NEWEST.values("pk")[:1]),
        due_active_at=Coalesce(
            Subquery(_NEWEST.values("created_at")[:1]), F("active_at"), output_field=DateTimeField()
        ),
    )
    shown = known.annotate(
        top=Coalesce("last_message_id", Value(0), output_field=IntegerField()),
        due_top=Coalesce("due_last_message_id", Value(0), output_field=IntegerField()),
    )
    return shown.filter(~Q(top=F("due_top")) | ~Q(active_at=F("due_active_at")))


def _sort(row, now: datetime) -> Change:  # type: ignore[no-untyped-def] # with annotations
    return corrected(row, {"last_message_id": row.due_last_message_id, "active_at": row.due_active_at}, now=now)


def _lock_of_message(pk: int) -> None:
    conversations.lock(Message.objects.values_list("conversation_id", flat=True).get(pk=pk))


def _of_others(now: datetime) -> QuerySet:
    pair = Q(sender=F("conversation__low"), recipient=F("conversation__high")) | Q(
        sender=F("conversation__high"), recipient=F("conversation__low")
    )
    return Message.objects.exclude(pair)


def _about_nothing(now: datetime) -> QuerySet:
    bookings = Booking.objects.filter(pk=OuterRef("booking_id"))
    return Message.objects.filter(~Exists(bookings), booking_id__isnull=False)


def _forget_booking(message: Message, now: datetime) -> Change:
    return corrected(message, {"booking_id": None}, now=now)


def _marks(now: datetime) -> QuerySet:
    return Message.objects.filter(read_at__isnull=False, delivered_at=None)


def _deliver(message: Message, now: datetime) -> Change:
    return corrected(message, {"delivered_at": message.read_at}, now=now)


def _never_scanned(now: datetime) -> QuerySet:
    due = AttachmentScan.objects.filter(attachment=OuterRef("pk"), state=AttachmentScan.State.DUE)
    return Attachment.objects.filter(~Exists(due), scan_state=ScanState.PENDING).exclude(file="")


def _ask_for_scan(file: Attachment, now: datetime) -> Change:
    anew = {"state": AttachmentScan.State.DUE, "due_at": now, "attempts": 0, "leased_until": None}
    AttachmentScan.objects.update_or_create(attachment=file, defaults=anew)
    return Change({"scan": "none"}, {"scan": "due"})


CHECKS: list[Check] = [
    RowCheck(
        "messages.people",
        "messages are between the two people of their conversation",
        _of_others,
        lambda row: (
            f"{named(row)} is from {row.sender_id} to {row.recipient_id}, who are not the two people of "
            f"conversation {row.conversation_id}."
        ),
    ),
    RowCheck(
        "messages.bookings",
        "bookings that messages are about exist",
        _about_nothing,
        lambda row: f"{named(row)} is about booking {row.booking_id}, which does not exist.",
        mend=_forget_booking,
        lock=_lock_of_message,
    ),
    RowCheck(
        "messages.receipts",
        "what was read was delivered",
        _marks,
        lambda row: f"{named(row)} was read, but never delivered.",
        mend=_deliver,
        lock=_lock_of_message,
    ),
    FigureCheck(
        "messages.attachments",
        "messages count their files",
        Message.objects.filter(wiped_at=None),
        {"attachment_count": counted(Attachment.objects.filter(message=OuterRef("pk")), by="message")},
        lock=_lock_of_message,
    ),
    RowCheck(
        "messages.scans",
        "files that wait for the scanner will be shown to it",
        _never_scanned,
        lambda file: f"{named(file)} waits for a scanner that nobody asks.",
        mend=_ask_for_scan,
    ),
    FigureCheck(
        "messages.reports",
        "reports are about who sent the message, and name its conversation",
        Report.objects.filter(message__isnull=False),
        {"reported_id": F("message__sender_id"), "conversation_id": F("message__conversation_id")},
    ),
    RowCheck(
        "messages.last",
        "conversations have their newest message on top",
        _unsorted,
        lambda row: (
            f"{named(row)} has message {row.last_message_id or 'none'} on top, the newest is "
            f"{row.due_last_message_id or 'none'}; or its time is another one."
        ),
        mend=_sort,
        lock=conversations.lock,
    ),
    FigureCheck(
        "messages.unread",
        "conversations count what each side has not read, and know who has written",
        Conversation.objects.all(),
        {
            "low_unread": counted(_UNREAD.filter(recipient=OuterRef("low")), by="conversation"),
            "high_unread": counted(_UNREAD.filter(recipient=OuterRef("high")), by="conversation"),
            "low_wrote": Case(When(Exists(_SENT.filter(sender=OuterRef("low"))), then=True), default=False),
            "high_wrote": Case(When(Exists(_SENT.filter(sender=OuterRef("high"))), then=True), default=False),
        },
        lock=conversations.lock,
    ),
]
