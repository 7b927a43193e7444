"""Writing a message (R-MSG-1, R-MSG-2, R-MSG-7, R-MSG-9)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.services.listing import plain
from accounts.services.proven import require_verified
from common.errors import Invalid, NotFound
from messaging.errors import ClientIdReused, MessageEmpty, MessageTooLong
from messaging.files import Examined
from messaging.models import Conversation, Message, Report
from messaging.models.message import LONGEST_CLIENT_ID
from messaging.services import attachments, conversations, events, limits, masking, people, snapshots
from messaging.services.attachments import Stored
from messaging.services.pairs import pairs

LONGEST = 5000
# The same words to more strangers than this within a day are held for a moderator.
MOST_STRANGERS = 5
DAY = timedelta(days=1)


def send(
    *,
    sender: User,
    recipient_id: int,
    text: str = "",
    booking_id: int | None = None,
    client_msg_id: str | None = None,
    files: Sequence[Examined] = (),
) -> Message:
    """Write to somebody; the first time this opens the pair's conversation.

    `client_msg_id` makes it safe to repeat: the same sender's same id is the same message. With `files` (as
    `messaging.files.examine` makes them, outside of any transaction) the text may be empty.
    Raises EmailNotVerified, RecipientNotFound (unknown, gone or blocked), WritingToOneself, MessageEmpty,
    MessageTooLong, NotFound for a booking that is not the two people's, TooManyMessages, TooManyNewConversations or
    ClientIdReused.
    """
    require_verified(sender)
    limits.count_message(sender)
    body = clean(text, may_be_empty=bool(files))
    if client_msg_id is not None and not 0 < len(client_msg_id) <= LONGEST_CLIENT_ID:
        raise Invalid(f"A client_msg_id has 1 to {LONGEST_CLIENT_ID} characters.")
    with attachments.stored(files) as stored:
        return _send(sender, recipient_id, body, booking_id=booking_id, client_msg_id=client_msg_id, files=stored)


def send_in(conversation_id: int, *, sender: User, text: str, client_msg_id: str | None = None) -> Message:
    """The same into a conversation of the sender's. Raises NotFound for any other as well."""
    conversation = conversations.find(conversation_id, user=sender)
    recipient_id = conversation.other_of(sender.pk)
    return send(sender=sender, recipient_id=recipient_id, text=text, client_msg_id=client_msg_id)


def clean(text: str, *, may_be_empty: bool = False) -> str:
    """The text without what is around it: plain text, never HTML. Raises MessageEmpty, MessageTooLong or Invalid."""
    text = text.strip()
    if "\0" in text:
        raise Invalid("A NUL character is not allowed.")
    if not text and not may_be_empty:
        raise MessageEmpty
    if len(text) > LONGEST:
        raise MessageTooLong
    return text


@transaction.atomic
def _send(
    sender: User,
    recipient_id: int,
    text: str,
    *,
    booking_id: int | None,
    client_msg_id: str | None,
    files: Sequence[Stored],
) -> Message:
    recipient = people.require_reachable(sender, recipient_id)
    if booking_id is not None and not pairs().is_between(booking_id, sender.pk, recipient.pk):
        raise NotFound("Booking not found")
    conversation = conversations.lock_or_open(sender, recipient)
    earlier = _earlier(sender, client_msg_id)
    if earlier:
        return _repeated(earlier, conversation, text)
    shown = masking.masked_for(text, conversation)
    message = Message(
        conversation=conversation,
        sender=sender,
        recipient=recipient,
        booking_id=booking_id,
        client_msg_id=client_msg_id,
        text=shown,
        search_text=plain(shown),
        attachment_count=len(files),
        is_masked=shown != text,
    )
    message.is_held = is_spam(message, conversation)
    message.save(force_insert=True)
    attachments.attach(message, files)
    if message.is_masked:
        masking.count_attempt(message, sender)
    if message.is_held:
        _hold(message)
    else:
        deliver(message, conversation)
    return message


def deliver(message: Message, conversation: Conversation) -> None:
    """Put a new message, or one that was released, on top of its conversation, which is locked, and tell both."""
    unread = f"{conversation.side_of(message.recipient_id)}_unread"
    changes: dict[str, Any] = {
        unread: F(unread) + 1,
        f"{conversation.side_of(message.sender_id)}_wrote": True,
        "updated_at": timezone.now(),
    }
    if message.pk > (conversation.last_message_id or 0):
        changes |= {"last_message": message, "active_at": message.created_at}
    Conversation.objects.filter(pk=conversation.pk).update(**changes)
    events.sent(
        message,
        conversation,
        is_first_unread=conversation.unread_of(message.recipient_id) == 0,
        is_first=conversation.last_message_id is None,
    )


def _earlier(sender: User, client_msg_id: str | None) -> Message | None:
    if client_msg_id is None:
        return None
    mine = Message.objects.select_related("sender", "recipient", "conversation")
    return mine.filter(sender=sender, client_msg_id=client_msg_id).first()


def _repeated(earlier: Message, conversation: Conversation, text: str) -> Message:
    """The same message again, whatever has become of its text since. Another one is a mistake of the client's."""
    is_untouched = not (earlier.edited_at or earlier.deleted_at or earlier.is_masked)
    if earlier.conversation_id != conversation.pk or (is_untouched and earlier.text != text):
        raise ClientIdReused
    return earlier


def is_spam(message: Message, conversation: Conversation) -> bool:
    """Whether these very words went to five other strangers within a day. Who has answered is no stranger."""
    if conversation.is_mutual or not message.search_text:
        return False
    sent = Message.objects.filter(
        sender=message.sender, created_at__gt=timezone.now() - DAY, search_text=message.search_text
    )
    strangers = sent.exclude(conversation=conversation).exclude(
        conversation__low_wrote=True, conversation__high_wrote=True
    )
    return strangers.values("recipient").distinct().count() >= MOST_STRANGERS


def _hold(message: Message) -> None:
    """A moderator decides; to its sender it looks like any other."""
    report_spam(message)
    events.held(message)


def report_spam(message: Message) -> None:
    """Have a moderator look at it; once a message."""
    if message.reports.filter(kind=Report.Kind.HELD).exists():
        return
    Report.objects.create(
        kind=Report.Kind.HELD,
        reported=message.sender,
        conversation_id=message.conversation_id,
        message=message,
        reason="The same text to many people who never answered.",
        snapshot=snapshots.around(message),
    )
