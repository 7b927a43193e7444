"""The mentor contract's sessions: booked, moved, listed by time, noted about. What it shares with the sessions contract
speaks that contract's dialect.
"""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from bookings.models import Booking, BookingStatus
from sessions_app.models import SessionNote, SessionStatus
from sessions_app.services import notes
from tests.factories import (
    AdminFactory,
    BookingFactory,
    OpenTutorFactory,
    ParticipantFactory,
    PastSessionFactory,
    SessionFactory,
    SessionNoteFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
)
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def noon():
    """Of a day next week."""
    return (timezone.now() + timedelta(days=7)).replace(hour=12, minute=0, second=0, microsecond=0)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


class TestBooking:
    @pytest.mark.parametrize("nobody", [
        {"tutor_profile_id": None}, {"mentor_id": None}, {"mentorId": None}, {"mentorId": ""},
        {"mentor_id": None, "tutor_profile_id": None},
    ])  # fmt: skip
    def test_of_nobody_is_a_session_of_ones_own(self, api, noon, nobody):
        body = {"title": "Sums", "date": noon, "max_participants": 3} | nobody

        answer = api.as_(TutorFactory()).post("/api/sessions", body)

        assert (answer.status_code, answer.json()["kind"]) == (201, "group")
        assert refusal(api.as_(StudentFactory()).post("/api/sessions", body)) == (403, "INSTRUCTORS_ONLY")

    def test_of_nobody_in_a_form_is_one_too(self, api, noon):
        form = urlencode({"title": "Sums", "date": noon.isoformat(), "max_participants": 3, "mentor_id": ""})

        answer = api.as_(TutorFactory()).post("/api/sessions", form, content_type="application/x-www-form-urlencoded")

        assert (answer.status_code, answer.json()["kind"]) == (201, "group")

    @pytest.mark.parametrize("nobody", [None, ""])
    def test_listens_to_the_name_that_names_somebody(self, api, noon, nobody):
        mentor = OpenTutorFactory()
        body = {"tutorProfileId": nobody, "mentorId": mentor.pk, "startAt": nobody, "scheduledAt": noon}

        assert api.as_(StudentFactory()).post("/api/sessions", body).status_code == 201
        assert Booking.objects.get().tutor == mentor

    def test_a_student_books_in_the_contracts_words(self, api, noon):
        mentor, student, subject = OpenTutorFactory(), StudentFactory(), SubjectFactory()
        body = {"mentorId": mentor.pk, "scheduledAt": noon, "duration": 60, "subjectId": subject.pk, "notes": "Sums."}

        answer = api.as_(student).post("/api/sessions", body)

        booking, shown = Booking.objects.get(), answer.json()
        assert answer.status_code == 201, shown
        assert (shown["bookingId"], shown["booking_id"], shown["id"]) == (booking.pk, booking.pk, booking.session_id)
        assert (shown["kind"], shown["status"], shown["my_role"]) == ("private", "upcoming", "participant")
        assert (booking.student, booking.tutor, booking.starts_at) == (student, mentor, noon)
        assert (booking.notes_student, booking.subject, booking.duration_minutes) == ("Sums.", subject, 60)

    @pytest.mark.parametrize("name", ["mentorId", "mentor_id", "tutor_profile_id"])
    def test_or_in_those_of_bookings(self, api, noon, name):
        body = {name: OpenTutorFactory().pk, "startAt": noon, "durationMinutes": 30}

        assert api.as_(StudentFactory()).post("/api/sessions", body).json()["duration_minutes"] == 30

    def test_twice_with_one_key_is_once(self, api, noon):
        client, body = api.as_(StudentFactory()), {"mentorId": OpenTutorFactory().pk, "startAt": noon}

        first, again = (client.post("/api/sessions", body, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))

        assert (first.json(), again["Idempotent-Replay"], Booking.objects.count()) == (again.json(), "true", 1)

    def test_is_for_students_and_refused_as_bookings_are(self, api, noon):
        mentor, student = OpenTutorFactory(), StudentFactory()
        body = {"mentorId": mentor.pk, "startAt": noon}
        api.as_(student).post("/api/sessions", body)

        assert refusal(api.as_(mentor.user).post("/api/sessions", body)) == (403, "STUDENTS_ONLY")
        assert refusal(api.as_(AdminFactory()).post("/api/sessions", body)) == (403, "STUDENTS_ONLY")
        assert api.post("/api/sessions", body).status_code == 401
        assert refusal(api.as_(StudentFactory()).post("/api/sessions", body)) == (400, "SLOT_TAKEN")
        assert api.as_(StudentFactory()).post("/api/sessions", body | {"mentorId": 999_999}).status_code == 404
        assert list(api.as_(StudentFactory()).post("/api/sessions", {"mentorId": mentor.pk}).json()["errors"]) == [
            "start_at"
        ]
        assert refusal(api.as_(student).post("/api/sessions", {"title": "Sums"})) == (403, "INSTRUCTORS_ONLY")
        assert Booking.objects.count() == 1


