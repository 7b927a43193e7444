"""R-ICS-1 to 7, read by a parser that shares no code with the writer, and taken in by a calendar program."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from bookings.calendar import entries, feeds, files
from bookings.models import BookingStatus, CalendarFeed, CalendarMail
from bookings.services.answering import confirm_booking, decline_booking
from bookings.services.cancelling import cancel_booking
from bookings.services.creating import create_booking
from bookings.services.rescheduling import accept_proposal, reschedule_booking
from bookings.tasks import remind
from notifications.services.preferences import choose
from notifications.tasks import deliver_due
from sessions_app.services import course, hosting, seats
from tests.factories import (
    BookingFactory,
    BookingTermsFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
    TutorProfileFactory,
    WeeklyHoursFactory,
)
from tests.support.calendars import CalendarProgram, read

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
START = datetime(2026, 3, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def site(settings):
    settings.CALENDAR_DOMAIN = "learn.example"
    settings.FRONTEND_URL = "https://learn.example"


@pytest.fixture
def student():
    return StudentFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def tutor():
    tutor = TutorProfileFactory(user__email="grace@example.com", user__first_name="Grace", user__last_name="Hopper")
    for weekday in range(7):
        WeeklyHoursFactory(tutor=tutor, weekday=weekday, start_minute=0, end_minute=1440)
    return tutor


def post() -> dict[str, list[EmailMessage]]:
    """Send what is due; the mails, by whom they are to."""
    deliver_due()
    remind()
    found: dict[str, list[EmailMessage]] = {}
    for message in mail.outbox:
        parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
        found.setdefault(parsed["To"], []).append(parsed)
    mail.outbox.clear()
    return found


def file_in(message: EmailMessage) -> bytes:
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert part.get_param("method") == read(content).method
    return content


class Calendars:
    """Both people's programs."""

    def __init__(self, *people) -> None:
        self.of = {user.email: CalendarProgram() for user in people}

    def take_the_post(self) -> None:
        for address, messages in post().items():
            for message in messages:
                self.of[address].take(file_in(message))

    def shown(self) -> list[list[tuple[str, str]]]:
        return [
            [(event.values["DTSTART"], event.status) for event in program.shown.values()]
            for program in self.of.values()
        ]


