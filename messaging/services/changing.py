"""Editing, deleting and reacting (R-MSG-3)."""

import re
import unicodedata
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.services.listing import plain
from common.errors import Invalid
from messaging.errors import EditWindowClosed, SenderOnly, TooManyReactions
from messaging.models import Conversation, Message, MessageEdit
from messaging.services import access, attachments, events, masking, people, sending

EDIT_WINDOW = timedelta(minutes=15)
# How long moderators can still read what was deleted.
KEPT_FOR = timedelta(days=30)
LONGEST_EMOJI = 32
MOST_REACTIONS = 20
# What emoji are made of: symbols, some signs, and what this Python's Unicode does not know yet.
_SYMBOLS = frozenset({"So", "Sm", "Sk", "Po", "Pd", "Cn"})
# What holds them together: a joiner, the two ways to show one, and the letters in flags.
_JOINTS = frozenset("\u200d\ufe0e\ufe0f") | {chr(code) for code in range(0xE0020, 0xE0080)}
# A digit or a sign in its frame.
_KEY = re.compile("[0-9#*]\ufe0f?\u20e3")


def edit(message_id: int, text: str, *, actor: User) -> Message:
    """Change the text of one's own message, within 15 minutes; what it said before is kept for moderators.

    Raises NotFound, SenderOnly, MessageDeleted, EditWindowClosed, MessageEmpty, MessageTooLong, or RecipientNotFound
    once one of the two blocks the other.
    """
    now = timezone.now()
    with transaction.atomic():
        message, conversation = _lock_own(message_id, actor)
        access.require_not_deleted(message)
        if now > message.created_at + EDIT_WINDOW:
            raise EditWindowClosed
        people.require_reachable(actor, message.recipient_id)
        body = sending.clean(text, may_be_empty=message.attachment_count > 0)
        shown = masking.masked_for(body, conversation)
        if shown == message.text:
            return message
        MessageEdit.objects.create(message=message, text=message.text, replaced_at=now)
        was_masked, message.is_masked = message.is_masked, message.is_masked or shown != body
        message.text, message.search_text, message.edited_at = shown, plain(shown), now
        message.save(update_fields=["text", "search_text", "edited_at", "is_masked", "updated_at"])
        if message.is_masked and not was_masked:
            masking.count_attempt(message, actor)
        if sending.is_spam(message, conversation):  # what has been delivered cannot be held, but looked at (R-MSG-9)
            sending.report_spam(message)
        events.edited(message)
    return message


@transaction.atomic
def delete(message_id: int, *, actor: User) -> Message:
    """Take one's own message back, at any time: text and files are gone at once for both. Safe to repeat.

    Raises NotFound or SenderOnly.
    """
    message, conversation = _lock_own(message_id, actor)
    return bury(message, conversation, by=actor)


def bury(message: Message, conversation: Conversation, *, by: User) -> Message:
    """Make a tombstone of a message whose conversation is locked. Safe to repeat."""
    if message.is_deleted:
        return message
    was_unread = message.read_at is None and not message.is_held
    message.removed_text, message.text, message.search_text = message.text, "", ""
    message.deleted_at, message.deleted_by = timezone.now(), by
    message.save(update_fields=["removed_text", "text", "search_text", "deleted_at", "deleted_by", "updated_at"])
    if was_unread:
        column = f"{conversation.side_of(message.recipient_id)}_unread"
        Conversation.objects.filter(pk=conversation.pk).update(**{column: F(column) - 1})
    if was_unread and conversation.unread_of(message.recipient_id) == 1:  # it was the last one
        events.settle_notifications(conversation.pk, message.recipient_id)
    events.deleted(message, deleted_by=by.pk)  # notifications before streams, as everywhere: one order, no deadlock
    return message


def wipe(*, now: datetime) -> int:
    """Forget what was deleted 30 days ago: texts, former texts, reactions and files. Returns how many messages."""
    wiped = 0
    for message in Message.objects.kept_too_long(before=now - KEPT_FOR).order_by("deleted_at")[:500]:
        attachments.remove_of(message)
        with transaction.atomic():
            message.edits.all().delete()
            message.removed_text, message.reactions, message.wiped_at = "", [], now
            message.save(update_fields=["removed_text", "reactions", "wiped_at", "updated_at"])
        wiped += 1
    return wiped


@transaction.atomic
def react(message_id: int, emoji: str, *, actor: User) -> Message:
    """Put an emoji on a message of one's conversations. Safe to repeat.

    Raises NotFound, MessageDeleted, RecipientNotFound across a block, Invalid for what is no emoji, or
    TooManyReactions.
    """
    emoji = _emoji(emoji)
    message, conversation = access.lock(message_id, actor)
    access.require_not_deleted(message)
    people.require_reachable(actor, conversation.other_of(actor.pk))
    mine = [reaction["emoji"] for reaction in message.reactions if actor.pk in reaction["user_ids"]]
    if emoji in mine:
        return message
    if len(mine) >= MOST_REACTIONS:
        raise TooManyReactions
    known = next((reaction for reaction in message.reactions if reaction["emoji"] == emoji), None)
    if known:
        known["user_ids"].append(actor.pk)
    else:
        message.reactions.append({"emoji": emoji, "user_ids": [actor.pk]})
    return _reacted(message, actor, emoji, added=True)


@transaction.atomic
def unreact(message_id: int, emoji: str, *, actor: User) -> Message:
    """Take one's own emoji back. Safe to repeat. Raises NotFound or Invalid."""
    emoji = _emoji(emoji)
    message, _ = access.lock(message_id, actor)
    known = next((reaction for reaction in message.reactions if reaction["emoji"] == emoji), None)
    if known is None or actor.pk not in known["user_ids"]:
        return message
    known["user_ids"].remove(actor.pk)
    message.reactions = [reaction for reaction in message.reactions if reaction["user_ids"]]
    return _reacted(message, actor, emoji, added=False)


def _reacted(message: Message, actor: User, emoji: str, *, added: bool) -> Message:
    message.save(update_fields=["reactions", "updated_at"])
    events.reacted(message, user=actor, emoji=emoji, added=added)
    return message


def _lock_own(message_id: int, actor: User) -> tuple[Message, Conversation]:
    message, conversation = access.lock(message_id, actor)
    if message.sender_id != actor.pk:
        raise SenderOnly
    return message, conversation


def _emoji(text: str) -> str:
    """One symbol of any making (families are several code points); letters, digits and what nobody sees are none."""
    text = text.strip()
    symbols = [char for char in text if char not in _JOINTS]
    is_emoji = _KEY.fullmatch(text) or (symbols and all(map(_is_symbol, symbols)))
    if not is_emoji or len(text) > LONGEST_EMOJI:
        raise Invalid("Send one emoji.", errors={"emoji": ["Send one emoji."]})
    return text


def _is_symbol(char: str) -> bool:
    return not char.isascii() and (unicodedata.category(char) in _SYMBOLS or char == "\u2139")
