"""From a notification to a mail: what goes out, when, and what the log says (R-NOTIF-3 to 8)."""

import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone

from notifications.models import Delivery, Digest, Notification
from notifications.services import Notice, mark_read, mark_read_about, notify, sending
from notifications.services.preferences import choose
from notifications.tasks import deliver, deliver_due
from tests.factories import AdminFactory, NotificationFactory, StudentFactory
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

NIGHT = {"start": 22 * 60, "end": 7 * 60, "days": list(range(7))}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-01-14T12:20:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def user():
    return StudentFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace", timezone="Europe/Berlin")


def tell(user, kind="booking_confirmed", key="cause:1", **values) -> Notification:
    values = {"title": "Booking Confirmed", "message": "It is confirmed.", "link": "/bookings/7"} | values
    return notify([Notice(recipient_id=user.pk, kind=kind, dedupe_key=key, **values)])[0]


def post() -> list:
    """Do what is due; the mails of it."""
    deliver_due()
    sent = list(mail.outbox)
    mail.outbox.clear()
    return sent


def parsed(message):
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


def log() -> list[str]:
    return [delivery.status for delivery in Delivery.objects.order_by("pk")]


class TestTheMail:
    def test_has_text_and_html_of_the_same_words(self, user, settings):
        settings.FRONTEND_URL = "https://learn.example"
        tell(user, message="Tom & <b>Jerry</b> are in.")

        (message,) = map(parsed, post())

        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        assert (message["To"], message["Subject"]) == ("ada@example.com", "Booking Confirmed")
        assert text.startswith("Hello Ada Lovelace,\n")
        assert "Tom & <b>Jerry</b> are in." in text
        assert "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt; are in." in html
        assert "https://learn.example/bookings/7\n" in text
        assert 'href="https://learn.example/bookings/7"' in html

    def test_greets_nobody_by_name_at_an_address_that_is_not_proven(self):
        tell(StudentFactory(first_name="https://evil.example/", is_verified=False))

        (message,) = map(parsed, post())

        for kind in ("plain", "html"):
            body = message.get_body((kind,)).get_content()
            assert "Hello," in body
            assert "evil.example" not in body

    def test_keeps_its_id_when_it_is_sent_again(self, user):
        tell(user)
        row = Delivery.objects.get()

        (message,) = post()

        assert message.message()["Message-ID"] == f"<delivery-{row.pk}@localhost>"

    def test_a_title_of_several_lines_is_one_subject(self, user):
        tell(user, title="Booking\r\nBcc: eve@example.com")

        (message,) = map(parsed, post())

        assert message["Subject"] == "Booking Bcc: eve@example.com"
        assert message["Bcc"] is None

    def test_is_sent_once_however_often_its_task_comes(self, user):
        tell(user)
        row = Delivery.objects.get()

        for _ in range(3):
            deliver(row.pk)

        assert len(mail.outbox) == 1
        assert (row.status, log()) == ("queued", ["sent"])

    def test_one_cause_is_mailed_once(self, user):
        tell(user)
        assert (
            notify(
                [Notice(recipient_id=user.pk, kind="booking_confirmed", dedupe_key="cause:1", title="x", message="x")]
            )
            == []
        )

        assert len(post()) == 1

    def test_goes_to_nobody_who_is_gone(self, user):
        tell(user)
        user.is_active = False
        user.save()

        assert post() == []
        assert Delivery.objects.get().outcome == "suppressed: no such account"

    def test_does_not_tell_what_its_reader_has_deleted(self, user):
        tell(user).delete()

        assert post() == []
        assert Delivery.objects.get().outcome == "suppressed: its reader has deleted it"