class TestALesson:
    def test_a_move_replaces_it_and_a_cancellation_takes_it_out_in_both_calendars(self, student, tutor):
        """Whoever acts, and whoever only hears of it."""
        both = Calendars(student, tutor.user)
        booking = create_booking(tutor_profile_id=tutor.pk, student=student, starts_at=START, duration_minutes=60)
        both.take_the_post()
        asked = both.shown()
        confirm_booking(booking.pk, actor=tutor.user)
        both.take_the_post()
        agreed = both.shown()
        reschedule_booking(booking.pk, actor=tutor.user, starts=[START + timedelta(days=1)])
        accept_proposal(booking.pk, actor=student)
        post_of_move = post()
        for address, messages in post_of_move.items():
            for message in messages:
                if any(part.get_content_type() == "text/calendar" for part in message.walk()):
                    both.of[address].take(file_in(message))
        moved = both.shown()
        cancel_booking(booking.pk, actor=student)
        both.take_the_post()

        assert asked == [[("20260305T090000Z", "TENTATIVE")]] * 2
        assert agreed == [[("20260305T090000Z", "CONFIRMED")]] * 2
        assert moved == [[("20260306T090000Z", "CONFIRMED")]] * 2
        assert both.shown() == [[], []]

    def test_a_file_that_comes_late_changes_nothing(self, student, tutor):
        booking = BookingFactory(student=student, tutor=tutor, starts_at=START)
        program = CalendarProgram()
        old = files.invitation(entries.of_booking(booking, student), student, now=NOW)
        cancel_booking(booking.pk, actor=tutor.user)
        booking.refresh_from_db()
        program.take(old)
        program.take(files.invitation(entries.of_booking(booking, student), student, now=NOW))
        program.take(old)

        assert program.shown == {}

    @pytest.mark.parametrize(("status", "word", "method"), [
        ("pending", "TENTATIVE", "REQUEST"), ("confirmed", "CONFIRMED", "REQUEST"),
        ("completed", "CONFIRMED", "REQUEST"),
        ("declined", "CANCELLED", "CANCEL"), ("expired", "CANCELLED", "CANCEL"), ("cancelled", "CANCELLED", "CANCEL"),
    ])  # fmt: skip
    def test_every_status_has_its_word_and_its_method(self, student, tutor, status, word, method):
        booking = BookingFactory(student=student, tutor=tutor, status=BookingStatus(status))

        file = read(files.invitation(entries.of_booking(booking, student), student, now=NOW))

        assert (file.method, [event.status for event in file.events]) == (method, [word])

    def test_the_id_is_for_life_and_the_sequence_grows(self, student, tutor):
        booking = BookingFactory(student=student, tutor=tutor, status=BookingStatus.PENDING, starts_at=START)
        first = entries.of_booking(booking, student)
        booking = confirm_booking(booking.pk, actor=tutor.user)
        second = entries.of_booking(booking, student)
        third = entries.of_booking(cancel_booking(booking.pk, actor=student), student)

        assert first.uid == second.uid == third.uid == f"booking-{booking.uid}@learn.example"
        assert [first.sequence, second.sequence, third.sequence] == [0, 1, 2]

    def test_it_is_in_utc_and_names_the_organizer_and_the_reader_only(self, student, tutor):
        booking = BookingFactory(student=student, tutor=tutor, starts_at=START)

        (event,) = read(files.invitation(entries.of_booking(booking, student), student, now=NOW)).events

        assert (event.values["DTSTART"], event.values["DTEND"]) == ("20260305T090000Z", "20260305T100000Z")
        assert event.values["DTSTAMP"] == "20260302T090000Z"
        assert event.attendees == ["mailto:ada@example.com"]
        assert (event.values["ORGANIZER"], event.parameters["ORGANIZER"]["CN"]) == (
            "mailto:no-reply@localhost", "Grace Hopper",
        )  # fmt: skip
        assert "grace@example.com" not in str(event)
        assert event.values["URL"] == f"https://learn.example/bookings/{booking.pk}"

    @pytest.mark.parametrize("notes", [
        "a;b,c\\d\r\nnext line", "é" * 300, "日本語" * 60, "🙂" * 50, "x" * 74, "BEGIN:VEVENT\nEND:VCALENDAR",
        "tab\tand\x07bell", '"quoted": name', "\\n is not a break; \\, is not a comma",
    ])  # fmt: skip
    def test_any_text_is_escaped_and_folded(self, student, tutor, notes):
        tutor.user.first_name = 'Grace "G"; Hopper, Jr.: x'
        booking = BookingFactory(student=student, tutor=tutor, notes_tutor=notes)

        (event,) = read(files.invitation(entries.of_booking(booking, student), student, now=NOW)).events

        kept = notes.replace("\r\n", "\n").replace("\x07", "").replace("\t", "")
        assert event.values["DESCRIPTION"].startswith(kept)

    def test_a_declined_request_is_taken_out(self, student, tutor):
        booking = BookingFactory(student=student, tutor=tutor, status=BookingStatus.PENDING, starts_at=START)
        decline_booking(booking.pk, actor=tutor.user)

        sent = post()

        assert {to: [read(file_in(m)).method for m in messages] for to, messages in sent.items()} == {
            "ada@example.com": ["CANCEL"], "grace@example.com": ["CANCEL"],
        }  # fmt: skip

    def test_who_wants_no_entries_gets_none(self, student, tutor):
        choose(student, {"types": {"calendar_entry": {"email": False}}})
        BookingTermsFactory(tutor=tutor, instant_booking=True)
        create_booking(tutor_profile_id=tutor.pk, student=student, starts_at=START, duration_minutes=60)

        assert list(post()) == ["grace@example.com"]
        assert CalendarMail.objects.get().outcome == "suppressed: switched off"

    def test_an_entry_that_was_overtaken_is_not_sent(self, student, tutor):
        booking = BookingFactory(student=student, tutor=tutor, status=BookingStatus.PENDING, starts_at=START)
        confirm_booking(booking.pk, actor=tutor.user)
        cancel_booking(booking.pk, actor=tutor.user)
        post()

        assert sorted(CalendarMail.objects.values_list("outcome", flat=True)) == ["sent", "suppressed: superseded"]


