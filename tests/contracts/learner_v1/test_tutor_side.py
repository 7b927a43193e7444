"""A tutor's sessions and students, as the learner_v1 client has them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Notification
from sessions_app.models import SessionStatus, TutoringSession
from tests.factories import (
    BookingFactory,
    ParticipantFactory,
    PastSessionFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db

SESSIONS = "/api/v1/tutor/sessions"
STUDENTS = "/api/v1/tutor/students"
LINK = "https://meet.example.com/abc"
REQUEST = {
    "title": "Optics",
    "description": "Lenses and mirrors.",
    "subject": "physics",
    "level": "Beginner",
    "startTime": "2099-01-01T12:00:00Z",
    "endTime": "2099-01-01T13:00:00Z",
    "maxParticipants": 6,
    "meetingLink": LINK,
    "meetingProvider": "Jitsi",
    "meetingId": "abc",
    "modules": ["Light", {"title": "Lenses"}],
}


@pytest.fixture
def ada():
    return TutorFactory(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def mine(api, ada):
    return api.as_(ada)


class TestSessions:
    @pytest.mark.parametrize("module", ["", "  ", {"title": ""}, {"title": " "}, {}])
    def test_have_no_module_without_a_title(self, mine, module):
        answer = mine.post(SESSIONS, REQUEST | {"subject": "", "modules": ["Light", module]})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["modules.1"])

    def test_may_be_for_those_whom_the_host_lets_in_and_for_enough_of_them(self, mine):
        SubjectFactory(name="Physics")
        wishes = {"needsApproval": True, "minParticipants": 3, "runsAnyway": True}

        answer = mine.post(SESSIONS, REQUEST | wishes)
        refused = mine.post(SESSIONS, REQUEST | {"minParticipants": 7})

        session = TutoringSession.objects.get()
        assert (answer.status_code, answer.json()["data"]["needsApproval"]) == (201, True)
        assert (session.needs_approval, session.min_participants, session.runs_anyway) == (True, 3, True)
        assert (refused.status_code, refused.json()["code"]) == (400, "MINIMUM_ABOVE_CAPACITY")

    def test_are_published_with_all_that_the_form_sends(self, mine, ada):
        SubjectFactory(name="Physics")

        answer = mine.post(SESSIONS, REQUEST)

        data, session = answer.json()["data"], TutoringSession.objects.get()
        assert (answer.status_code, session.kind, session.creator) == (201, "group", ada)
        assert (data["subject"], data["level"], data["duration"]) == ("Physics", "beginner", 60)
        assert (data["meetingLink"], data["meetingProvider"], data["meetingId"]) == (LINK, "Jitsi", "abc")
        assert (data["modules"], data["status"]) == (["Light", "Lenses"], "upcoming")
        assert mine.get(f"{SESSIONS}/{session.pk}").json()["data"] == data

    def test_need_no_more_than_title_start_and_seats(self, mine):
        sent = {name: REQUEST[name] for name in ("title", "startTime", "maxParticipants")}
        nothing = {"endTime": None, "level": None, "subject": None, "meetingLink": None, "description": None}

        data = mine.post(SESSIONS, sent | nothing).json()["data"]

        assert (data["duration"], data["subject"], data["meetingLink"], data["modules"]) == (60, "", None, [])

    def test_of_a_tutor_are_listed_with_the_booked_ones_the_latest_first(self, mine, ada):
        SessionFactory()
        PastSessionFactory(creator=ada, title="Past")
        SessionFactory(creator=ada, title="Next")
        BookingFactory(tutor=ada.tutor_profile)

        body = mine.get(SESSIONS).json()

        assert [row["title"] for row in body["data"]] == ["Lesson", "Next", "Past"]
        assert body["pagination"] == {"page": 1, "limit": 100, "total": 3}
        assert [row["title"] for row in mine.get(f"{SESSIONS}?status=completed").json()["data"]] == ["Past"]

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, mine, ada, count, django_assert_num_queries):
        for number in range(count):
            ParticipantFactory(
                session=SessionFactory(creator=ada, starts_at=timezone.now() + timedelta(days=number + 1))
            )

        with django_assert_num_queries(4):  # who asks, how many, which, their people
            assert len(mine.get(SESSIONS).json()["data"]) == count

    def test_of_others_do_not_exist_here(self, mine):
        other = SessionFactory()

        answers = [
            getattr(mine, method)(f"{SESSIONS}/{pk}", {"title": "Mine"})
            for method in ("get", "patch", "delete")
            for pk in (other.pk, 999_999_999)
        ]

        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "NOT_FOUND")}
        other.refresh_from_db()
        assert (other.title, other.deleted_at) == ("Algebra together", None)

    def test_are_for_tutors(self, api):
        as_student = api.as_(StudentFactory())

        answers = [as_student.get(SESSIONS), as_student.post(SESSIONS, REQUEST), api.get(SESSIONS)]

        assert [(a.status_code, a.json()["code"]) for a in answers] == [
            (403, "TUTOR_ONLY"),
            (403, "TUTOR_ONLY"),
            (401, "NO_TOKEN"),
        ]


class TestChanging:
    @pytest.fixture
    def session(self, ada):
        return SessionFactory(creator=ada, starts_at=timezone.now().replace(microsecond=0) + timedelta(days=3))

    def patch(self, mine, session, changes, **headers):
        return mine.patch(f"{SESSIONS}/{session.pk}", changes, **headers)

    def test_what_is_left_out_stays(self, mine, session):
        answer = self.patch(mine, session, {"meetingLink": LINK, "modules": ["One"]})

        session.refresh_from_db()
        assert answer.status_code == 200
        assert (session.meeting_link, session.modules, session.title) == (LINK, ["One"], "Algebra together")

    def test_another_end_alone_makes_it_longer(self, mine, session):
        end = session.starts_at + timedelta(minutes=90)

        data = self.patch(mine, session, {"endTime": end.isoformat()}).json()["data"]

        assert data["duration"] == 90

    def test_another_start_alone_moves_it(self, mine, session):
        start = session.starts_at + timedelta(days=1)

        self.patch(mine, session, {"startTime": start.isoformat()})

        session.refresh_from_db()
        assert (session.starts_at, session.duration_minutes) == (start, 60)

    def test_the_same_again_tells_nobody(self, mine, session):
        ParticipantFactory(session=session)

        self.patch(mine, session, {"title": session.title, "status": "upcoming", "startTime": session.starts_at})

        session.refresh_from_db()
        assert (session.version, Notification.objects.count()) == (1, 0)

    @pytest.mark.parametrize(
        ("before", "word", "after"),
        [
            ("upcoming", "cancelled", "cancelled"),
            ("upcoming", "canceled", "cancelled"),
            ("upcoming", "ongoing", "ongoing"),
            ("upcoming", "live", "ongoing"),
            ("ongoing", "completed", "completed"),
            ("ongoing", "cancelled", "cancelled"),
            ("upcoming", "Scheduled", "upcoming"),
        ],
    )
    def test_a_status_moves_it(self, mine, ada, before, word, after):
        session = SessionFactory(creator=ada, status=before)

        answer = self.patch(mine, session, {"status": word})

        assert (answer.status_code, answer.json()["data"]["status"]) == (200, after)

    def test_a_status_that_cannot_be_takes_the_other_changes_back(self, mine, session):
        ParticipantFactory(session=session)

        answer = self.patch(mine, session, {"title": "Changed", "status": "completed"})

        session.refresh_from_db()
        assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_TRANSITION")
        assert (session.title, session.status, Notification.objects.count()) == ("Algebra together", "upcoming", 0)

    def test_nothing_leads_back(self, mine, ada):
        session = SessionFactory(creator=ada, status=SessionStatus.ONGOING)

        assert self.patch(mine, session, {"status": "upcoming"}).json()["code"] == "INVALID_TRANSITION"

    def test_an_old_version_is_refused(self, mine, session):
        answers = [
            self.patch(mine, session, {"title": "Changed"}, HTTP_IF_MATCH='"7"'),
            self.patch(mine, session, {"status": "cancelled"}, HTTP_IF_MATCH='"7"'),
            mine.delete(f"{SESSIONS}/{session.pk}", HTTP_IF_MATCH='"7"'),
        ]

        assert {answer.status_code for answer in answers} == {412}
        session.refresh_from_db()
        assert (session.title, session.status, session.deleted_at) == ("Algebra together", "upcoming", None)

    def test_a_past_start_is_refused_by_its_name(self, mine, session):
        answer = self.patch(mine, session, {"startTime": "2020-01-01T12:00:00Z"})

        assert (answer.status_code, answer.json()["code"]) == (400, "PAST_DATE")
        assert list(answer.json()["errors"]) == ["startTime"]

    def test_seats_cannot_be_fewer_than_people(self, mine, session):
        ParticipantFactory.create_batch(3, session=session)

        answer = self.patch(mine, session, {"maxParticipants": 2})

        assert (answer.status_code, answer.json()["code"]) == (409, "CAPACITY_BELOW_PARTICIPANTS")

    def test_a_deleted_one_is_gone_and_its_people_are_told(self, mine, session):
        seat = ParticipantFactory(session=session)

        answer = mine.delete(f"{SESSIONS}/{session.pk}")

        assert (answer.status_code, answer.content) == (204, b"")
        assert mine.get(f"{SESSIONS}/{session.pk}").status_code == 404
        assert Notification.objects.get().recipient == seat.user


class TestStudents:
    @pytest.fixture
    def grace(self):
        return StudentFactory(first_name="Grace", last_name="Hopper", email="grace@example.com")

    def test_are_those_in_ones_sessions_with_what_the_client_reads(self, mine, ada, grace):
        past = ParticipantFactory(session=PastSessionFactory(creator=ada), user=grace).session
        next_one = ParticipantFactory(session=SessionFactory(creator=ada), user=grace).session
        ParticipantFactory(
            session=SessionFactory(creator=ada, starts_at=past.starts_at - timedelta(days=9)), state="left"
        )
        ParticipantFactory(user=grace)

        (student,) = mine.get(STUDENTS).json()["data"]

        assert (student["_id"], student["name"], student["email"]) == (str(grace.pk), "Grace Hopper", grace.email)
        assert [shared["sessionId"] for shared in student["sessions"]] == [str(next_one.pk), str(past.pk)]
        assert set(student["sessions"][0]) == {"sessionId", "title", "status", "startTime", "endTime"}
        counted = (student["totalSessions"], student["completedSessions"], student["upcomingSessions"])
        assert counted == (2, 1, 1)

    def test_with_a_booked_lesson_are_among_them(self, mine, ada, grace):
        BookingFactory(tutor=ada.tutor_profile, student=grace)

        assert [row["_id"] for row in mine.get(STUDENTS).json()["data"]] == [str(grace.pk)]

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, mine, ada, count, django_assert_num_queries):
        session = SessionFactory(creator=ada, max_participants=20)
        other = SessionFactory(creator=ada, max_participants=20, starts_at=timezone.now() + timedelta(days=5))
        for number in range(count):
            ParticipantFactory(session=session if number < 20 else other)

        with django_assert_num_queries(4):  # who asks, how many, which, their sessions
            assert len(mine.get(STUDENTS).json()["data"]) == count

    def test_are_found_by_name_ones_own_first_and_with_their_address_only(self, mine, ada, grace):
        other = StudentFactory(first_name="Grace", last_name="Abbott")
        TutorFactory(first_name="Grace")
        ParticipantFactory(session=SessionFactory(creator=ada), user=grace)

        found = mine.get(f"{STUDENTS}/search?search=grace").json()["data"]

        assert [(row["_id"], row["email"], row["isOwnStudent"]) for row in found] == [
            (str(grace.pk), "grace@example.com", True),
            (str(other.pk), None, False),
        ]

    @pytest.mark.parametrize("query", ["", "search=", "search=g", "search=%20"])
    def test_without_a_word_are_ones_own(self, mine, ada, grace, query):
        StudentFactory(first_name="Grace")
        ParticipantFactory(session=SessionFactory(creator=ada), user=grace)

        assert [row["_id"] for row in mine.get(f"{STUDENTS}/search?{query}").json()["data"]] == [str(grace.pk)]

    def test_of_a_session_are_left_out_of_what_can_be_added_to_it(self, mine, ada, grace):
        session = ParticipantFactory(session=SessionFactory(creator=ada), user=grace).session
        other = StudentFactory(first_name="Grace", last_name="Abbott")
        ParticipantFactory(session=session, user=other, state="left")

        found = mine.get(f"{STUDENTS}/search?search=grace&sessionId={session.pk}").json()["data"]

        assert [row["_id"] for row in found] == [str(other.pk)]
        assert mine.get(f"{STUDENTS}/search?search=grace&sessionId={SessionFactory().pk}").status_code == 404
        assert mine.get(f"{STUDENTS}/search?sessionId=abc").status_code == 400

    def test_who_left_the_site_are_not_found(self, mine, ada, grace):
        ParticipantFactory(session=SessionFactory(creator=ada), user=grace)
        grace.is_active, grace.deleted_at = False, timezone.now()
        grace.save()

        assert mine.get(STUDENTS).json()["data"] == mine.get(f"{STUDENTS}/search?search=grace").json()["data"] == []


@pytest.mark.parametrize("path", ["status", "auth-url", "create", "meetings/7"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_google_meet_is_not_set_up_and_says_so(mine, path, method):
    answer = getattr(mine, method)(f"/api/v1/tutor/google-meet/{path}")

    assert (answer.status_code, answer.json()["code"]) == (501, "GOOGLE_MEET_NOT_CONFIGURED")
    assert "link" in answer.json()["message"]
