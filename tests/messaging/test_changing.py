"""R-MSG-3: editing, deleting, reacting."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone

from common.errors import Invalid, NotFound
from messaging import services
from messaging.errors import (
    EditWindowClosed,
    MessageDeleted,
    MessageEmpty,
    RecipientNotFound,
    SenderOnly,
    TooManyReactions,
)
from messaging.models import Conversation, Message, Report
from messaging.models.message import DELETED
from messaging.services import changing
from notifications.models import Notification
from tests.factories import AttachmentFactory, BlockFactory, MessageFactory, StudentFactory
from tests.messaging.events import frames_to, kinds_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    return MessageFactory(text="See you at ten")


def unread(message):
    return Conversation.objects.get(pk=message.conversation_id).unread_of(message.recipient_id)


def test_an_edit_is_no_way_around_the_look_at_what_many_strangers_get():
    ada = StudentFactory()
    written = [services.send(sender=ada, recipient_id=StudentFactory().pk, text=f"Hello {n}") for n in range(6)]

    for message in written:
        services.edit(message.pk, "Buy my course", actor=ada)
    services.edit(written[5].pk, "Buy my  COURSE", actor=ada)

    report = Report.objects.get()
    assert (report.kind, report.reporter, report.reported, report.message) == ("held", None, ada, written[5])
    assert not Message.objects.filter(is_held=True).exists()  # it has been delivered


def test_an_edit_shows_the_new_text_and_keeps_the_old_one_for_moderators(message):
    changed = services.edit(message.pk, " See you at TWELVE ", actor=message.sender)

    assert (changed.text, changed.search_text) == ("See you at TWELVE", " see you at twelve")
    assert changed.edited_at is not None
    assert [edit.text for edit in message.edits.all()] == ["See you at ten"]
    frame = frames_to(message.recipient)[0]
    assert frame["type"] == "message_edited"
    assert (frame["message_id"], frame["new_content"], frame["is_edited"]) == (message.pk, "See you at TWELVE", True)
    assert kinds_to(message.sender) == ["message_edited"]
    assert unread(message) == 1


def test_an_edit_that_changes_nothing_leaves_no_trace(message):
    assert services.edit(message.pk, message.text, actor=message.sender).edited_at is None

    assert not message.edits.exists()
    assert kinds_to(message.recipient) == []


def test_after_fifteen_minutes_a_message_stays_as_it_is(message):
    with time_machine.travel(message.created_at + timedelta(minutes=15), tick=False):
        services.edit(message.pk, "Just in time", actor=message.sender)
    with (
        time_machine.travel(message.created_at + timedelta(minutes=15, seconds=1), tick=False),
        pytest.raises(EditWindowClosed),
    ):
        services.edit(message.pk, "Too late", actor=message.sender)

    message.refresh_from_db()
    assert message.text == "Just in time"


def test_an_edit_keeps_to_the_rules_of_a_message(message):
    with pytest.raises(MessageEmpty):
        services.edit(message.pk, "  ", actor=message.sender)
    BlockFactory(blocker=message.recipient, blocked=message.sender)
    with pytest.raises(RecipientNotFound):
        services.edit(message.pk, "Insult", actor=message.sender)

    message.refresh_from_db()
    assert message.text == "See you at ten"


@pytest.mark.parametrize(
    "deed", [lambda m, who: services.edit(m, "x", actor=who), lambda m, who: services.delete(m, actor=who)]
)
def test_only_the_sender_changes_a_message_and_strangers_do_not_know_it(message, deed):
    with pytest.raises(SenderOnly):
        deed(message.pk, message.recipient)
    with pytest.raises(NotFound) as foreign:
        deed(message.pk, StudentFactory())
    with pytest.raises(NotFound) as missing:
        deed(10**12, StudentFactory())

    assert (foreign.value.code, foreign.value.message) == (missing.value.code, missing.value.message)
    message.refresh_from_db()
    assert (message.text, message.deleted_at) == ("See you at ten", None)


def test_a_deleted_message_is_a_tombstone_whose_text_moderators_keep(message):
    services.delete(message.pk, actor=message.sender)

    message.refresh_from_db()
    assert (message.text, message.search_text, message.removed_text) == ("", "", "See you at ten")
    assert message.deleted_by == message.sender
    assert unread(message) == 0
    assert frames_to(message.recipient)[0] | {"seq": 1} == {
        "type": "message_deleted",
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "deleted_by": message.sender_id,
        "seq": 1,
    }


def test_a_deleted_text_is_gone_from_what_people_were_told_of_it():
    sender, recipient = StudentFactory(), StudentFactory()
    message = services.send(sender=sender, recipient_id=recipient.pk, text="My password is swordfish")
    services.edit(message.pk, "My password is SWORDFISH", actor=sender)

    services.delete(message.pk, actor=sender)

    told = Notification.objects.get(recipient=recipient)
    assert (told.message, told.is_read) == (DELETED, True)  # read: then nothing is mailed any more
    for person in (sender, recipient):
        assert "swordfish" not in str(frames_to(person)).lower()
        assert [frame["seq"] for frame in frames_to(person)] == list(range(1, len(frames_to(person)) + 1))


def test_a_notification_outlives_the_message_as_long_as_another_one_is_unread():
    sender, recipient = StudentFactory(), StudentFactory()
    first = services.send(sender=sender, recipient_id=recipient.pk, text="First")
    services.send(sender=sender, recipient_id=recipient.pk, text="Second")

    services.delete(first.pk, actor=sender)

    told = Notification.objects.get(recipient=recipient)
    assert (told.message, told.is_read) == (DELETED, False)
    assert [frame["message"] for frame in frames_to(recipient, "new_message")] == [DELETED, "Second"]


def test_a_notification_tells_what_a_message_says_now():
    sender, recipient = StudentFactory(), StudentFactory()
    message = services.send(sender=sender, recipient_id=recipient.pk, text="See you at ten")

    services.edit(message.pk, "See you at twelve", actor=sender)

    assert Notification.objects.get(recipient=recipient).message == "See you at twelve"


def test_deleting_twice_counts_and_tells_once(message):
    services.delete(message.pk, actor=message.sender)
    services.delete(message.pk, actor=message.sender)

    assert unread(message) == 0
    assert kinds_to(message.recipient) == ["message_deleted"]


def test_deleting_what_was_read_leaves_the_count_of_the_others(message):
    MessageFactory(sender=message.sender, recipient=message.recipient)
    services.mark_read(message.pk, user=message.recipient)

    services.delete(message.pk, actor=message.sender)

    assert unread(message) == 1


def test_a_deleted_message_cannot_be_edited_or_reacted_to(message):
    services.delete(message.pk, actor=message.sender)

    with pytest.raises(MessageDeleted):
        services.edit(message.pk, "Back again", actor=message.sender)
    with pytest.raises(MessageDeleted):
        services.react(message.pk, "👍", actor=message.recipient)


def test_after_thirty_days_nothing_is_left_of_a_deleted_message():
    attachment = AttachmentFactory()
    message, key = attachment.message, attachment.file.name
    services.edit(message.pk, "Changed", actor=message.sender)
    services.delete(message.pk, actor=message.sender)

    assert changing.wipe(now=timezone.now() + timedelta(days=29)) == 0
    assert default_storage.exists(key)
    assert changing.wipe(now=timezone.now() + timedelta(days=31)) == 1
    assert changing.wipe(now=timezone.now() + timedelta(days=31)) == 0

    message.refresh_from_db()
    assert (message.removed_text, message.edits.count()) == ("", 0)
    assert not default_storage.exists(key)


def test_what_is_not_deleted_is_never_wiped(message):
    assert changing.wipe(now=timezone.now() + timedelta(days=1000)) == 0

    assert Message.objects.get().text == "See you at ten"


# --- Reactions ----------------------------------------------------------------------------------------------------


def test_both_people_react_and_each_emoji_counts_once_a_person(message):
    for user in (message.sender, message.recipient, message.recipient):
        services.react(message.pk, "👍", actor=user)
    services.react(message.pk, "👩‍👩‍👧", actor=message.recipient)

    expected = [
        {"emoji": "👍", "user_ids": [message.sender_id, message.recipient_id]},
        {"emoji": "👩‍👩‍👧", "user_ids": [message.recipient_id]},
    ]
    message.refresh_from_db()
    assert message.reactions == expected
    frames = frames_to(message.sender, "message_reaction")
    assert len(frames) == 3
    assert (frames[-1]["added"], frames[-1]["reactions"]) == (True, expected)


def test_taking_a_reaction_back_is_told_once(message):
    services.react(message.pk, "👍", actor=message.recipient)
    services.unreact(message.pk, "👍", actor=message.recipient)
    services.unreact(message.pk, "👍", actor=message.recipient)

    message.refresh_from_db()
    assert message.reactions == []
    assert [frame["added"] for frame in frames_to(message.sender)] == [True, False]


@pytest.mark.parametrize("text", ["👍🏽", "❤️", "1️⃣", "ℹ️", "‼️", "↔️", "🇬🇧", "🏴\U000e0067\U000e0062\U000e007f", "🏳️‍🌈"])
def test_emoji_of_every_making_are_taken(message, text):
    services.react(message.pk, text, actor=message.recipient)

    message.refresh_from_db()
    assert message.reactions == [{"emoji": text, "user_ids": [message.recipient_id]}]


@pytest.mark.parametrize("text", [
    "", "a", "lol", "<b>", "👍 👍", "1", ":-)", "👍" * 40, "\u202e", "\u200b", "\ufe0f", "👍\u202e",
    "\u0661\u0662", "\ue000", "👍\u0301", "\u20e3", "1\u20e3a", "\x85", "👍\0",
])  # fmt: skip
def test_what_is_no_emoji_is_refused(message, text):
    with pytest.raises(Invalid):
        services.react(message.pk, text, actor=message.recipient)

    message.refresh_from_db()
    assert message.reactions == []


def test_reactions_have_an_end(message):
    for n in range(20):
        services.react(message.pk, chr(0x1F600 + n), actor=message.recipient)
    with pytest.raises(TooManyReactions):
        services.react(message.pk, chr(0x1F600 + 20), actor=message.recipient)


def test_nobody_reacts_across_a_block_or_to_other_peoples_messages(message):
    with pytest.raises(NotFound):
        services.react(message.pk, "👍", actor=StudentFactory())
    BlockFactory(blocker=message.sender, blocked=message.recipient)
    with pytest.raises(RecipientNotFound):
        services.react(message.pk, "👍", actor=message.recipient)

    message.refresh_from_db()
    assert message.reactions == []