class TestChoices:
    def test_what_is_switched_off_is_in_the_log_but_not_in_the_post(self, user):
        choose(user, {"types": {"booking_confirmed": {"email": False}}})
        tell(user)

        assert post() == []
        assert Delivery.objects.get().outcome == "suppressed: switched off"
        assert Notification.objects.count() == 1

    def test_what_is_switched_off_before_it_is_sent_is_not_sent(self, user):
        tell(user)
        choose(user, {"email": False})

        assert post() == []
        assert log() == ["suppressed"]

    def test_what_is_off_by_default_has_no_delivery_until_it_is_wanted(self, user):
        tell(user, "session_joined", "a")
        choose(user, {"types": {"session_joined": {"email": True}}})
        tell(user, "session_joined", "b")

        assert len(post()) == 1
        assert log() == ["sent"]

    def test_a_type_that_nobody_knows_is_a_mistake(self, user):
        with pytest.raises(ValueError, match="no type of notification"):
            Notice(recipient_id=user.pk, kind="surprise", title="x", message="x", dedupe_key="x")

    def test_no_live_frame_comes_of_what_is_not_wanted_live(self, user):
        choose(user, {"categories": {"bookings": {"ws": False}}})
        tell(user)

        assert not user.live_events.exists()

    def test_what_is_mandatory_is_told_live_whatever_is_not_wanted_live(self, user):
        choose(user, {"types": {"booking_cancelled": {"ws": False}}})
        tell(user, "booking_cancelled", "far")
        tell(user, "booking_cancelled", "near", urgent=True, title="It is off")
        tell(user, "package_refunded", "money", title="Refunded")

        frames = [json.loads(event.frame) for event in user.live_events.order_by("seq")]
        assert [frame["title"] for frame in frames] == ["It is off", "Refunded"]


class TestQuietHours:
    @pytest.fixture(autouse=True)
    def quiet(self, user, clock):
        choose(user, {"quiet_hours": NIGHT})
        clock.move_to("2026-01-14T22:00:00Z")  # 23:00 in Berlin

    def test_a_mail_waits_for_their_end_and_no_attempt_is_counted(self, user, clock):
        tell(user)

        at_night = post()
        row = Delivery.objects.get()
        clock.move_to("2026-01-15T05:59:00Z")
        too_early = post()
        clock.move_to("2026-01-15T06:00:00Z")

        assert (at_night, too_early, len(post())) == ([], [], 1)
        assert (row.outcome, row.attempts) == ("deferred: quiet hours", 0)

    def test_what_was_overtaken_meanwhile_is_dropped(self, user, clock):
        tell(user, key="a", about="booking:7")
        post()
        tell(user, "booking_cancelled", "b", title="Booking cancelled", about="booking:7")
        tell(user, "booking_cancelled", "c", title="Another", about="booking:8")
        clock.move_to("2026-01-15T06:00:00Z")

        assert [message.subject for message in post()] == ["Booking cancelled", "Another"]
        assert log() == ["suppressed", "sent", "sent"]

    @pytest.mark.parametrize(("kind", "urgent"), [
        ("package_refunded", False), ("lesson_reminder_hour", False), ("booking_cancelled", True),
    ])  # fmt: skip
    def test_what_cannot_wait_does_not(self, user, kind, urgent):
        tell(user, kind, urgent=urgent)

        assert len(post()) == 1