class TestAGroupSession:
    @pytest.fixture
    def host(self):
        return TutorFactory(email="host@example.com")

    @pytest.fixture
    def session(self, host):
        session = hosting.create_session(creator=host, title="Algebra; together", starts_at=START, max_participants=4)
        mail.outbox.clear()
        return session

    def test_joining_moving_leaving_and_coming_back(self, host, session, student):
        both = Calendars(student, host)
        both.take_the_post()
        seats.join_session(session.pk, user=student)
        both.take_the_post()
        joined = both.shown()
        hosting.update_session(session.pk, {"starts_at": START + timedelta(days=1)}, actor=host)
        both.take_the_post()
        moved = both.shown()
        seats.leave_session(session.pk, user=student)
        both.take_the_post()
        left = both.shown()
        seats.join_session(session.pk, user=student)
        both.take_the_post()
        back = both.shown()
        course.cancel_session(session.pk, actor=host)
        both.take_the_post()

        assert joined == [[("20260305T090000Z", "CONFIRMED")]] * 2
        assert moved == back == [[("20260306T090000Z", "CONFIRMED")]] * 2
        assert left == [[], [("20260306T090000Z", "CONFIRMED")]]
        assert both.shown() == [[], []]

    def test_a_deleted_one_leaves_its_hosts_calendar(self, host, session):
        own = Calendars(host)
        own.take_the_post()
        before = own.shown()
        hosting.delete_session(session.pk, actor=host)
        own.take_the_post()

        assert (before, own.shown()) == ([[("20260305T090000Z", "CONFIRMED")]], [[]])

    def test_each_file_names_its_reader_only(self, session, student):
        ParticipantFactory(session=session, user=student)
        ParticipantFactory(session=session, user=StudentFactory(email="other@example.com"))

        entry = entries.of_session_id(session.pk, student)
        content = files.invitation(entry, student, now=NOW)

        assert read(content).events[0].attendees == ["mailto:ada@example.com"]
        assert b"other@example.com" not in content
        assert b"host@example.com" not in content

    def test_a_stranger_has_no_entry(self, session, student, tutor):
        booking = BookingFactory(tutor=tutor)

        assert entries.of_session_id(session.pk, student) is None
        assert entries.of_session_id(booking.session_id, student) is None
        assert entries.of_session_id(10**9, student) is None