class TestMoving:
    def path(self, session):
        return f"/api/sessions/{session.pk}/reschedule"

    def test_its_host_moves_a_group_session_and_its_people_are_told_why(self, api, noon):
        seat = ParticipantFactory()
        session = seat.session

        answer = api.as_(session.creator).put(self.path(session), {"newStartAt": noon, "reason": "I am ill."})

        shown = answer.json()
        assert (answer.status_code, shown["date"]) == (200, f"{noon:%Y-%m-%dT%H:%M:%SZ}")
        assert (shown["durationMinutes"], shown["bookingId"], shown["rescheduleRequest"]) == (60, None, None)
        assert (shown["version"], answer["ETag"]) == (2, '"2"')
        (told,) = seat.user.notifications.all()
        assert (told.type, told.message.endswith("I am ill.")) == ("session_updated", True)

    def test_nobody_else_does(self, api, noon):
        seat = ParticipantFactory()

        for user in (seat.user, StudentFactory(), TutorFactory()):
            answer = api.as_(user).put(self.path(seat.session), {"newStartAt": noon})
            assert refusal(answer) == (403, "NOT_THE_CREATOR")
        answer = api.as_(seat.session.creator).put(self.path(seat.session), {"newStartAt": noon}, HTTP_IF_MATCH="7")
        assert refusal(answer) == (412, "STALE_VERSION")
        assert refusal(api.as_(seat.session.creator).put(self.path(seat.session), {})) == (400, "VALIDATION_ERROR")

    def test_into_another_session_of_the_hosts_is_refused(self, api, noon):
        host = TutorFactory()
        SessionFactory(creator=host, starts_at=noon)

        answer = api.as_(host).put(self.path(SessionFactory(creator=host)), {"newStartAt": noon + HOUR / 2})

        assert refusal(answer) == (409, "TIME_CONFLICT")

    def test_a_lesson_is_moved_as_its_booking_is(self, api, noon):
        """The tutor proposes; a student moves a request that is still unanswered."""
        mentor = OpenTutorFactory()
        lesson = BookingFactory(tutor=mentor, starts_at=noon)
        asked = BookingFactory(tutor=mentor, starts_at=noon + 2 * HOUR, status=BookingStatus.PENDING)

        proposed = api.as_(mentor.user).put(self.path(lesson.session), {"options": [noon + 4 * HOUR, noon + 5 * HOUR]})
        moved = api.as_(asked.student).put(self.path(asked.session), {"newStartAt": noon + 6 * HOUR})

        shown = proposed.json()
        assert (proposed.status_code, shown["bookingId"], shown["date"]) == (
            200,
            lesson.pk,
            f"{noon:%Y-%m-%dT%H:%M:%SZ}",
        )
        assert (shown["rescheduleRequest"]["proposedBy"], len(shown["rescheduleRequest"]["options"])) == ("tutor", 2)
        assert (moved.json()["date"], moved.json()["rescheduleRequest"]) == (
            f"{noon + 6 * HOUR:%Y-%m-%dT%H:%M:%SZ}",
            None,
        )
        assert api.as_(StudentFactory()).put(self.path(lesson.session), {"newStartAt": noon}).status_code == 404

    def test_it_is_cancelled_with_put_as_well(self, api, noon):
        lesson = BookingFactory(starts_at=noon)

        answer = api.as_(lesson.student).put(f"/api/sessions/{lesson.session_id}/cancel", {"reason": "Ill."})

        lesson.refresh_from_db()
        assert (answer.json()["session"]["status"], lesson.status) == ("cancelled", BookingStatus.CANCELLED)