class TestDigests:
    @pytest.fixture(autouse=True)
    def daily(self, user):
        choose(user, {"digests": {"bookings": "daily"}})

    def test_several_come_as_one_at_the_hour(self, user, clock):
        for number in range(3):
            tell(user, key=f"cause:{number}", message=f"Number {number}.")
        before = post()
        clock.move_to("2026-01-15T07:00:00Z")

        (message,) = post()

        assert before == []
        assert message.subject == "3 news: Lessons that you book or give"
        assert all(f"Number {number}." in message.body for number in range(3))
        assert log() == ["sent"] * 3
        assert Digest.objects.get().outcome == "sent: 3 together"
        assert post() == []

    def test_a_single_one_looks_like_its_own_mail(self, user, clock):
        tell(user)
        clock.move_to("2026-01-15T07:00:00Z")

        assert [message.subject for message in post()] == ["Booking Confirmed"]

    def test_what_was_read_meanwhile_is_not_told_again(self, user, clock):
        mark_read(tell(user).pk, user=user)
        clock.move_to("2026-01-15T07:00:00Z")

        assert post() == []
        assert (log(), Digest.objects.get().outcome) == (["suppressed"], "suppressed: nothing is left to tell")

    def test_going_back_to_single_mails_sends_what_was_collected(self, user):
        for number in range(2):
            tell(user, key=f"cause:{number}")

        choose(user, {"digests": {"bookings": "off"}})
        tell(user, key="later", title="At once")

        assert sorted(message.subject for message in post()) == ["2 news: Lessons that you book or give", "At once"]

    def test_who_goes_back_to_a_digest_within_its_window_gets_what_comes_then_together(self, user, clock):
        tell(user, key="before")
        choose(user, {"digests": {"bookings": "off"}})
        at_once_ = post()
        choose(user, {"digests": {"bookings": "daily"}})
        for number in range(2):
            tell(user, key=f"after:{number}")
        within_the_window = post()
        clock.move_to("2026-01-15T07:00:00Z")

        assert (len(at_once_), within_the_window) == (1, [])
        assert [message.subject for message in post()] == ["2 news: Lessons that you book or give"]
        assert len({digest.ends_at for digest in Digest.objects.all()}) == 1

    def test_what_comes_while_its_digest_goes_out_is_not_lost(self, user, clock):
        tell(user)
        Digest.objects.update(state=Digest.State.DONE)

        assert [message.subject for message in post()] == ["Booking Confirmed"]

    def test_those_of_a_night_come_as_one_at_the_end_of_quiet_hours(self, user, clock):
        choose(user, {"digests": {"bookings": "hourly"}, "quiet_hours": NIGHT})
        at_night = []
        for hour in (22, 23, 24, 25, 28):  # 23:00 to 05:00 in Berlin
            clock.move_to(datetime(2026, 1, 14, tzinfo=UTC) + timedelta(hours=hour))
            at_night += post()
            tell(user, key=f"cause:{hour}")
        clock.move_to("2026-01-15T05:59:00Z")
        at_night += post()
        clock.move_to("2026-01-15T06:00:00Z")

        assert (at_night, [message.subject for message in post()]) == ([], ["5 news: Lessons that you book or give"])

    def test_one_that_is_due_in_quiet_hours_chosen_since_waits_for_their_end(self, user, clock):
        tell(user)
        choose(user, {"quiet_hours": NIGHT | {"end": 9 * 60}})
        clock.move_to("2026-01-15T07:00:00Z")

        too_early = post()
        digest = Digest.objects.get()
        clock.move_to("2026-01-15T08:00:00Z")

        assert (too_early, len(post())) == ([], 1)
        assert (digest.outcome, digest.attempts) == ("deferred: quiet hours", 0)

    def test_going_back_to_single_mails_in_quiet_hours_wakes_nobody(self, user, clock):
        choose(user, {"quiet_hours": NIGHT})
        clock.move_to("2026-01-14T22:00:00Z")
        tell(user)
        choose(user, {"digests": {"bookings": "off"}})

        at_night = post()
        clock.move_to("2026-01-15T06:00:00Z")

        assert (at_night, len(post())) == ([], 1)

    def test_what_is_mandatory_waits_for_none(self, user):
        tell(user, "booking_cancelled", urgent=True)

        assert len(post()) == 1


class TestMessages:
    """R-NOTIF-6."""

    def test_a_mail_comes_only_when_it_stays_unread(self, user, clock):
        tell(user, "new_message", "a", about="thread:1")
        tell(user, "new_message", "b", about="thread:2")
        at_once_ = post()
        assert mark_read_about("thread:1", user_id=user.pk) == 1
        clock.shift(timedelta(minutes=10))

        assert (at_once_, len(post())) == ([], 1)
        assert log() == ["suppressed", "sent"]

    def test_a_thread_has_one_mail_an_hour(self, user, clock):
        for number in range(3):
            tell(user, "new_message", f"{number}", about="thread:1")
        clock.shift(timedelta(minutes=10))

        first = post()
        clock.shift(timedelta(minutes=59))
        within_the_hour = post()
        mark_read_about("thread:1", user_id=user.pk)
        tell(user, "new_message", "later", about="thread:1")
        clock.shift(timedelta(minutes=11))

        assert (len(first), len(within_the_hour), len(post())) == (1, 0, 1)
        assert log() == ["sent", "suppressed", "suppressed", "sent"]