class TestTheFeed:
    @pytest.fixture
    def url(self, student):
        return feeds.open_feed(student, now=timezone.now())[1].removeprefix("http://127.0.0.1:8000")

    def test_has_a_window_of_lessons_and_sessions(self, client, student, tutor, url):
        days = {-31: False, -29: True, 3: True, 179: True, 181: False}
        made = {
            day: BookingFactory(student=student, tutor=tutor, starts_at=NOW + timedelta(days=day)).uid for day in days
        }
        session = SessionFactory(starts_at=START + timedelta(hours=3))
        ParticipantFactory(session=session, user=student)
        BookingFactory(tutor=tutor, starts_at=START + timedelta(days=5))

        response = client.get(url)

        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        file = read(response.content)
        assert file.method == "PUBLISH"
        wanted = {f"booking-{made[day]}@learn.example" for day, shown in days.items() if shown}
        assert {event.uid for event in file.events} == wanted | {f"session-{session.pk}@learn.example"}

    def test_cancelled_ones_stay_for_30_days_as_such(self, client, student, tutor, url, clock):
        BookingFactory(
            student=student, tutor=tutor, status=BookingStatus.CANCELLED, starts_at=NOW + timedelta(days=100)
        )

        fresh = read(client.get(url).content).events
        clock.shift(timedelta(days=31))

        assert [event.status for event in fresh] == ["CANCELLED"]
        assert read(client.get(url).content).events == []

    def test_says_when_nothing_has_changed(self, client, student, tutor, url, clock):
        booking = BookingFactory(student=student, tutor=tutor, starts_at=START)
        first = client.get(url)
        clock.shift(timedelta(minutes=5))

        by_tag = client.get(url, headers={"If-None-Match": first["ETag"]})
        by_date = client.get(url, headers={"If-Modified-Since": first["Last-Modified"]})
        cancel_booking(booking.pk, actor=tutor.user)
        after = client.get(url, headers={"If-None-Match": first["ETag"], "If-Modified-Since": first["Last-Modified"]})

        assert [by_tag.status_code, by_date.status_code, after.status_code] == [304, 304, 200]
        assert by_tag.content == b""
        assert by_tag["ETag"] == first["ETag"]
        assert client.get(url, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 200

    def test_may_show_only_when_one_is_busy(self, client, student, tutor, url):
        BookingFactory(student=student, tutor=tutor, starts_at=START, notes_tutor="secret")

        response = client.get(f"{url}?detail=busy")

        (event,) = read(response.content).events
        assert event.values["SUMMARY"] == "Busy"
        assert not {"DESCRIPTION", "URL", "ORGANIZER"} & set(event.values)
        assert b"secret" not in response.content
        assert b"Grace" not in response.content
        assert response["ETag"] != client.get(url)["ETag"]

    @pytest.mark.parametrize(
        "query", ["detail=BUSY", "detail=free", "detail=busy&detail=full", "detail=full&detail=busy"]
    )
    def test_shows_no_more_than_that_where_it_does_not_understand(self, client, student, tutor, url, query):
        BookingFactory(student=student, tutor=tutor, starts_at=START)

        (event,) = read(client.get(f"{url}?{query}").content).events

        assert event.values["SUMMARY"] == "Busy"

    @pytest.mark.parametrize("query", ["", "?detail=", "?detail=full", "?other=busy"])
    def test_shows_everything_unless_it_is_asked_not_to(self, client, student, tutor, url, query):
        BookingFactory(student=student, tutor=tutor, starts_at=START)

        (event,) = read(client.get(url + query).content).events

        assert event.values["SUMMARY"] != "Busy"

    def test_a_new_address_ends_the_old_one_and_closing_ends_both(self, client, student, url):
        second = feeds.open_feed(student, now=timezone.now())[1].removeprefix("http://127.0.0.1:8000")
        rotated = [client.get(url).status_code, client.get(second).status_code]
        feeds.close_feed(student)
        feeds.close_feed(student)

        assert rotated == [404, 200]
        assert client.get(second).status_code == 404

    def test_only_a_hash_of_the_token_is_kept(self, student, url):
        token = url.rpartition("/")[2].removesuffix(".ics")

        assert len(token) == 43
        assert token not in str(CalendarFeed.objects.values().get())

    def test_who_is_gone_has_none(self, client, student, url):
        student.is_active = False
        student.save()

        assert client.get(url).status_code == 404

    def test_cookies_do_not_open_it(self, client, student):
        client.force_login(student)

        response = client.get("/calendar/feed/nonsense.ics")

        assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")

    def test_sixty_fetches_an_hour_and_no_more(self, client, url):
        answers = [client.get(url) for _ in range(61)]

        assert [answer.status_code for answer in answers] == [200] * 60 + [429]
        assert (answers[-1].json()["code"], 0 < int(answers[-1]["Retry-After"]) <= 3600) == ("RATE_LIMITED", True)

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_however_much_is_in_it(
        self, client, student, tutor, url, count, django_assert_num_queries, settings
    ):
        for number in range(count):
            BookingFactory(student=student, tutor=tutor, starts_at=START + timedelta(hours=2 * number))

        # Whose, when last, lessons, sessions; and how often, which Redis counts where there is one.
        with django_assert_num_queries(4 if settings.REDIS_URL else 5):
            client.get(url)
