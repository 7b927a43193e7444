"""`/api/learners/{id}/sessions...`: the learner's list, hosting for peers, booking and giving up a seat."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from api.learner.examples import HOSTED, NEW, SESSION
from audit.models import AuditEntry
from notifications.models import Notification
from sessions_app.models import Participant, SessionKind, SessionStatus, TutoringSession
from tests.factories import (
    AdminFactory,
    BookingFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db


def tomorrow(**plus):
    return timezone.now().replace(microsecond=0) + timedelta(days=1, **plus)


def new(**changes):
    return {"title": "Compilers together", "date": tomorrow(), "maxParticipants": 4} | changes


@pytest.fixture
def hosted(learner):
    return SessionFactory(creator=learner, kind=SessionKind.PEER, starts_at=tomorrow())


class TestTheList:
    def test_it_is_a_bare_array_of_what_the_learner_hosts_has_joined_or_booked(self, mine, learner, hosted, path):
        joined = ParticipantFactory(user=learner).session
        lesson = BookingFactory(student=learner).session
        SessionFactory()

        answer = mine.get(path("sessions"))

        assert (answer.status_code, answer["X-Total-Count"]) == (200, "3")
        assert {row["id"]: row["myRole"] for row in answer.json()} == {
            hosted.pk: "creator",
            joined.pk: "participant",
            lesson.pk: "participant",
        }
        assert set(answer.json()[0]) == set(SESSION)

    @pytest.mark.parametrize("role", ["creator", "participant"])
    def test_by_role(self, role, mine, learner, hosted, path):
        rows = {"creator": hosted, "participant": ParticipantFactory(user=learner).session}

        assert [row["id"] for row in mine.get(path("sessions"), {"role": role}).json()] == [rows[role].pk]

    @pytest.mark.parametrize("status", SessionStatus.values)
    def test_by_status(self, status, mine, learner, path):
        of_status = {each: ParticipantFactory(user=learner, session__status=each).session for each in SessionStatus}

        assert [row["id"] for row in mine.get(path("sessions"), {"status": status}).json()] == [of_status[status].pk]

    def test_by_dates_on_the_learners_wall_whoever_asks(self, api, mine, learner, path):
        learner.timezone = "America/New_York"
        learner.save()
        session = ParticipantFactory(
            user=learner, session__starts_at=datetime(2031, 3, 2, 3, 30, tzinfo=UTC)
        ).session  # which is still the first there

        for client in (mine, api.as_(AdminFactory())):
            found = {
                query: [row["id"] for row in client.get(f"{path('sessions')}?{query}").json()]
                for query in ("dateFrom=2031-03-01&dateTo=2031-03-01", "date_from=2031-03-02", "date_to=2031-02-28")
            }
            assert list(found.values()) == [[session.pk], [], []]

    def test_pages_and_order(self, mine, learner, path):
        sessions = [ParticipantFactory(user=learner, session__starts_at=tomorrow(hours=n)).session.pk for n in range(3)]

        page = mine.get(path("sessions"), {"ordering": "date", "page": 2, "limit": 2})

        assert ([row["id"] for row in page.json()], page["X-Total-Count"]) == ([sessions[2]], "3")
        assert 'rel="prev"' in page["Link"]
        assert mine.get(path("sessions"), {"page": 9}).json() == []

    @pytest.mark.parametrize("query", ["role=host", "status=over", "date_from=tomorrow", "page=x"])
    def test_a_filter_that_means_nothing_is_a_400(self, query, mine, path):
        assert mine.get(f"{path('sessions')}?{query}").status_code == 400

    @pytest.mark.parametrize("count", [1, 30])
    def test_it_costs_the_same_however_long_it_is(self, count, mine, learner, path, django_assert_num_queries):
        for _ in range(count):
            ParticipantFactory(user=learner)

        with django_assert_num_queries(3):  # who asks, how many, which
            assert len(mine.get(path("sessions"), {"limit": 100}).json()) == count


class TestHosting:
    def test_the_example_makes_a_peer_session_of_the_learner(self, mine, learner, path):
        subject = SubjectFactory()

        answer = mine.post(path("sessions"), NEW | {"subjectId": subject.pk, "date": "2090-02-03T16:00:00Z"})

        body = answer.json()
        assert (answer.status_code, answer["ETag"]) == (201, '"1"')
        assert set(body) == set(HOSTED)
        assert (body["kind"], body["status"], body["myRole"]) == ("peer", "upcoming", "creator")
        assert (body["creator"]["id"], body["creator"]["email"]) == (learner.pk, "grace@example.com")
        assert (body["date"], body["durationMinutes"], body["availableSpots"]) == ("2090-02-03T16:00:00Z", 60, 6)
        session = TutoringSession.objects.get(pk=body["id"])
        assert (session.creator, session.kind, session.subject) == (learner, "peer", subject)
        assert AuditEntry.objects.get(action="session.created").actor_id == learner.pk

    def test_protected_fields_are_ignored(self, mine, learner, path):
        other = TutorFactory()
        protected = {
            "id": 7,
            "creator": other.pk,
            "creatorId": other.pk,
            "kind": "private",
            "status": "completed",
            "seatsTaken": 3,
            "version": 9,
            "actor": other.pk,
            "createdAt": "2020-01-01T00:00:00Z",
        }

        answer = mine.post(path("sessions"), new() | protected)

        session = TutoringSession.objects.get()
        assert answer.status_code == 201
        assert (session.creator, session.kind, session.status) == (learner, "peer", "upcoming")
        assert (session.seats_taken, session.version) == (0, 1)
        assert session.created_at.year > 2020

    def test_a_host_is_in_one_place_at_a_time(self, mine, hosted, path):
        answer = mine.post(path("sessions"), new(date=hosted.starts_at + timedelta(minutes=30)))

        assert (answer.status_code, answer.json()["code"]) == (409, "TIME_CONFLICT")
        assert [clash["id"] for clash in answer.json()["conflicts"]] == [hosted.pk]
        assert TutoringSession.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title": ""}, "title"),
            ({"maxParticipants": 1}, "maxParticipants"),
            ({"maxParticipants": 21}, "maxParticipants"),
            ({"durationMinutes": 7}, "durationMinutes"),
            ({"date": "2026-01-01T10:00:00Z"}, "date"),
            ({"date": "2090-01-01T10:00:00"}, "date"),
            ({"subjectId": 999}, "subjectId"),
            ({"level": "expert"}, "level"),
        ],
    )
    def test_the_rules_are_those_of_every_session(self, changes, field, mine, path):
        answer = mine.post(path("sessions"), new(**changes))

        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
        assert not TutoringSession.objects.exists()

    def test_the_same_request_with_the_same_key_makes_one(self, mine, path):
        body = new()

        answers = [mine.post(path("sessions"), body, HTTP_IDEMPOTENCY_KEY="one") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert TutoringSession.objects.count() == 1

    def test_others_find_it_and_join_it_but_do_not_see_a_students_address(self, api, hosted):
        other = StudentFactory()

        before = api.as_(other).get(f"/api/sessions/{hosted.pk}").json()
        joined = api.as_(other).post(f"/api/sessions/{hosted.pk}/join")

        assert (before["kind"], before["creator"]["email"]) == ("peer", None)
        assert joined.status_code == 201
        assert joined.json()["session"]["creator"]["email"] == "grace@example.com"

    def test_changing_any_part_leaves_the_rest_and_tells_who_is_in_it(self, mine, hosted, path):
        seat = ParticipantFactory(session=hosted)

        answer = mine.put(path("sessions", hosted.pk), {"title": "Parsers together"})

        assert (answer.status_code, answer.json()["title"], answer["ETag"]) == (200, "Parsers together", '"2"')
        hosted.refresh_from_db()
        assert (hosted.title, hosted.max_participants) == ("Parsers together", 8)
        assert Notification.objects.get().recipient == seat.user

    def test_a_version_that_is_not_the_current_one_is_a_412(self, mine, hosted, path):
        answers = [
            mine.put(path("sessions", hosted.pk), {"title": "Other"}, HTTP_IF_MATCH='"9"'),
            mine.delete(path("sessions", hosted.pk), HTTP_IF_MATCH='"9"'),
        ]

        assert [answer.status_code for answer in answers] == [412, 412]
        hosted.refresh_from_db()
        assert (hosted.title, hosted.deleted_at) == ("Algebra together", None)

    def test_deleting_answers_success_and_it_is_gone(self, mine, hosted, path):
        answer = mine.delete(path("sessions", hosted.pk))

        assert (answer.status_code, answer.json()) == (
            *(200, {"success": True, "message": "Session deleted successfully"}),
        )
        assert mine.get(path("sessions")).json() == []
        assert mine.delete(path("sessions", hosted.pk)).status_code == 404

    def test_one_that_has_begun_is_not_deleted(self, mine, learner, path):
        session = SessionFactory(creator=learner, kind=SessionKind.PEER, status=SessionStatus.ONGOING)

        answer = mine.delete(path("sessions", session.pk))

        assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_TRANSITION")
        session.refresh_from_db()
        assert session.deleted_at is None

    @pytest.mark.parametrize("method", ["put", "delete"])
    def test_a_session_that_another_hosts_is_not_the_learners_to_change(self, method, mine, learner, path):
        joined = ParticipantFactory(user=learner).session

        answer = getattr(mine, method)(path("sessions", joined.pk), {"title": "Mine now"})

        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_THE_CREATOR")
        joined.refresh_from_db()
        assert (joined.title, joined.deleted_at) == ("Algebra together", None)


class TestBooking:
    def test_it_takes_a_seat(self, mine, learner, path):
        session = SessionFactory()

        answer = mine.post(path("sessions", session.pk, "book"), {"learnerId": learner.pk})

        body = answer.json()
        assert (answer.status_code, body["success"], body["message"]) == (201, True, "Session booked successfully")
        assert (body["session"]["id"], body["session"]["myRole"]) == (session.pk, "participant")
        assert [seat["user"]["id"] for seat in body["session"]["participants"]] == [learner.pk]
        assert body["conflicts"] == []
        assert Notification.objects.get().recipient == session.creator

    def test_the_body_may_be_left_out(self, mine, path):
        assert mine.post(path("sessions", SessionFactory().pk, "book")).status_code == 201

    @pytest.mark.parametrize("method", ["post", "delete"])
    def test_a_learner_in_the_body_must_be_the_one_of_the_path(self, method, mine, learner, path):
        session = ParticipantFactory(user=learner).session if method == "delete" else SessionFactory()
        seats_before = list(Participant.objects.values())

        answer = getattr(mine, method)(path("sessions", session.pk, "book"), {"learnerId": StudentFactory().pk})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["learnerId"])
        assert list(Participant.objects.values()) == seats_before

    def test_a_clash_is_allowed_and_named(self, mine, learner, path):
        other = ParticipantFactory(user=learner, session__starts_at=tomorrow()).session

        answer = mine.post(path("sessions", SessionFactory(starts_at=tomorrow(minutes=30)).pk, "book"))

        assert [clash["id"] for clash in answer.json()["conflicts"]] == [other.pk]

    def test_refusals_are_conflicts_with_their_codes(self, mine, learner, hosted, path):
        full = SessionFactory(max_participants=2)
        ParticipantFactory.create_batch(2, session=full)
        sessions = {
            "SESSION_FULL": full,
            "OWN_SESSION": hosted,
            "ALREADY_JOINED": ParticipantFactory(user=learner).session,
            "CANNOT_JOIN": SessionFactory(status=SessionStatus.CANCELLED),
        }
        seats = Participant.objects.count()

        answers = {code: mine.post(path("sessions", session.pk, "book")) for code, session in sessions.items()}

        assert {code: (answer.status_code, answer.json()["code"]) for code, answer in answers.items()} == {
            code: (409, code) for code in sessions
        }
        assert Participant.objects.count() == seats

    def test_giving_the_seat_up(self, mine, learner, path):
        seat = ParticipantFactory(user=learner)

        answer = mine.delete(path("sessions", seat.session.pk, "book"))

        body = answer.json()
        assert (answer.status_code, body["success"], body["message"]) == (200, True, "Booking cancelled successfully")
        assert (body["session"]["participants"], body["session"]["myRole"]) == ([], None)
        seat.refresh_from_db()
        assert seat.state == "left"

    def test_a_seat_that_the_learner_does_not_have_cannot_be_given_up(self, mine, path):
        theirs = ParticipantFactory()

        answer = mine.delete(path("sessions", theirs.session.pk, "book"))

        assert (answer.status_code, answer.json()["code"]) == (409, "NOT_JOINED")
        theirs.refresh_from_db()
        assert theirs.state == "joined"

    def test_a_private_lesson_is_its_bookings_to_cancel(self, mine, learner, path):
        booking = BookingFactory(student=learner)

        answer = mine.delete(path("sessions", booking.session_id, "book"))

        assert (answer.status_code, answer.json()["code"]) == (409, "PRIVATE_SESSION")

    def test_the_same_key_takes_one_seat(self, mine, path):
        session = SessionFactory()

        answers = [mine.post(path("sessions", session.pk, "book"), HTTP_IDEMPOTENCY_KEY="one") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert Participant.objects.count() == 1


class TestAnAdminInALearnersPlace:
    @pytest.fixture
    def admin(self):
        return AdminFactory()

    @pytest.fixture
    def helper(self, api, admin):
        return api.as_(admin)

    def test_it_is_the_learners_session_and_the_admin_is_on_record(self, helper, admin, learner, path):
        made = helper.post(path("sessions"), new())
        pk = made.json()["id"]
        changed = helper.put(path("sessions", pk), {"title": "Better"})
        deleted = helper.delete(path("sessions", pk))

        assert [answer.status_code for answer in (made, changed, deleted)] == [201, 200, 200]
        assert (made.json()["creator"]["id"], made.json()["myRole"]) == (learner.pk, "creator")
        actions = ["session.created", "session.updated", "session.deleted"]
        recorded = AuditEntry.objects.order_by("id").values_list("action", "actor_id", "after__in_place_of")
        assert list(recorded) == [(action, admin.pk, learner.pk) for action in actions]

    def test_it_is_the_learners_seat_and_the_admin_is_on_record(self, helper, admin, learner, path):
        session = SessionFactory()

        booked = helper.post(path("sessions", session.pk, "book"), {"learnerId": learner.pk})
        given_up = helper.delete(path("sessions", session.pk, "book"))

        assert (booked.status_code, given_up.status_code) == (201, 200)
        assert booked.json()["session"]["myRole"] == "participant"
        assert Participant.objects.get().user == learner
        assert list(AuditEntry.objects.order_by("id").values_list("action", "actor_id", "after")) == [
            ("session.joined", admin.pk, {"in_place_of": learner.pk}),
            ("session.left", admin.pk, {"in_place_of": learner.pk}),
        ]

    def test_it_is_no_way_to_the_sessions_of_others(self, helper, path):
        lesson, group = BookingFactory().session, SessionFactory()

        answers = [
            helper.put(path("sessions", lesson.pk), {"title": "X"}),
            helper.delete(path("sessions", lesson.pk)),
            helper.put(path("sessions", group.pk), {"title": "X"}),
            helper.delete(path("sessions", group.pk)),
        ]

        assert [answer.status_code for answer in answers] == [404, 404, 403, 403]
        assert not TutoringSession.objects.filter(title="X").exists()
        assert not TutoringSession.objects.exclude(deleted_at=None).exists()
