"""R-MSG-4 and R-MSG-6: read, delivered, blocked, reported."""

import pytest

from common.errors import NotFound
from messaging import services
from messaging.errors import (
    MessageReportedAlready,
    OwnMessage,
    RecipientNotFound,
    RecipientOnly,
    WritingToOneself,
)
from messaging.models import Block, Conversation, Report
from notifications.models import Notification
from tests.factories import BlockFactory, ConversationFactory, MessageFactory, MessagingSettingsFactory, StudentFactory
from tests.messaging.events import frames_to, kinds_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    return MessageFactory()


def unread(message):
    return Conversation.objects.get(pk=message.conversation_id).unread_of(message.recipient_id)


def test_reading_counts_once_and_tells_the_sender_once(message):
    first = services.mark_read(message.pk, user=message.recipient).read_at
    again = services.mark_read(message.pk, user=message.recipient).read_at

    assert first == again
    assert unread(message) == 0
    frame = frames_to(message.sender)[0]
    assert (frame["type"], frame["message_id"], frame["reader_id"]) == (
        "message_read",
        message.pk,
        message.recipient_id,
    )
    assert len(frames_to(message.sender)) == 1
    assert kinds_to(message.recipient) == []


def test_only_the_recipient_marks_a_message_and_strangers_do_not_know_it(message):
    for mark in (services.mark_read, services.mark_delivered):
        with pytest.raises(RecipientOnly):
            mark(message.pk, user=message.sender)
        for pk in (message.pk, 10**12):
            with pytest.raises(NotFound, match="^Message not found$"):
                mark(pk, user=StudentFactory())

    assert unread(message) == 1
    assert kinds_to(message.sender) == []


def test_reading_a_thread_reads_what_the_other_wrote_and_nothing_else(message):
    MessageFactory(sender=message.sender, recipient=message.recipient)
    answer = MessageFactory(sender=message.recipient, recipient=message.sender)
    elsewhere = MessageFactory(recipient=message.recipient)

    assert services.mark_thread_read(message.sender_id, user=message.recipient) == 2
    assert services.mark_thread_read(message.sender_id, user=message.recipient) == 0

    assert unread(message) == 0
    assert (unread(answer), unread(elsewhere)) == (1, 1)
    frames = frames_to(message.sender, "thread_read")
    assert [(frame["reader_id"], frame["message_count"]) for frame in frames] == [(message.recipient_id, 2)]


def test_a_thread_of_nobody_is_refused_and_one_without_messages_is_read(message):
    reader = message.recipient
    assert services.mark_thread_read(StudentFactory().pk, user=reader) == 0
    opened_by_other = ConversationFactory(other=reader).opened_by
    assert services.mark_thread_read(opened_by_other.pk, user=reader) == 0
    for other in (10**12, reader.pk):
        with pytest.raises(RecipientNotFound):
            services.mark_thread_read(other, user=reader)


def test_a_conversation_of_others_cannot_be_marked(message):
    for pk in (message.conversation_id, 10**12):
        with pytest.raises(NotFound, match="^Conversation not found$"):
            services.mark_conversation_read(pk, user=StudentFactory())

    assert unread(message) == 1


def test_reading_settles_the_notification_of_the_thread():
    sender, reader = StudentFactory(), StudentFactory()
    message = services.send(sender=sender, recipient_id=reader.pk, text="Hello!")

    services.mark_thread_read(sender.pk, user=reader)

    assert Notification.objects.get(recipient=reader).is_read
    services.send(sender=sender, recipient_id=reader.pk, text="Hello again!")
    assert Notification.objects.of(reader.pk).unread().count() == 1
    assert message.conversation_id == Conversation.objects.get().pk


@pytest.mark.parametrize("side", ["sender", "recipient"])
def test_receipts_are_hidden_when_either_has_turned_them_off(message, side):
    MessagingSettingsFactory(user=getattr(message, side))
    other = MessageFactory(sender=message.sender, recipient=message.recipient)

    services.mark_delivered(message.pk, user=message.recipient)
    services.mark_read(message.pk, user=message.recipient)
    services.mark_thread_read(message.sender_id, user=message.recipient)

    assert kinds_to(message.sender) == []
    assert unread(other) == 0  # it is read all the same


