"""What several people, or one with several devices, can do to messages at the same time."""

from collections import Counter
from functools import partial

import pytest

from api.core.models import CompletedRequest
from messaging import services
from messaging.models import Block, Conversation, Message, Report
from notifications.models import LiveEvent, Notification
from tests.factories import MessageFactory, StudentFactory
from tests.messaging.events import frames_to
from tests.support.clients import Api
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def errors(results):
    return [result for result in results if isinstance(result, Exception)]


def send(sender, recipient, text):
    return partial(services.send, sender=sender, recipient_id=recipient.pk, text=text)


def assert_counted(*messages):
    """What the conversation says is what its messages say."""
    conversation = Conversation.objects.get(pk=messages[0].conversation_id)
    for user_id in (conversation.low_id, conversation.high_id):
        assert conversation.unread_of(user_id) == Message.objects.unread_by(user_id).count()
    last = Message.objects.order_by("-pk").first()
    assert (conversation.last_message, conversation.active_at) == (last, last.created_at)


def test_both_people_write_first_at_once_and_have_one_conversation():
    one, other = StudentFactory(), StudentFactory()

    results = at_once([send(one, other, f"a{n}") if n % 2 else send(other, one, f"b{n}") for n in range(8)])

    assert errors(results) == []
    assert Conversation.objects.count() == 1
    assert {message.conversation_id for message in results} == {Conversation.objects.get().pk}
    assert_counted(*results)


def test_both_people_open_the_conversation_at_once_and_one_of_them_is_told_that_it_is_new():
    one, other = StudentFactory(), StudentFactory()

    results = at_once(
        [partial(services.open_with, b.pk, user=a) for a, b in [(one, other), (other, one)] for _ in range(4)]
    )

    assert errors(results) == []
    conversation = Conversation.objects.get()
    assert {opened for opened, _ in results} == {conversation}
    assert sum(is_new for _, is_new in results) >= 1


def test_twenty_messages_at_once_are_all_counted_and_numbered_without_gaps():
    one, other = StudentFactory(), StudentFactory()
    MessageFactory(sender=one, recipient=other)
    MessageFactory(sender=other, recipient=one)

    results = at_once([send(one, other, f"a{n}") if n % 2 else send(other, one, f"b{n}") for n in range(20)])

    assert errors(results) == []
    conversation = Conversation.objects.get()
    assert (conversation.low_unread, conversation.high_unread) == (11, 11)
    assert_counted(*results)
    for user in (one, other):
        seqs = list(LiveEvent.objects.filter(user=user).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1))
        shown = [frame["message_id"] for frame in frames_to(user, "new_message")]
        assert shown == sorted(shown)  # in the order of commits


def test_one_client_id_sent_many_times_at_once_is_one_message():
    one, other = StudentFactory(), StudentFactory()

    results = at_once([partial(send(one, other, "Hello!"), client_msg_id="a")] * 16)

    assert errors(results) == []
    assert {message.pk for message in results} == {Message.objects.get().pk}
    assert len(frames_to(other, "new_message")) == 1
    assert_counted(*results)


@pytest.mark.parametrize("path", ["/api/messages", "/api/v1/learner/messages"])
def test_one_idempotency_key_sent_many_times_at_once_is_one_message(path):
    one, other = StudentFactory(), StudentFactory()
    token = Api().as_(one)._credentials

    def post():
        api = Api()
        api.credentials(**token)
        body = {"recipient_id": other.pk, "message": "Hello!"}
        return api.post(path, body, HTTP_IDEMPOTENCY_KEY="k-1")

    results = at_once([post] * 20)

    assert errors(results) == []
    statuses = Counter(response.status_code for response in results)
    assert set(statuses) <= {201, 409}
    assert statuses[201] >= 1
    assert len({response.content for response in results if response.status_code == 201}) == 1
    assert Message.objects.count() == CompletedRequest.objects.count() == 1
    assert Notification.objects.filter(recipient=other).count() == 1
    assert_counted(Message.objects.get())


def test_reading_writing_and_deleting_at_once_leave_the_count_right():
    one, other = StudentFactory(), StudentFactory()
    messages = [MessageFactory(sender=one, recipient=other) for _ in range(10)]
    MessageFactory(sender=other, recipient=one)

    calls = [partial(services.mark_read, message.pk, user=other) for message in messages[:5]] * 2
    calls += [partial(services.delete, message.pk, actor=one) for message in messages[3:8]] * 2
    calls += [send(one, other, f"more {n}") for n in range(5)]
    calls += [partial(services.mark_thread_read, one.pk, user=other)]
    results = at_once(calls)

    assert errors(results) == []
    assert_counted(messages[0])


def test_reactions_at_once_are_all_there():
    message = MessageFactory()
    emojis = [chr(0x1F600 + n) for n in range(8)]
    people = (message.sender, message.recipient)

    results = at_once([partial(services.react, message.pk, emoji, actor=user) for emoji in emojis for user in people])

    assert errors(results) == []
    message.refresh_from_db()
    assert {reaction["emoji"]: sorted(reaction["user_ids"]) for reaction in message.reactions} == {
        emoji: sorted(user.pk for user in people) for emoji in emojis
    }


def test_one_of_many_reports_at_once_counts():
    message = MessageFactory()

    results = at_once([partial(services.report, message.pk, "An insult", reporter=message.recipient)] * 8)

    assert Counter(type(result).__name__ for result in results) == {"Report": 1, "MessageReportedAlready": 7}
    assert Report.objects.count() == 1


def test_blocking_many_times_at_once_is_one_block():
    one, other = StudentFactory(), StudentFactory()

    assert errors(at_once([partial(services.block, other.pk, user=one)] * 8)) == []
    assert Block.objects.count() == 1


def test_twenty_new_conversations_a_day_hold_at_once_too():
    one = StudentFactory()
    others = [StudentFactory() for _ in range(26)]

    results = at_once([send(one, other, f"Hello {other.pk}") for other in others])

    assert Counter(type(result).__name__ for result in results) == {"Message": 20, "TooManyNewConversations": 6}
    assert Conversation.objects.count() == 20


def test_the_same_words_to_many_strangers_at_once_are_held_from_the_sixth_on():
    one = StudentFactory()
    others = [StudentFactory() for _ in range(12)]

    results = at_once([send(one, other, "Buy my course") for other in others])

    assert errors(results) == []
    assert Counter(message.is_held for message in results) == {False: 5, True: 7}


def test_blocking_and_unblocking_at_once_both_succeed():
    one, other = StudentFactory(), StudentFactory()

    deeds = [services.unblock if n % 2 else services.block for n in range(16)]
    results = at_once([partial(deed, other.pk, user=one) for deed in deeds])

    assert errors(results) == []
    assert Block.objects.count() <= 1
