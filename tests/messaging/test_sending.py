"""R-MSG-1, R-MSG-2, R-MSG-7 and R-MSG-9: who may write what to whom, and what comes of it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from common.errors import Invalid, NotFound
from messaging import services
from messaging.errors import (
    ClientIdReused,
    MessageEmpty,
    MessageTooLong,
    RecipientNotFound,
    TooManyMessages,
    TooManyNewConversations,
    WritingToOneself,
)
from messaging.models import Conversation, Message, Report
from messaging.services.masking import PLACEHOLDER, mask
from notifications.models import Notification
from tests.factories import BlockFactory, BookingFactory, MessageFactory, StudentFactory, TutorFactory
from tests.messaging.events import frames_to, kinds_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return StudentFactory(first_name="Ada", last_name="Lovelace", email="ada@example.com")


@pytest.fixture
def tom():
    return TutorFactory(first_name="Tom", last_name="Tutor")


def send(sender, recipient, text="Hello!", **fields):
    return services.send(sender=sender, recipient_id=recipient.pk, text=text, **fields)


def test_the_first_message_opens_the_pairs_one_conversation_and_the_answer_goes_there_too(ada, tom):
    first = send(ada, tom, "  Hello!\n")
    second = send(tom, ada, "Welcome")

    conversation = Conversation.objects.get()
    assert first.conversation_id == second.conversation_id == conversation.pk
    assert (conversation.low_id, conversation.high_id) == tuple(sorted((ada.pk, tom.pk)))
    assert (first.text, first.read_at, first.is_held) == ("Hello!", None, False)
    assert conversation.last_message == second
    assert conversation.active_at == second.created_at
    assert (conversation.unread_of(ada.pk), conversation.unread_of(tom.pk)) == (1, 1)
    assert conversation.is_mutual


def test_the_recipient_and_the_senders_other_devices_hear_of_it(ada, tom):
    message = send(ada, tom, "Hello!", client_msg_id="tmp-1")

    assert kinds_to(tom) == ["conversation_new", "new_message", "notification"]
    assert kinds_to(ada) == ["message_sent"]
    frame = frames_to(tom, "new_message")[0]
    assert frame["message_id"] == message.pk
    assert frame["conversation_id"] == message.conversation_id
    assert (frame["sender_id"], frame["sender_email"], frame["sender_name"]) == (ada.pk, ada.email, "Ada Lovelace")
    assert (frame["sender_role"], frame["recipient_id"], frame["message"]) == ("student", tom.pk, "Hello!")
    assert (frame["is_read"], frame["is_edited"], frame["has_attachment"]) == (False, False, False)
    assert frames_to(ada)[0]["client_msg_id"] == "tmp-1"


def test_only_the_first_unread_message_of_a_thread_is_a_notification(ada, tom):
    send(ada, tom, "One")
    send(ada, tom, "Two")

    notification = Notification.objects.get(recipient=tom)
    assert (notification.type, notification.title) == ("new_message", "New message from Ada Lovelace")
    assert notification.message == "One"
    assert kinds_to(tom).count("new_message") == 2


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_a_message_without_a_text_or_a_file_is_refused(ada, tom, text):
    with pytest.raises(MessageEmpty):
        send(ada, tom, text)

    assert not Conversation.objects.exists()


def test_a_text_has_5000_characters_after_trimming_and_none_of_them_is_nul(ada, tom):
    assert len(send(ada, tom, " " + "x" * 5000 + " ").text) == 5000
    with pytest.raises(MessageTooLong):
        send(ada, tom, "x" * 5001)
    with pytest.raises(Invalid):
        send(ada, tom, "a\0b")

    assert Message.objects.count() == 1


def test_html_is_kept_as_the_plain_text_that_it_is(ada, tom):
    assert send(ada, tom, "<b>bold</b> & <script>").text == "<b>bold</b> & <script>"


def test_unknown_gone_inactive_and_blocked_people_are_refused_alike(ada):
    gone = StudentFactory(deleted_at=timezone.now())
    inactive = StudentFactory(is_active=False)
    blocking = BlockFactory(blocked=ada).blocker
    blocked = BlockFactory(blocker=ada).blocked

    refusals = set()
    for other in (10**12, gone.pk, inactive.pk, blocking.pk, blocked.pk):
        with pytest.raises(RecipientNotFound) as refusal:
            services.send(sender=ada, recipient_id=other, text="Hello!")
        refusals.add((refusal.value.code, refusal.value.message, str(refusal.value.extra)))

    assert len(refusals) == 1
    assert not Message.objects.exists()


def test_nobody_writes_to_oneself(ada):
    with pytest.raises(WritingToOneself):
        send(ada, ada)


def test_a_message_may_be_about_a_booking_of_the_two_and_of_nobody_else(ada):
    booking = BookingFactory(student=ada)
    tutor = booking.tutor.user
    foreign = BookingFactory()

    assert send(ada, tutor, booking_id=booking.pk).booking_id == booking.pk
    assert send(tutor, ada, booking_id=booking.pk).booking_id == booking.pk
    for other in (foreign.pk, 10**12):
        with pytest.raises(NotFound, match="^Booking not found$"):
            send(ada, tutor, booking_id=other)


def test_the_same_client_id_is_the_same_message(ada, tom):
    first = send(ada, tom, "Hello!", client_msg_id="a")

    assert send(ada, tom, "Hello!", client_msg_id="a") == first
    assert Message.objects.count() == 1
    assert kinds_to(tom).count("new_message") == 1
    assert send(tom, ada, "Hello!", client_msg_id="a") != first  # each sender counts for himself


def test_a_client_id_belongs_to_one_message_only(ada, tom):
    send(ada, tom, "Hello!", client_msg_id="a")

    with pytest.raises(ClientIdReused):
        send(ada, tom, "Another", client_msg_id="a")
    with pytest.raises(ClientIdReused):
        send(ada, StudentFactory(), "Hello!", client_msg_id="a")
    with pytest.raises(Invalid):
        send(ada, tom, "Hello!", client_msg_id="")

    assert Message.objects.count() == 1


def test_a_repeated_message_that_was_edited_since_is_still_the_same(ada, tom):
    first = send(ada, tom, "Hello!", client_msg_id="a")
    services.edit(first.pk, "Hi!", actor=ada)

    assert send(ada, tom, "Hello!", client_msg_id="a").text == "Hi!"


def test_twenty_new_conversations_a_day_and_then_no_more_until_the_first_is_a_day_old(ada):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        known = [send(ada, StudentFactory(), f"Hello {n}") for n in range(20)]
        with pytest.raises(TooManyNewConversations) as refusal:
            send(ada, StudentFactory())
        assert refusal.value.retry_after == timedelta(days=1)
        send(ada, known[0].recipient, "Still there?")  # no new one
    with time_machine.travel(now + timedelta(days=1, seconds=1), tick=False):
        send(ada, StudentFactory())

    assert Conversation.objects.count() == 21


def test_thirty_messages_a_minute_and_two_hundred_an_hour(ada, tom, settings):
    settings.THROTTLING, settings.REDIS_URL = True, ""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    sent = 0
    for minute in range(7):
        with time_machine.travel(hour + timedelta(minutes=minute), tick=False):
            for _ in range(30 if minute < 6 else 20):
                send(ada, tom, f"Message {sent}")
                sent += 1
            with pytest.raises(TooManyMessages):
                send(ada, tom, "One too many")

    assert Message.objects.count() == 200


def test_the_same_words_to_more_than_five_strangers_are_held(ada):
    strangers = [StudentFactory() for _ in range(6)]
    sent = [send(ada, stranger, "Buy my   COURSE") for stranger in strangers]

    assert [message.is_held for message in sent] == [False] * 5 + [True]
    assert kinds_to(strangers[5]) == []
    assert kinds_to(ada) == ["message_sent"] * 6  # it looks like any other
    assert Conversation.objects.get(pk=sent[5].conversation_id).unread_of(strangers[5].pk) == 0
    report = Report.objects.get()
    assert (report.kind, report.reporter, report.reported, report.message) == ("held", None, ada, sent[5])
    assert [kept["text"] for kept in report.snapshot] == ["Buy my   COURSE"]


def test_people_who_have_answered_are_no_strangers(ada):
    for _ in range(7):
        friend = StudentFactory()
        MessageFactory(sender=friend, recipient=ada)
        MessageFactory(sender=ada, recipient=friend)
        assert not send(ada, friend, "Happy new year").is_held


# --- R-MSG-7 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com",
        "ada.l+x@mail.example.co.uk",
        "ada (at) example.com",
        "+33 6 12 34 56 78",
        "(415) 555-0123 45",
        "0612345678",
        "https://wa.me/33612345678",
        "t.me/ada",
        "skype:ada.lovelace",
        "https://discord.gg/abc",
    ],
)
def test_contact_data_are_found(text):
    assert mask(f"Write to {text} please") == f"Write to {PLACEHOLDER} please"


@pytest.mark.parametrize(
    "text",
    [
        "See you at 10:30 on 2026-11-26",
        "It is 1,000,000.50 USD",
        "x@y",
        "Exercise 12.3, page 145",
        "https://example.com/paper/123456789",
        "3.14159265358979",
    ],
)
def test_what_is_no_contact_stays(text):
    assert mask(text) == text


def test_masking_is_off_unless_switched_on(ada, tom):
    assert send(ada, tom, "ada@example.com").text == "ada@example.com"


def test_contact_data_are_hidden_until_the_pair_had_a_paid_lesson(ada, settings):
    settings.MESSAGE_CONTACT_MASKING = True
    booking = BookingFactory(student=ada)
    tutor = booking.tutor.user

    before = send(ada, tutor, "Mail ada@example.com")
    type(booking).objects.filter(pk=booking.pk).update(status="completed")
    after = send(ada, tutor, "Mail ada@example.com!")

    assert (before.text, before.is_masked) == (f"Mail {PLACEHOLDER}", True)
    assert (after.text, after.is_masked) == ("Mail ada@example.com!", False)
    assert "ada@example.com" not in before.search_text


def test_an_edit_is_masked_like_a_message(ada, tom, settings):
    settings.MESSAGE_CONTACT_MASKING = True
    message = send(ada, tom, "Hello")

    assert services.edit(message.pk, "Call 0612345678", actor=ada).text == f"Call {PLACEHOLDER}"


def test_the_third_masked_message_puts_its_sender_in_the_queue_once(ada, tom, settings):
    settings.MESSAGE_CONTACT_MASKING = True
    for n in range(5):
        send(ada, tom, f"{n}: ada@example.com")
        assert Report.objects.filter(kind="contact").count() == (1 if n >= 2 else 0)

    assert Report.objects.get().reported == ada
