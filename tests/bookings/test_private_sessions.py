"""A private session from the side of sessions: whatever is done to it is done to its booking."""

import pytest

from bookings.models import Attendance, BookingStatus
from bookings.services import cancelling
from sessions_app.models import TutoringSession
from tests.bookings.conftest import HOUR, MINUTE, NOW
from tests.factories import AdminFactory, StudentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(confirmed, clock):
    booking = confirmed(hours=72)
    clock.shift(6 * MINUTE)
    return booking


@pytest.fixture
def path(lesson):
    return f"/api/sessions/{lesson.session_id}"


class TestCancelling:
    @pytest.mark.parametrize("who", ["tutor", "student", "admin"])
    def test_cancels_the_booking_in_that_persons_name(self, who, api, lesson, path, tutor, student):
        person = {"tutor": tutor.user, "student": student, "admin": AdminFactory()}[who]

        answer = api.as_(person).post(f"{path}/cancel", {"reason": "Ill."})

        assert answer.status_code == 200
        assert answer.json()["session"]["status"] == "cancelled"
        lesson.refresh_from_db()
        assert (lesson.status, lesson.cancelled_by, lesson.cancel_reason) == (BookingStatus.CANCELLED, who, "Ill.")

    def test_twice_is_refused_in_the_contracts_own_words(self, api, lesson, path, tutor):
        cancelling.cancel_booking(lesson.pk, actor=tutor.user)

        answer = api.as_(tutor.user).post(f"{path}/cancel")

        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_TRANSITION")

    def test_compares_the_sessions_own_version(self, api, lesson, path, tutor):
        version = TutoringSession.objects.get(pk=lesson.session_id).version
        person = api.as_(tutor.user)

        stale = person.post(f"{path}/cancel", headers={"If-Match": f'"{version + 5}"'})
        fresh = person.post(f"{path}/cancel", headers={"If-Match": f'"{version}"'})

        assert (stale.status_code, fresh.status_code) == (412, 200)
        assert stale.json()["current_version"] == version

    def test_is_nothing_that_a_stranger_finds(self, api, path):
        assert api.as_(StudentFactory()).post(f"{path}/cancel").status_code == 404


class TestMoving:
    def test_proposes_the_time_to_the_other_side(self, api, lesson, path, tutor):
        answer = api.as_(tutor.user).put(path, {"date": NOW + 90 * HOUR})

        assert answer.status_code == 200
        assert answer.json()["date"] == "2026-06-04T12:00:00Z"
        lesson.refresh_from_db()
        assert [time.starts_at for time in lesson.proposals.get().times.all()] == [NOW + 90 * HOUR]

    def test_moves_a_request_of_the_students_only_through_the_booking(self, api, book, tutor):
        booking = book(hours=80)

        answer = api.as_(tutor.user).put(f"/api/sessions/{booking.session_id}", {"date": NOW + 90 * HOUR})

        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_TRANSITION")

    def test_to_a_time_that_is_taken_names_the_reason(self, api, lesson, path, tutor, book):
        book(hours=90, by=StudentFactory())

        answer = api.as_(tutor.user).put(path, {"date": NOW + 90 * HOUR})

        assert (answer.status_code, answer.json()["code"]) == (400, "SLOT_TAKEN")

    def test_leaves_what_the_session_says_of_itself_to_its_host(self, api, lesson, path, tutor):
        answer = api.as_(tutor.user).put(path, {"title": "Quadratic equations", "date": lesson.starts_at})

        assert (answer.status_code, answer.json()["title"]) == (200, "Quadratic equations")
        assert not lesson.proposals.exists()

    def test_does_both_at_once(self, api, lesson, path, tutor):
        version = TutoringSession.objects.get(pk=lesson.session_id).version
        changes = {"title": "Quadratic equations", "date": NOW + 90 * HOUR}

        answer = api.as_(tutor.user).put(path, changes, headers={"If-Match": f'"{version}"'})

        assert answer.json()["title"] == "Quadratic equations"
        assert lesson.proposals.exists()

    @pytest.mark.parametrize("changes", [{"max_participants": 8}, {"duration_minutes": 90}])
    def test_changes_neither_seats_nor_length(self, changes, api, path, tutor):
        answer = api.as_(tutor.user).put(path, changes)

        assert (answer.status_code, answer.json()["code"]) == (400, "PRIVATE_SESSION")


class TestDeleting:
    def test_cancels_the_booking_first(self, api, lesson, path, tutor):
        answer = api.as_(tutor.user).delete(path)

        assert answer.status_code == 200
        lesson.refresh_from_db()
        assert (lesson.status, lesson.cancelled_by) == (BookingStatus.CANCELLED, "tutor")
        assert api.as_(tutor.user).get(path).status_code == 404

    def test_what_is_cancelled_already_only_takes_it_away(self, api, lesson, path, tutor, student):
        cancelling.cancel_booking(lesson.pk, actor=student)

        assert api.as_(tutor.user).delete(path).status_code == 200

        lesson.refresh_from_db()
        assert lesson.cancelled_by == "student"

    def test_is_the_hosts(self, api, lesson, path, student):
        assert api.as_(student).delete(path).status_code == 403

        lesson.refresh_from_db()
        assert lesson.status == BookingStatus.CONFIRMED


class TestStartingAndCompleting:
    def test_starts_the_lesson_once_its_time_has_come(self, api, lesson, path, tutor, clock):
        early = api.as_(tutor.user).post(f"{path}/start")
        clock.move_to(lesson.starts_at)
        person = api.as_(tutor.user)
        started = person.post(f"{path}/start")
        clock.shift(30 * MINUTE)
        completed = person.post(f"{path}/complete")

        assert (early.status_code, early.json()["code"]) == (400, "TOO_EARLY")
        assert started.json()["session"]["status"] == "ongoing"
        assert completed.json()["session"]["status"] == "completed"
        assert Attendance.objects.get().user == tutor.user
        lesson.refresh_from_db()
        assert lesson.status == BookingStatus.COMPLETED


class TestTheSeat:
    def test_is_not_given_up_without_cancelling(self, api, path, student):
        answer = api.as_(student).post(f"{path}/leave")

        assert (answer.status_code, answer.json()["code"]) == (400, "PRIVATE_SESSION")

    def test_is_the_only_one(self, api, path, student):
        answer = api.as_(student).post(f"{path}/join")

        assert (answer.status_code, answer.json()["code"]) == (400, "ALREADY_JOINED")