class TestOnesOwnByTime:
    @pytest.fixture
    def ada(self):
        return TutorFactory()

    def ids(self, answer):
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["items"]]

    def test_upcoming_has_what_has_not_ended_the_soonest_first(self, api, ada):
        now = timezone.now()
        later = SessionFactory(creator=ada, starts_at=now + 48 * HOUR)
        running = SessionFactory(creator=ada, starts_at=now - HOUR / 2, status=SessionStatus.ONGOING)
        joined = ParticipantFactory(user=ada).session
        SessionFactory(creator=ada, starts_at=now + 5 * HOUR, status=SessionStatus.CANCELLED)
        PastSessionFactory(creator=ada)
        ParticipantFactory(user=ada, state="left")
        SessionFactory()

        answer = api.as_(ada).get("/api/sessions/upcoming")

        assert self.ids(answer) == [running.pk, joined.pk, later.pk]
        assert {name: answer.json()[name] for name in ("total", "page", "pageSize", "totalPages")} == {
            "total": 3,
            "page": 1,
            "pageSize": 20,
            "totalPages": 1,
        }
        assert [row["myRole"] for row in answer.json()["items"]] == ["creator", "participant", "creator"]

    def test_history_has_the_rest_the_latest_first_and_both_are_narrowed_as_the_list_is(self, api, ada):
        now = timezone.now()
        past = PastSessionFactory(creator=ada, title="Sums")
        called_off = SessionFactory(creator=ada, status=SessionStatus.CANCELLED)
        forgotten = SessionFactory(creator=ada, starts_at=now - 5 * HOUR)
        SessionFactory(creator=ada, starts_at=now + 9 * HOUR)
        mine, path = api.as_(ada), "/api/sessions/history"

        assert self.ids(mine.get(path)) == [called_off.pk, forgotten.pk, past.pk]
        assert self.ids(mine.get(f"{path}?status=completed")) == [past.pk]
        assert self.ids(mine.get(f"{path}?search=sums&pageSize=1")) == [past.pk]
        assert self.ids(mine.get(f"{path}?ordering=date&dateTo={now:%Y-%m-%d}")) == [past.pk, forgotten.pk]
        assert self.ids(mine.get(f"{path}?pageSize=1&page=2")) == [forgotten.pk]
        assert mine.get(f"{path}?status=odd").status_code == 400
        assert self.ids(api.as_(StudentFactory()).get(path)) == []
        assert api.get(path).status_code == 401

    @pytest.mark.parametrize("path", ["upcoming", "history"])
    def test_costs_the_same_for_one_and_for_three(self, api, ada, path):
        mine = api.as_(ada)
        begin = timezone.now() + (2 * HOUR if path == "upcoming" else -9 * HOUR)
        SessionFactory(creator=ada, starts_at=begin)
        at_one = queries_of(mine, f"/api/sessions/{path}")
        for hours in (1, 2):
            SessionFactory(creator=ada, starts_at=begin + hours * HOUR)

        assert queries_of(mine, f"/api/sessions/{path}") == at_one