class TestFailures:
    @pytest.fixture
    def server(self, monkeypatch):
        class Server:
            fault: Exception | None = ConnectionRefusedError("no mail server")
            asked = 0

        send = mail.backends.locmem.EmailBackend.send_messages

        def send_messages(backend, messages):
            Server.asked += 1
            if Server.fault:
                raise Server.fault
            return send(backend, messages)

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages)
        return Server

    def test_it_is_tried_five_times_with_growing_pauses_and_then_given_up(self, user, clock, server):
        tell(user)
        pauses = []
        while Delivery.objects.get().state == Delivery.State.DUE:
            deliver_due()
            row = Delivery.objects.get()
            pauses.append((row.due_at - timezone.now()).total_seconds())
            clock.move_to(max(row.due_at, timezone.now()))

        assert pauses[:4] == [30, 60, 120, 240]
        assert (server.asked, row.attempts, row.status) == (5, 5, "given up")
        assert "no mail server" in row.outcome

        server.fault = None
        clock.shift(timedelta(minutes=1))
        sending.send_again(row.pk, actor=AdminFactory())
        assert len(post()) == 1

    def test_a_server_that_has_just_failed_is_left_alone(self, user, clock, server):
        for number in range(10):
            tell(user, key=f"cause:{number}")

        deliver_due()

        assert server.asked == 1
        assert log() == ["failed(1)", *["queued"] * 9]

        server.fault = None
        clock.shift(timedelta(seconds=31))
        assert len(post()) == 10

    def test_the_log_is_kept_for_half_a_year(self, user, clock):
        tell(user)
        post()
        tell(user, key="waiting")
        clock.shift(timedelta(days=181))

        assert sending.purge_log(now=timezone.now()) == 1
        assert log() == ["queued"]


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_it_goes_out_after_the_commit_by_itself(self, user):
        tell(user)

        assert len(mail.outbox) == 1

    def test_what_comes_at_once_after_a_window_was_flushed_makes_one_digest_anew(self, user):
        choose(user, {"digests": {"bookings": "daily"}})
        tell(user, key="before")
        Digest.objects.update(state=Digest.State.DONE)

        results = at_once([lambda number=number: tell(user, key=f"after:{number}") for number in range(8)])

        assert [type(result) for result in results] == [Notification] * 8
        assert sorted(digest.deliveries.count() for digest in Digest.objects.all()) == [1, 8]

    def test_the_database_itself_keeps_a_window_to_one_digest_that_is_due(self, user):
        window = {"user": user, "category": "bookings", "ends_at": timezone.now(), "due_at": timezone.now()}
        for state in (Digest.State.DONE, Digest.State.DEAD, Digest.State.DUE):
            Digest.objects.create(**window, state=state)

        with pytest.raises(IntegrityError):
            Digest.objects.create(**window)

    @pytest.mark.postgres
    def test_two_workers_at_once_send_one_mail_of_a_thread(self, user, clock, settings):
        settings.WORK_RUNS_INLINE = True
        for number in range(4):
            tell(user, "new_message", f"{number}", about="thread:1")
        clock.shift(timedelta(minutes=10))
        pks = list(Delivery.objects.values_list("pk", flat=True))

        at_once([lambda pk=pk: deliver(pk) for pk in pks])

        assert len(mail.outbox) == 1
        assert sorted(log()) == ["queued"] * 3 + ["sent"]


def test_the_rows_say_what_they_are(user):
    row = Delivery(pk=4, recipient=user, channel="email", notification=NotificationFactory.build())

    assert str(row) == f"email 4 to {user.pk}: queued"
    assert (
        str(Digest(user=user, category="reviews", ends_at=timezone.now()))
        == f"reviews for {user.pk} until 2026-01-14 12:20"
    )


def test_cron_can_do_it_too(user, settings):
    settings.WORK_RUNS_INLINE = False
    tell(user)

    call_command("send_due_notifications")

    assert len(mail.outbox) == 1
