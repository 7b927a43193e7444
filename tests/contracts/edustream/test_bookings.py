"""The chapter on bookings of the edustream document, and what its client sends and reads."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking, BookingStatus, BookingTerms
from bookings.services import answering, cancelling, rescheduling
from tests.factories import (
    AdminFactory,
    AttendanceFactory,
    BookingFactory,
    OpenTutorFactory,
    PackagePurchaseFactory,
    ProposalFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
)
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 1, 24, 10, 30, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

# Word for word.
CREATE = {
    "tutor_profile_id": 5,
    "start_at": "2025-01-25T14:00:00Z",
    "duration_minutes": 60,
    "lesson_type": "online",
    "subject_id": 1,
    "notes_student": "Need help with quadratic equations",
    "use_package_id": 10,
}
CREATED = {
    "student_id": 42,
    "tutor_profile_id": 5,
    "start_time": "2025-01-25T14:00:00Z",
    "end_time": "2025-01-25T15:00:00Z",
    "status": "PENDING",
    "lesson_type": "online",
    "price_student": 45.00,
    "currency": "USD",
    "subject": {"id": 1, "name": "Mathematics"},
    "tutor": {"name": "John Tutor"},
    "created_at": "2025-01-24T10:30:00Z",
}
LISTED = {
    "bookings": [
        {
            "id": 123,
            "tutor_name": "John Tutor",
            "student_name": "Jane Student",
            "start_time": "2025-01-25T14:00:00Z",
            "status": "CONFIRMED",
            "price": 45.00,
        }
    ],
    "total": 1,
    "page": 1,
    "page_size": 20,
}
# What the client's BookingDTO has.
DTO = {
    "id", "lesson_type", "status", "start_at", "end_at", "student_tz", "tutor_tz", "rate_cents", "currency",
    "platform_fee_pct", "platform_fee_cents", "tutor_earnings_cents", "join_url", "notes_student", "notes_tutor",
    "tutor", "student", "subject_name", "topic", "created_at", "updated_at",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def tutor():
    return OpenTutorFactory(pk=5, user__first_name="John", user__last_name="Tutor", title="Mathematics")


@pytest.fixture
def student():
    return StudentFactory(pk=42, first_name="Jane", last_name="Student")


@pytest.fixture
def booking(tutor, student):
    starts_at = NOW.replace(day=25, hour=14, minute=0)
    return BookingFactory(pk=123, tutor=tutor, student=student, starts_at=starts_at)


@pytest.fixture
def pending(booking):
    Booking.objects.filter(pk=booking.pk).update(status=BookingStatus.PENDING, expires_at=NOW + 24 * HOUR)
    booking.refresh_from_db()
    return booking


class TestCreating:
    @pytest.fixture
    def ground(self, tutor, student):
        SubjectFactory(pk=1, name="Mathematics")
        PackagePurchaseFactory(pk=10, package__tutor=tutor, student=student)

    @pytest.mark.parametrize("path", ["/api/bookings", "/api/bookings/"])
    def test_the_documents_example(self, path, api, ground, student):
        answer = api.as_(student).post(path, CREATE)

        assert answer.status_code == 201
        assert differences(answer.json(), CREATED) == []
        assert answer.json()["tutor"]["avatar_url"].startswith("http")
        assert answer["ETag"] == '"1"'

    def test_answers_what_the_client_reads(self, api, ground, student):
        sent = CREATE | {"lesson_type": "TRIAL", "use_package_id": None}

        body = api.as_(student).post("/api/bookings", sent).json()

        assert set(body) >= DTO
        assert (body["lesson_type"], body["start_at"]) == ("TRIAL", "2025-01-25T14:00:00Z")
        assert (body["rate_cents"], body["platform_fee_pct"]) == (4500, 20)
        assert (body["platform_fee_cents"], body["tutor_earnings_cents"]) == (900, 3600)
        assert set(body["tutor"]) >= {"id", "name", "avatar_url", "rating_avg", "title"}
        assert set(body["student"]) >= {"id", "name", "avatar_url", "level"}
        assert (body["subject_name"], body["join_url"]) == ("Mathematics", None)

    def test_the_tutor_has_the_rating_and_the_picture_of_the_cards(self, api, student):
        tutor = OpenTutorFactory(rating_sum=169, total_reviews=38, average_rating="4.45", photo="avatars/me.jpg")

        body = api.as_(student).post("/api/bookings", CREATE | no_extras() | {"tutor_profile_id": tutor.pk}).json()

        card = api.get(f"/api/tutors/{tutor.pk}/public").json()
        assert (body["tutor"]["rating_avg"], body["tutor"]["avatar_url"]) == (4.4, card["avatar_url"])
        assert card["average_rating"] == 4.4

    def test_amounts_are_in_the_currencys_own_smallest_unit(self, api, student):
        tutor = OpenTutorFactory(hourly_rate=4501, currency="JPY")

        body = api.as_(student).post("/api/bookings", CREATE | no_extras() | {"tutor_profile_id": tutor.pk}).json()

        assert (body["price"], body["rate_cents"], body["platform_fee_cents"]) == (4501, 4501, 900)

    def test_in_camel_case(self, api, tutor, student):
        sent = {"tutorProfileId": tutor.pk, "startAt": "2025-01-25T14:00:00Z", "durationMinutes": 30}

        assert api.as_(student).post("/api/bookings", sent).json()["duration_minutes"] == 30

    def test_without_a_length_lasts_an_hour(self, api, tutor, student):
        sent = {"tutor_profile_id": tutor.pk, "start_at": "2025-01-25T14:00:00+02:00"}

        body = api.as_(student).post("/api/bookings", sent).json()

        assert (body["start_time"], body["duration_minutes"]) == ("2025-01-25T12:00:00Z", 60)

    def test_is_confirmed_at_once_with_a_tutor_who_books_instantly(self, api, tutor, student):
        BookingTerms.objects.filter(tutor=tutor).update(instant_booking=True)

        body = api.as_(student).post("/api/bookings", CREATE | no_extras()).json()

        assert body["status"] == "CONFIRMED"
        assert body["join_url"].endswith(f"/sessions/{body['session_id']}/room")

    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"start_at": "2025-01-25T14:15:00Z"}, 400, "OUTSIDE_AVAILABILITY"),
            ({"start_at": "2025-01-24T11:00:00Z"}, 400, "TOO_SOON"),
            ({"start_at": "2026-01-25T14:00:00Z"}, 400, "TOO_FAR"),
            ({"start_at": "2025-01-25T14:00:00"}, 400, "NAIVE_DATETIME"),
            ({"start_at": "tomorrow"}, 400, "VALIDATION_ERROR"),
            ({"duration_minutes": 50}, 400, "DURATION_NOT_OFFERED"),
            ({"duration_minutes": 61}, 400, "VALIDATION_ERROR"),
            ({"lesson_type": "group"}, 400, "VALIDATION_ERROR"),
            ({"subject_id": 7}, 400, "VALIDATION_ERROR"),
            ({"tutor_profile_id": 404}, 404, "NOT_FOUND"),
            ({"use_package_id": 404}, 404, "NOT_FOUND"),
            ({"use_package_id": 10}, 402, "INSUFFICIENT_CREDITS"),
        ],
    )
    def test_refusals(self, changes, status, code, api, tutor, student):
        PackagePurchaseFactory(pk=10, package__tutor=tutor, student=student, available=0)

        answer = api.as_(student).post("/api/bookings", CREATE | no_extras() | changes)

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert not Booking.objects.exists()

    def test_of_a_time_that_is_taken_is_400_as_documented(self, api, booking):
        answer = api.as_(StudentFactory()).post("/api/bookings", CREATE | no_extras())

        assert (answer.status_code, answer.json()["code"]) == (400, "SLOT_TAKEN")

    def test_of_an_own_overlap_names_it_and_can_be_wanted(self, api, booking, student):
        other = OpenTutorFactory()
        sent = CREATE | no_extras() | {"tutor_profile_id": other.pk}

        refused = api.as_(student).post("/api/bookings", sent)
        wanted = api.as_(student).post("/api/bookings", sent | {"allow_overlap": True})

        assert (refused.status_code, refused.json()["code"]) == (400, "STUDENT_CONFLICT")
        assert [clash["id"] for clash in refused.json()["conflicts"]] == [booking.session_id]
        assert wanted.status_code == 201

    def test_is_the_students(self, api, tutor):
        for person in (TutorFactory(), AdminFactory()):
            answer = api.as_(person).post("/api/bookings", CREATE)

            assert (answer.status_code, answer.json()["code"]) == (403, "STUDENTS_ONLY")

    def test_twice_with_one_key_is_once(self, api, tutor, student):
        key = {"Idempotency-Key": "once"}
        client = api.as_(student)

        first = client.post("/api/bookings", CREATE | no_extras(), headers=key)
        again = client.post("/api/bookings", CREATE | no_extras(), headers=key)

        assert first.content == again.content
        assert (again.status_code, again["Idempotent-Replay"]) == (201, "true")
        assert Booking.objects.count() == 1


class TestTheList:
    def test_the_documents_example(self, api, booking, student):
        answer = api.as_(student).get("/api/bookings")

        assert answer.status_code == 200
        assert differences(answer.json(), LISTED) == []
        assert set(answer.json()["bookings"][0]) >= DTO

    def test_shows_each_what_is_theirs(self, api, booking, student, tutor):
        BookingFactory()

        assert ids(api.as_(student).get("/api/bookings")) == [123]
        assert ids(api.as_(tutor.user).get("/api/bookings")) == [123], "the tutor's own, without being asked"
        assert ids(api.as_(tutor.user).get("/api/bookings?role=tutor")) == [123]
        assert ids(api.as_(tutor.user).get("/api/bookings?role=student")) == []
        assert ids(api.as_(student).get("/api/bookings?role=tutor")) == []
        assert ids(api.as_(StudentFactory()).get("/api/bookings")) == []
        assert len(ids(api.as_(AdminFactory()).get("/api/bookings"))) == 2

    @pytest.mark.parametrize(
        ("word", "states"),
        [
            ("upcoming", ["PENDING", "CONFIRMED"]),
            ("UPCOMING", ["PENDING", "CONFIRMED"]),
            ("pending", ["PENDING"]),
            ("completed", ["COMPLETED"]),
            ("cancelled", ["EXPIRED", "DECLINED", "CANCELLED"]),
            ("CONFIRMED", ["CONFIRMED"]),
            ("confirmed", ["CONFIRMED"]),
            ("Declined", ["DECLINED"]),
            ("no_show", ["NO_SHOW_TUTOR", "NO_SHOW_STUDENT"]),
            ("NO_SHOW_TUTOR", ["NO_SHOW_TUTOR"]),
            ("rescheduled", ["CONFIRMED"]),
            ("", ["NO_SHOW_TUTOR", "NO_SHOW_STUDENT", "EXPIRED", "DECLINED", "CANCELLED"]
             + ["COMPLETED", "CONFIRMED", "PENDING"]),
        ],
    )  # fmt: skip
    def test_by_each_word_of_the_document_and_each_state(self, word, states, api, student, tutor):
        for number, status in enumerate(BookingStatus.values):
            BookingFactory(
                student=student,
                tutor=tutor,
                status=status,
                starts_at=NOW + (number + 1) * HOUR * 2,
                sequence=status == "confirmed",
            )

        body = api.as_(student).get("/api/bookings", {"status": word}).json()

        assert [item["status"] for item in body["bookings"]] == states
        assert body["total"] == len(states)

    def test_upcoming_is_what_has_not_ended_yet(self, api, student, tutor):
        running = BookingFactory(student=student, tutor=tutor, starts_at=NOW - 30 * MINUTE)
        BookingFactory(student=student, tutor=tutor, starts_at=NOW - 2 * HOUR)

        assert ids(api.as_(student).get("/api/bookings?status=upcoming")) == [running.pk]

    @pytest.mark.parametrize("query", ["status=nonsense", "role=admin", "page=x"])
    def test_refuses_what_it_does_not_know(self, query, api, student):
        assert api.as_(student).get(f"/api/bookings?{query}").status_code == 400

    def test_pages_are_clamped_and_stable(self, api, student, tutor):
        for number in range(5):
            BookingFactory(student=student, tutor=tutor, starts_at=NOW + number * 2 * HOUR + HOUR)
        client = api.as_(student)

        first = client.get("/api/bookings?page=1&page_size=2").json()
        last = client.get("/api/bookings?page=3&page_size=2").json()
        huge = client.get("/api/bookings?page_size=1000").json()

        assert (first["total"], first["total_pages"], first["has_next"]) == (5, 3, True)
        assert (len(first["bookings"]), len(last["bookings"])) == (2, 1)
        assert (huge["page_size"], len(huge["bookings"])) == (100, 5)

    def test_costs_the_same_for_one_and_for_thirty(self, api, student, tutor):
        client = api.as_(student)
        counts = []
        for number in range(30):
            starts_at = NOW + (2 * number + 1) * HOUR
            ProposalFactory(booking=BookingFactory(student=student, tutor=tutor, starts_at=starts_at))
            with CaptureQueriesContext(connection) as queries:
                assert len(ids(client.get("/api/bookings?page_size=100"))) == number + 1
            counts.append(len(queries))

        assert counts[0] == counts[29] <= 5


class TestTheDetails:
    def test_have_everything(self, api, booking, student):
        ProposalFactory(booking=booking, reason="Exam", starts=[NOW + 50 * HOUR, NOW + 49 * HOUR])

        body = api.as_(student).get("/api/bookings/123").json()

        assert set(body) >= DTO | set(CREATED)
        assert body["version"] == 1
        assert body["reschedule_request"] | {"id": 0} == {
            "id": 0,
            "proposed_by": "student",
            "reason": "Exam",
            "lapses_at": "2025-01-25T10:30:00Z",
            "created_at": "2025-01-24T10:30:00Z",
            "options": [
                {"option": 1, "start_time": "2025-01-26T11:30:00Z", "end_time": "2025-01-26T12:30:00Z"},
                {"option": 2, "start_time": "2025-01-26T12:30:00Z", "end_time": "2025-01-26T13:30:00Z"},
            ],
        }

    def test_have_the_terms_of_cancellation_in_both_zones(self, api, booking, student, clock):
        Booking.objects.update(tutor_timezone="America/New_York", student_timezone="Europe/London")
        clock.shift(timedelta(minutes=10))

        body = api.as_(student).get("/api/bookings/123").json()

        assert (body["student_tz"], body["tutor_tz"]) == ("Europe/London", "America/New_York")
        assert body["student_start_local"] == "2025-01-25T14:00:00+00:00"
        assert body["tutor_start_local"] == "2025-01-25T09:00:00-05:00"
        assert body["cancellation"] == {
            "policy": "standard",
            "text": "Standard: refund of 100 % until 24 hours before the start, 50 % until 12 hours before the start, "
            "nothing afterwards.",
            "non_refundable": False,
            "free_until": {
                "until": "2025-01-24T14:05:00Z",
                "student_local": "2025-01-24T14:05:00+00:00",
                "tutor_local": "2025-01-24T09:05:00-05:00",
            },
            "tiers": [
                {
                    "refund_percent": 100,
                    "until": "2025-01-24T14:05:00Z",
                    "student_local": "2025-01-24T14:05:00+00:00",
                    "tutor_local": "2025-01-24T09:05:00-05:00",
                },
                {
                    "refund_percent": 50,
                    "until": "2025-01-25T02:05:00Z",
                    "student_local": "2025-01-25T02:05:00+00:00",
                    "tutor_local": "2025-01-24T21:05:00-05:00",
                },
            ],
        }

    def test_are_for_the_parties_and_admins(self, api, booking, student, tutor):
        for person in (student, tutor.user, AdminFactory()):
            assert api.as_(person).get("/api/bookings/123").status_code == 200
        for person in (StudentFactory(), TutorFactory()):
            assert api.as_(person).get("/api/bookings/123").status_code == 404

    def test_have_a_history(self, api, pending, student, tutor):
        answering.confirm_booking(pending.pk, actor=tutor.user)
        cancelling.cancel_booking(pending.pk, actor=student, reason="Ill.")

        lines = api.as_(student).get("/api/bookings/123/history").json()

        assert [(line["kind"], line["party"], line["from_status"], line["to_status"]) for line in lines] == [
            ("confirmed", "tutor", "PENDING", "CONFIRMED"),
            ("cancelled", "student", "CONFIRMED", "CANCELLED"),
        ]

    def test_of_somebody_who_has_closed_their_account_has_neither_name_nor_picture(self, api):
        booking = BookingFactory(status=BookingStatus.COMPLETED, student__first_name="Jane", student__avatar="a.webp")
        for person in (booking.student, booking.tutor.user):
            person.deleted_at, person.is_active = NOW, False
            person.save()

        shown = api.as_(AdminFactory()).get(f"/api/bookings/{booking.pk}").json()

        assert (shown["student_name"], shown["tutor_name"]) == ("Former user", "Former user")
        assert [shown[side]["name"] for side in ("student", "tutor")] == ["Former user"] * 2
        assert "a.webp" not in str(shown)


class TestCancelling:
    def test_the_documents_example(self, api, booking, student):
        answer = api.as_(student).post("/api/bookings/123/cancel", {"reason": "Schedule conflict"})

        assert answer.status_code == 200
        body = answer.json()
        assert (body["status"], body["cancelled_by"], body["cancel_reason"]) == (
            "CANCELLED", "student", "Schedule conflict",
        )  # fmt: skip
        assert (body["refund_percent"], body["refund_amount"]) == (100, 45.0)
        assert (body["join_url"], body["session_status"]) == (None, "cancelled")

    def test_after_a_quote_gives_what_was_quoted(self, api, booking, student, clock):
        clock.move_to(booking.starts_at - 24 * HOUR + 5 * MINUTE)
        client = api.as_(student)

        quote = client.get("/api/bookings/123/cancellation-quote").json()
        clock.shift(90)
        body = client.post("/api/bookings/123/cancel", {"quote_id": quote["quote_id"]}).json()

        assert (quote["tier"], quote["refund_percent"], quote["refund_amount"]) == ("full", 100, 45.0)
        assert (quote["credit"], quote["valid_until"]) == (None, "2025-01-24T14:07:00Z")
        assert body["refund_percent"] == 100

    def test_says_what_becomes_of_a_credit(self, api, booking, student, tutor, clock):
        purchase = PackagePurchaseFactory(package__tutor=tutor, student=student)
        Booking.objects.update(purchase=purchase)
        clock.move_to(booking.starts_at - 20 * HOUR)

        quote = api.as_(student).get("/api/bookings/123/cancellation-quote").json()

        assert (quote["tier"], quote["refund_amount"], quote["credit"]) == ("none", 0.0, "consumed")

    def test_by_an_admin_gives_what_the_admin_says(self, api, booking):
        sent = {"reason": "Ticket 7", "refund_percent": 50, "release_credit": False}

        body = api.as_(AdminFactory()).post("/api/bookings/123/cancel", sent).json()

        assert (body["cancelled_by"], body["refund_percent"], body["refund_amount"]) == ("admin", 50, 22.5)

    def test_by_a_party_does_not_listen_to_that(self, api, booking, student, clock):
        clock.move_to(booking.starts_at - HOUR)

        body = api.as_(student).post("/api/bookings/123/cancel", {"refund_percent": 100}).json()

        assert body["refund_percent"] == 0

    def test_twice_is_a_conflict_that_names_the_state(self, api, booking, student):
        client = api.as_(student)
        client.post("/api/bookings/123/cancel")

        answer = client.post("/api/bookings/123/cancel")

        assert answer.status_code == 409
        body = answer.json()
        assert (body["code"], body["current_state"], body["allowed"]) == ("INVALID_TRANSITION", "CANCELLED", [])

    def test_of_another_version_is_refused(self, api, booking, student):
        answer = api.as_(student).post("/api/bookings/123/cancel", headers={"If-Match": '"7"'})

        assert (answer.status_code, answer.json()["current_version"]) == (412, 1)


class TestMoving:
    @pytest.mark.parametrize("name", ["new_start_time", "new_start_at", "newStartAt"])
    def test_the_documents_example_and_the_clients(self, name, api, pending, student):
        sent = {name: "2025-01-26T14:00:00Z", "reason": "Emergency conflict"}

        answer = api.as_(student).post("/api/bookings/123/reschedule", sent)

        assert answer.status_code == 200
        body = answer.json()
        assert (body["start_time"], body["end_time"]) == ("2025-01-26T14:00:00Z", "2025-01-26T15:00:00Z")
        assert (body["id"], body["reschedule_count"], body["sequence"]) == (123, 1, 1)

    def test_proposes_up_to_three_times_of_which_the_other_side_takes_one(self, api, booking, student, tutor):
        options = ["2025-01-27T14:00:00Z", "2025-01-26T14:00:00Z", "2025-01-28T14:00:00Z"]

        asked = api.as_(tutor.user).post("/api/bookings/123/reschedule", {"options": options}).json()
        taken = api.as_(student).post("/api/bookings/123/reschedule/accept", {"option": 2}).json()

        assert (asked["status"], asked["start_time"]) == ("CONFIRMED", "2025-01-25T14:00:00Z")
        assert [option["start_time"] for option in asked["reschedule_request"]["options"]] == sorted(options)
        assert (taken["start_time"], taken["reschedule_request"]) == ("2025-01-27T14:00:00Z", None)

    def test_is_accepted_by_its_start_too(self, api, booking, student, tutor):
        rescheduling.reschedule_booking(123, actor=tutor.user, starts=[NOW.replace(day=26, hour=14, minute=0)])

        sent = {"start_at": "2025-01-26T14:00:00Z"}
        body = api.as_(student).post("/api/bookings/123/reschedule/accept", sent).json()

        assert body["start_time"] == "2025-01-26T14:00:00Z"

    @pytest.mark.parametrize(("answer", "by"), [("decline", "student"), ("withdraw", "tutor")])
    def test_stays_where_it_is_when_that_comes_to_nothing(self, answer, by, api, booking, student, tutor):
        people = {"student": student, "tutor": tutor.user}
        api.as_(tutor.user).post("/api/bookings/123/reschedule", {"new_start_at": "2025-01-26T14:00:00Z"})

        body = api.as_(people[by]).post(f"/api/bookings/123/reschedule/{answer}").json()

        assert (body["start_time"], body["reschedule_request"]) == ("2025-01-25T14:00:00Z", None)

    @pytest.mark.parametrize(
        ("sent", "status", "code"),
        [
            ({}, 400, "VALIDATION_ERROR"),
            ({"options": []}, 400, "VALIDATION_ERROR"),
            ({"options": ["2025-01-26T14:00:00Z"] * 4}, 400, "VALIDATION_ERROR"),
            ({"new_start_at": "2025-01-26T14:00:00"}, 400, "NAIVE_DATETIME"),
            ({"new_start_at": "2025-01-25T14:00:00Z"}, 400, "SAME_TIME"),
            ({"new_start_at": "2025-01-26T14:10:00Z"}, 409, "OUTSIDE_AVAILABILITY"),
            ({"new_start_at": "2025-01-24T11:00:00Z"}, 409, "TOO_SOON"),
        ],
    )
    def test_refusals(self, sent, status, code, api, pending, student):
        answer = api.as_(student).post("/api/bookings/123/reschedule", sent)

        assert (answer.status_code, answer.json()["code"]) == (status, code)


class TestTheTutorsSide:
    def test_confirming(self, api, pending, tutor):
        answer = api.as_(tutor.user).post("/api/tutor/bookings/123/confirm", {"notes_tutor": "Bring a ruler."})

        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["notes_tutor"]) == ("CONFIRMED", "Bring a ruler.")

    def test_declining(self, api, pending, tutor):
        sent = {"reason": "Not available at this time"}

        answer = api.as_(tutor.user).post("/api/tutor/bookings/123/decline", sent)

        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["cancel_reason"]) == ("DECLINED", sent["reason"])

    def test_marking_an_absent_student_as_the_document_does_it(self, api, booking, tutor, clock):
        """Without a body: attendance shows that the tutor was there."""
        AttendanceFactory(booking=booking, user=tutor.user, entered_at=booking.starts_at)
        clock.move_to(booking.starts_at + 15 * MINUTE)

        answer = api.as_(tutor.user).post("/api/tutor/bookings/123/mark-no-show-student")

        assert answer.status_code == 200
        body = answer.json()
        assert body["status"] == "NO_SHOW_STUDENT"
        assert body["no_show_claims"][0] == {
            "absent": "student",
            "state": "upheld",
            "created_at": "2025-01-25T14:15:00Z",
            "decided_at": "2025-01-25T14:15:00Z",
            "contest_until": "2025-01-28T14:15:00Z",
        }

    def test_marking_an_absent_student_as_the_client_does_it(self, api, booking, tutor, clock):
        clock.move_to(booking.starts_at + 15 * MINUTE)

        client = api.as_(tutor.user)
        unsaid = client.post("/api/tutor/bookings/123/mark-no-show-student")
        said = client.post("/api/tutor/bookings/123/mark-no-show-student", {"notes": "Nobody came."})

        assert (unsaid.status_code, unsaid.json()["code"]) == (409, "STATEMENT_REQUIRED")
        assert said.json()["status"] == "NO_SHOW_STUDENT"

    def test_marking_an_absent_tutor(self, api, booking, student, tutor, clock):
        clock.move_to(booking.starts_at + 15 * MINUTE)

        claimed = api.as_(student).post("/api/tutor/bookings/123/mark-no-show-tutor", {"notes": "Nobody came."})
        decided = api.as_(AdminFactory()).post("/api/tutor/bookings/123/mark-no-show-tutor")
        contested = api.as_(tutor.user).post("/api/bookings/123/contest-no-show", {"notes": "I was there."})

        assert (claimed.json()["status"], claimed.json()["no_show_claims"][0]["state"]) == ("CONFIRMED", "open")
        assert (decided.json()["status"], decided.json()["refund_percent"]) == ("NO_SHOW_TUTOR", 100)
        assert contested.json()["dispute_state"] == "open"

    def test_completing_and_waiving(self, api, booking, student, tutor, clock):
        other = BookingFactory(student=student, tutor=tutor, starts_at=booking.starts_at + 2 * HOUR)
        clock.move_to(booking.starts_at + 30 * MINUTE)
        cancelling.cancel_booking(other.pk, actor=student)
        client = api.as_(tutor.user)

        completed = client.post("/api/tutor/bookings/123/complete")
        waived = client.post(f"/api/tutor/bookings/{other.pk}/waive-late-cancel")

        assert completed.json()["status"] == "COMPLETED"
        assert (waived.json()["status"], waived.json()["refund_percent"]) == ("CANCELLED", 100)

    def test_is_not_the_students(self, api, pending, student):
        answer = api.as_(student).post("/api/tutor/bookings/123/confirm")

        assert (answer.status_code, answer.json()["code"]) == (403, "TUTORS_ONLY")


class TestTheLesson:
    def test_is_joined_and_left(self, api, booking, student, clock):
        clock.move_to(booking.starts_at)
        client = api.as_(student)

        joined = client.post("/api/bookings/123/join").json()
        left = client.post("/api/bookings/123/leave").json()

        assert joined["join_url"].endswith(f"/sessions/{booking.session_id}/room")
        assert (joined["session_status"], joined["status"]) == ("ongoing", "CONFIRMED")
        assert left["id"] == 123

    def test_has_its_times(self, api, booking, student):
        answer = api.as_(student).post("/api/bookings/123/join")

        assert (answer.status_code, answer.json()["code"]) == (409, "TOO_EARLY")
        assert answer.json()["allowed_at"] == "2025-01-25T13:45:00Z"


def no_extras():
    """The example without a subject and a package."""
    return {"subject_id": None, "use_package_id": None}


def ids(response):
    assert response.status_code == 200, response.json()
    return [item["id"] for item in response.json()["bookings"]]