class TestNotes:
    @pytest.fixture
    def seat(self):
        return ParticipantFactory()

    def path(self, session, note=None):
        return f"/api/sessions/{session.pk}/notes" + (f"/{note}" if note else "")

    def contents(self, answer):
        return [row["content"] for row in answer.json()["items"]]

    def test_are_private_unless_they_are_shared(self, api, seat):
        host, student = api.as_(seat.session.creator), api.as_(seat.user)

        kept = host.post(self.path(seat.session), {"content": " Slow with <b>sums</b>. "})
        host.post(self.path(seat.session), {"content": "Chapter 3.", "visibility": "shared"})
        student.post(self.path(seat.session), {"content": "Ask about x."})

        shown = kept.json()
        assert kept.status_code == 201, shown
        assert (shown["content"], shown["visibility"]) == ("Slow with <b>sums</b>.", "private")
        assert (shown["sessionId"], shown["author"]["id"]) == (seat.session_id, seat.session.creator_id)
        assert self.contents(host.get(self.path(seat.session))) == ["Chapter 3.", "Slow with <b>sums</b>."]
        assert self.contents(student.get(self.path(seat.session))) == ["Ask about x.", "Chapter 3."]
        assert self.contents(student.get(f"{self.path(seat.session)}?visibility=shared")) == ["Chapter 3."]
        assert self.contents(api.as_(AdminFactory()).get(self.path(seat.session))) == ["Chapter 3."]

    def test_are_for_the_people_of_the_session(self, api, seat):
        lesson = BookingFactory().session

        for user in (StudentFactory(), TutorFactory(), ParticipantFactory(session=seat.session, state="left").user):
            stranger = api.as_(user)
            assert refusal(stranger.get(self.path(seat.session))) == (403, "NOT_IN_SESSION")
            assert refusal(stranger.post(self.path(seat.session), {"content": "Hm."})) == (403, "NOT_IN_SESSION")
            assert stranger.post(self.path(lesson), {"content": "Hm."}).status_code == 404
        assert refusal(api.as_(AdminFactory()).post(self.path(seat.session), {"content": "Hm."}))[0] == 403
        assert not SessionNote.objects.exists()

    def test_are_changed_and_deleted_by_their_author_only(self, api, seat):
        note = SessionNoteFactory(session=seat.session, visibility="shared")
        host, path = api.as_(seat.session.creator), self.path(seat.session, note.pk)

        for user in (seat.user, AdminFactory(), StudentFactory()):
            assert api.as_(user).put(path, {"content": "Hm."}).status_code in (403, 404)
            assert api.as_(user).delete(path).status_code in (403, 404)
        assert (
            host.put(
                self.path(SessionFactory(creator=seat.session.creator, starts_at=timezone.now() + 99 * HOUR), note.pk),
                {"content": "Hm."},
            ).status_code
            == 404
        )
        changed = host.put(path, {"visibility": "private"}).json()

        assert (changed["content"], changed["visibility"]) == ("Bring a ruler.", "private")
        assert (host.delete(path).status_code, host.delete(path).status_code) == (204, 404)

    @pytest.mark.parametrize(
        "body",
        [{}, {"content": " "}, {"content": "x" * 5001}, {"content": "a\0"}, {"content": "x", "visibility": "odd"}],
    )
    def test_that_are_none_are_refused(self, api, seat, body):
        assert refusal(api.as_(seat.user).post(self.path(seat.session), body)) == (400, "VALIDATION_ERROR")

    def test_have_an_end(self, api, seat, monkeypatch):
        monkeypatch.setattr(notes, "MOST_NOTES", 1)
        SessionNoteFactory(session=seat.session)
        host = api.as_(seat.session.creator)

        assert refusal(host.post(self.path(seat.session), {"content": "Another."})) == (409, "TOO_MANY_NOTES")

    def test_cost_the_same_for_one_and_for_three(self, api, seat):
        host = api.as_(seat.session.creator)
        SessionNoteFactory(session=seat.session)
        at_one = queries_of(host, self.path(seat.session))
        SessionNoteFactory.create_batch(2, session=seat.session, author=seat.user, visibility="shared")

        assert queries_of(host, self.path(seat.session)) == at_one