def test_a_delivery_is_told_once(message):
    services.mark_delivered(message.pk, user=message.recipient)
    services.mark_delivered(message.pk, user=message.recipient)

    frames = frames_to(message.sender)
    assert [(f["type"], f["state"], f["message_id"]) for f in frames] == [("delivery_receipt", "delivered", message.pk)]


def test_unread_messages_are_counted_by_their_senders(message):
    reader = message.recipient
    MessageFactory(sender=message.sender, recipient=reader)
    third = MessageFactory(recipient=reader)
    MessageFactory(sender=reader, recipient=message.sender)

    assert services.unread_of(reader) == {message.sender_id: 2, third.sender_id: 1}
    assert services.unread_of(message.sender) == {reader.pk: 1}
    assert services.unread_of(StudentFactory()) == {}


# --- R-MSG-6 ------------------------------------------------------------------------------------------------------


def test_blocking_is_safe_to_repeat_and_ends_with_its_setter_only():
    one, other = StudentFactory(), StudentFactory()
    services.block(other.pk, user=one)
    services.block(other.pk, user=one)

    assert services.is_blocked(other.pk, one.pk)
    assert not services.unblock(one.pk, user=other)
    assert services.is_blocked(one.pk, other.pk)
    assert services.unblock(other.pk, user=one)
    assert not services.is_blocked(one.pk, other.pk)
    assert kinds_to(other) == []


def test_who_is_blocked_can_block_too_and_is_none_the_wiser():
    block = BlockFactory()

    services.block(block.blocker_id, user=block.blocked)
    services.unblock(block.blocker_id, user=block.blocked)

    assert services.is_blocked(block.blocker_id, block.blocked_id)


def test_there_is_nobody_to_block_but_others():
    user = StudentFactory()
    with pytest.raises(WritingToOneself):
        services.block(user.pk, user=user)
    with pytest.raises(RecipientNotFound):
        services.block(10**12, user=user)

    assert not Block.objects.exists()


def test_people_in_touch_are_those_with_a_conversation_and_no_block(message):
    me = message.recipient
    other = MessageFactory(sender=me).recipient
    blocked = MessageFactory(sender=me).recipient
    BlockFactory(blocker=blocked, blocked=me)

    assert services.in_touch_with(me.pk) == {message.sender_id, other.pk}
    assert services.in_touch_with(me.pk, among={other.pk, blocked.pk, StudentFactory().pk}) == {other.pk}
    assert services.is_reachable(me.pk, other.pk)
    assert not services.is_reachable(me.pk, blocked.pk)
    assert not services.is_reachable(me.pk, StudentFactory().pk)


def test_a_report_keeps_ten_messages_around_as_they_were(message):
    sender, reader = message.sender, message.recipient
    more = [MessageFactory(sender=sender, recipient=reader, text=f"Message {n}") for n in range(14)]
    deleted = services.delete(more[3].pk, actor=sender)

    report = services.report(more[6].pk, "An insult", reporter=reader)
    services.delete(more[6].pk, actor=sender)

    report.refresh_from_db()
    assert (report.kind, report.state, report.reported) == ("abuse", "open", sender)
    assert [kept["text"] for kept in report.snapshot] == [f"Message {n}" for n in range(1, 11)]
    assert [kept["id"] for kept in report.snapshot if kept["deleted"]] == [deleted.pk]


def test_reporting_changes_nothing_for_the_two_and_works_once(message):
    services.report(message.pk, "An insult", reporter=message.recipient)

    with pytest.raises(MessageReportedAlready):
        services.report(message.pk, "Again", reporter=message.recipient)
    with pytest.raises(OwnMessage):
        services.report(message.pk, "Mine", reporter=message.sender)
    with pytest.raises(NotFound):
        services.report(message.pk, "Not mine", reporter=StudentFactory())
    assert Report.objects.count() == 1
    assert kinds_to(message.sender) == []
    assert services.send(sender=message.sender, recipient_id=message.recipient_id, text="Hello?").text == "Hello?"
