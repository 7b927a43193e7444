"""The chapter on reviews of the edustream document, and the reviews of its chapter on tutors."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import TutorStatus
from bookings.models import BookingStatus, Review, ReviewKind, ReviewReport, ReviewState
from bookings.services import ratings
from notifications.models import Notification
from tests.factories import (
    AdminFactory,
    BookingFactory,
    ReviewFactory,
    StudentFactory,
    TutorFactory,
    TutorProfileFactory,
)
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

LISTS = pytest.mark.parametrize("path", ["/api/tutors/{}/reviews", "/api/reviews/tutors/{}", "/api/reviews/tutors/{}/"])
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lesson(ended=DAY, **changes):
    """A completed lesson that ended a while ago."""
    ends_at = timezone.now() - ended
    times = {"starts_at": ends_at - HOUR, "ends_at": ends_at}
    return BookingFactory(**({"status": BookingStatus.COMPLETED} | times | changes))


def told(user):
    return list(Notification.objects.filter(recipient=user).values_list("type", flat=True))


@pytest.fixture
def review():
    """Written a moment ago, and counted."""
    made = ReviewFactory(booking=lesson())
    ratings.recompute(made.tutor_id, now=timezone.now())
    return made


class TestWriting:
    def test_the_documents_example(self, api):
        with time_machine.travel("2025-01-24T10:30:00Z", tick=False):
            booking = lesson()
            response = api.as_(booking.student).post(
                "/api/reviews",
                {"booking_id": booking.pk, "rating": 5, "comment": "Excellent session! Very helpful and patient."},
            )

        assert response.status_code == 201
        example = {
            "id": Review.objects.get().pk,
            "booking_id": booking.pk,
            "tutor_id": booking.tutor_id,
            "student_id": booking.student_id,
            "rating": 5,
            "comment": "Excellent session! Very helpful and patient.",
            "created_at": "2025-01-24T10:30:00Z",
        }
        assert differences(response.json(), example) == []

    def test_tells_the_tutor_and_changes_the_tutors_rating(self, api):
        booking = lesson()

        api.as_(booking.student).post("/api/reviews", {"bookingId": booking.pk, "rating": 4})

        booking.tutor.refresh_from_db()
        assert (booking.tutor.average_rating, booking.tutor.total_reviews) == (4, 1)
        assert told(booking.tutor.user) == ["review_received"]

    def test_takes_sub_scores(self, api):
        booking = lesson()
        body = {"booking_id": booking.pk, "rating": 5, "clarity": 4, "progress": None}

        response = api.as_(booking.student).post("/api/reviews", body)

        assert (response.json()["clarity"], response.json()["progress"], response.json()["comment"]) == (4, None, "")

    @pytest.mark.parametrize("status", sorted(set(BookingStatus) - {"completed", "no_show_tutor"}))
    def test_of_a_lesson_that_did_not_take_place_is_400(self, api, status):
        booking = lesson(status=status)

        response = api.as_(booking.student).post("/api/reviews", {"booking_id": booking.pk, "rating": 5})

        assert (response.status_code, response.json()["code"]) == (400, "NOT_REVIEWABLE")
        assert not Review.objects.exists()

    def test_twice_is_400(self, api, review):
        response = api.as_(review.student).post("/api/reviews", {"booking_id": review.booking_id, "rating": 1})

        assert (response.status_code, response.json()["code"]) == (400, "ALREADY_REVIEWED")
        assert Review.objects.get().rating == 5

    def test_of_somebody_elses_booking_is_as_of_one_that_is_not_there(self, api):
        booking, client = lesson(), api.as_(StudentFactory())

        answers = [client.post("/api/reviews", {"booking_id": pk, "rating": 5}) for pk in (booking.pk, 999_999)]

        assert [(a.status_code, a.json()["message"]) for a in answers] == [(404, "Booking not found")] * 2

    @pytest.mark.parametrize("make", [TutorFactory, AdminFactory])
    def test_is_for_students(self, api, make):
        response = api.as_(make()).post("/api/reviews", {"booking_id": lesson().pk, "rating": 5})

        assert (response.status_code, response.json()["code"]) == (403, "STUDENTS_ONLY")

    @pytest.mark.parametrize(("ended", "status"), [(14 * DAY - HOUR, 201), (14 * DAY + HOUR, 400)])
    def test_is_possible_for_14_days(self, api, ended, status):
        booking = lesson(ended)

        response = api.as_(booking.student).post("/api/reviews", {"booking_id": booking.pk, "rating": 5})

        assert response.status_code == status
        assert response.json().get("code") == (None if status == 201 else "REVIEW_WINDOW_CLOSED")

    def test_of_what_was_refunded_in_full_is_400_but_not_of_an_absent_tutor(self, api):
        refunded = lesson(refund_percent=100)
        absent = lesson(status=BookingStatus.NO_SHOW_TUTOR, refund_percent=100)

        answers = [
            api.as_(booking.student).post("/api/reviews", {"booking_id": booking.pk, "rating": 1})
            for booking in (refunded, absent)
        ]

        assert [answer.status_code for answer in answers] == [400, 201]
        assert answers[1].json()["kind"] == "no_show"

    @pytest.mark.parametrize(
        "wrong", [{"rating": 0}, {"rating": 6}, {"rating": 4.5}, {"comment": "x" * 2001}, {"clarity": 6}], ids=str
    )
    def test_refuses_what_cannot_be(self, api, wrong):
        booking = lesson()

        response = api.as_(booking.student).post("/api/reviews", {"booking_id": booking.pk, "rating": 5} | wrong)

        assert (response.status_code, list(response.json()["errors"])) == (400, list(wrong))

    def test_needs_a_booking_and_stars(self, api):
        response = api.as_(StudentFactory()).post("/api/reviews", {})

        assert sorted(response.json()["errors"]) == ["booking_id", "rating"]

    def test_twice_with_one_key_writes_one(self, api):
        booking = lesson()
        body, client = {"booking_id": booking.pk, "rating": 5}, api.as_(booking.student)

        answers = [client.post("/api/reviews", body, headers={"Idempotency-Key": "a"}) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert Review.objects.count() == 1


class TestTheList:
    @LISTS
    def test_the_documents_example(self, api, path):
        with time_machine.travel("2025-01-20T15:30:00.000Z", tick=False):
            review = ReviewFactory(
                booking=lesson(student=StudentFactory(first_name="Jane", last_name="Doe")),
                comment="Excellent tutor! Very patient and knowledgeable.",
                response="Thank you for the kind words!",
                responded_at=timezone.now(),
            )

        response = api.get(path.format(review.tutor_id))

        example = {
            "id": review.pk,
            "student_name": "Jane Doe",
            "rating": 5,
            "comment": "Excellent tutor! Very patient and knowledgeable.",
            "created_at": "2025-01-20T15:30:00Z",
            "tutor_response": "Thank you for the kind words!",
            "booking_id": review.booking_id,
        }
        assert response.status_code == 200
        assert differences(response.json(), [example]) == []
        assert response["X-Total-Count"] == "1"

    @LISTS
    def test_is_this_tutors_newest_first_without_what_is_hidden_or_of_an_absent_tutor(self, api, path):
        tutor = TutorProfileFactory()
        first, second = (ReviewFactory(booking=lesson(days * DAY, tutor=tutor)) for days in (1, 2))
        ReviewFactory(booking=lesson(3 * DAY, tutor=tutor), state=ReviewState.HIDDEN)
        absent = ReviewFactory(booking=lesson(4 * DAY, tutor=tutor), kind=ReviewKind.NO_SHOW)
        ReviewFactory()

        found = api.get(path.format(tutor.pk)).json()

        assert [item["id"] for item in found] == [second.pk, first.pk]
        assert [item["id"] for item in api.get(path.format(tutor.pk) + "?kind=no_show").json()] == [absent.pk]

    def test_narrows_by_stars_and_comes_in_pages(self, api):
        tutor = TutorProfileFactory()
        for days, stars in enumerate((5, 4, 4), start=1):
            ReviewFactory(booking=lesson(days * DAY, tutor=tutor), rating=stars)
        path = f"/api/tutors/{tutor.pk}/reviews"

        assert [item["rating"] for item in api.get(f"{path}?rating=4").json()] == [4, 4]
        assert api.get(f"{path}?page=2&page_size=2")["X-Total-Count"] == "3"
        assert len(api.get(f"{path}?page=2&page_size=2").json()) == 1

    @pytest.mark.parametrize("query", ["rating=6", "rating=x", "rating=4.5", "kind=x", "page=x"])
    def test_refuses_a_bad_question(self, api, query):
        assert api.get(f"/api/tutors/{TutorProfileFactory().pk}/reviews?{query}").status_code == 400

    @pytest.mark.parametrize("status", sorted(set(TutorStatus) - {TutorStatus.APPROVED}))
    def test_of_a_tutor_whom_nobody_finds_is_404(self, api, status):
        assert api.get(f"/api/tutors/{TutorProfileFactory(status=status).pk}/reviews").status_code == 404

    def test_of_an_unknown_tutor_is_404(self, api):
        assert api.get("/api/reviews/tutors/999999").status_code == 404

    def test_keeps_the_words_but_not_the_name_of_who_left(self, api, review):
        review.student.deleted_at = timezone.now()
        review.student.save()

        (shown,) = api.get(f"/api/tutors/{review.tutor_id}/reviews").json()

        assert (shown["student_name"], shown["comment"]) == ("Former student", review.comment)

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_however_long_it_is(self, api, count, django_assert_num_queries):
        tutor = TutorProfileFactory()
        for number in range(count):
            ReviewFactory(booking=lesson(timedelta(hours=2 * number), tutor=tutor))

        with django_assert_num_queries(3):  # the tutor, how many, which
            assert len(api.get(f"/api/tutors/{tutor.pk}/reviews?page_size=100").json()) == count


class TestChanging:
    def change(self, api, review, user=None, **body):
        return api.as_(user or review.student).patch(f"/api/reviews/{review.pk}", body)

    def test_keeps_what_it_said_before_and_shows_that_it_was_edited(self, api, review):
        response = self.change(api, review, rating=3, comment="On second thoughts.")

        shown = {name: response.json()[name] for name in ("rating", "comment", "edited")}
        assert shown == {"rating": 3, "comment": "On second thoughts.", "edited": True}
        assert list(review.edits.values_list("rating", "comment")) == [(5, review.comment)]
        review.tutor.refresh_from_db()
        assert review.tutor.average_rating == 3

    def test_to_what_it_says_already_is_no_edit(self, api, review):
        response = self.change(api, review, rating=5)

        assert (response.status_code, response.json()["edited"], review.edits.count()) == (200, False, 0)

    @pytest.mark.parametrize(
        ("state", "status"),
        [
            ({"created_at": -timedelta(hours=47)}, 200),
            ({"created_at": -timedelta(hours=49)}, 409),
            ({"response": "Thank you"}, 409),
            ({"state": ReviewState.HIDDEN}, 409),
        ],
        ids=str,
    )
    def test_is_possible_for_48_hours_until_it_is_answered_or_hidden(self, api, review, state, status):
        if "created_at" in state:
            state = {"created_at": timezone.now() + state["created_at"]}
        Review.objects.filter(pk=review.pk).update(**state)

        response = self.change(api, review, rating=3)

        assert response.status_code == status
        review.refresh_from_db()
        assert review.rating == (3 if status == 200 else 5)

    def test_is_for_its_author(self, api, review):
        assert self.change(api, review, StudentFactory(), rating=1).status_code == 404
        assert self.change(api, review, review.tutor.user, rating=5).status_code == 403
        assert self.change(api, review, AdminFactory(), rating=5).status_code == 403


class TestAnswering:
    def answer(self, api, review, user=None, method="post", **body):
        client = api.as_(user or review.tutor.user)
        return getattr(client, method)(f"/api/reviews/{review.pk}/response", body or {"response": "Thank you!"})

    @pytest.mark.parametrize("name", ["response", "text", "responseText", "tutor_response"])
    def test_is_understood_by_every_name_that_clients_have_for_it(self, api, review, name):
        response = self.answer(api, review, **{name: "Thank you!"})

        assert (response.status_code, response.json()["tutor_response"]) == (201, "Thank you!")
        assert told(review.student) == ["review_answered"]

    def test_happens_once_and_can_be_changed_for_48_hours(self, api, review):
        assert self.answer(api, review, method="patch").status_code == 409
        self.answer(api, review)
        assert self.answer(api, review).json()["code"] == "ALREADY_ANSWERED"

        changed = self.answer(api, review, method="patch", text="Thanks.")
        assert (changed.status_code, changed.json()["tutor_response"]) == (200, "Thanks.")
        assert changed.json()["response_edited_at"]

        Review.objects.update(responded_at=timezone.now() - timedelta(hours=49))
        late = self.answer(api, review, method="patch", text="No thanks.")
        assert (late.status_code, late.json()["code"]) == (409, "RESPONSE_REFUSED")

    @pytest.mark.parametrize(
        "state", [{"created_at": timezone.now() - timedelta(days=31)}, {"state": "hidden"}], ids=["late", "hidden"]
    )
    def test_is_refused_after_30_days_and_of_a_hidden_review(self, api, review, state):
        Review.objects.update(**state)

        response = self.answer(api, review)

        assert (response.status_code, response.json()["code"]) == (409, "RESPONSE_REFUSED")

    def test_is_for_the_tutor_it_is_about(self, api, review):
        people = (TutorFactory(), review.student, AdminFactory())

        assert [self.answer(api, review, user).status_code for user in people] == [404, 403, 403]

    @pytest.mark.parametrize("body", [{"response": ""}, {"text": "x" * 1001}, {"words": "x"}], ids=["", "long", "none"])
    def test_has_1_to_1000_characters(self, api, review, body):
        assert self.answer(api, review, **body).status_code == 400


class TestReporting:
    def test_puts_it_before_a_moderator_and_leaves_it_where_it_is(self, api, review):
        response = api.as_(review.tutor.user).post(f"/api/reviews/{review.pk}/report", {"reason": "Not my lesson."})

        report = ReviewReport.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "message": "Review reported", "id": report.pk, "review_id": review.pk, "state": "open"
        }  # fmt: skip
        assert len(api.get(f"/api/tutors/{review.tutor_id}/reviews").json()) == 1

    def test_counts_once_a_person(self, api, review):
        client = api.as_(StudentFactory())

        answers = [client.post(f"/api/reviews/{review.pk}/report", {"reason": "Rude."}) for _ in range(2)]

        assert [a.status_code for a in answers] == [201, 409]
        assert answers[1].json()["code"] == "ALREADY_REPORTED"

    def test_needs_a_reason_and_a_review_that_is_there(self, api, review):
        client = api.as_(StudentFactory())
        assert client.post(f"/api/reviews/{review.pk}/report", {}).status_code == 400
        Review.objects.update(state=ReviewState.HIDDEN)

        assert client.post(f"/api/reviews/{review.pk}/report", {"reason": "Rude."}).status_code == 404
