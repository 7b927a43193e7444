"""Sessions as the learner_v1 client lists, reads, makes and rates them."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from bookings.models import Review
from notifications.models import Notification
from sessions_app.models import SessionRating, SessionStatus, TutoringSession
from tests.factories import (
    AdminFactory,
    BookingFactory,
    JoinRequestFactory,
    MaterialFactory,
    ParticipantFactory,
    PastSessionFactory,
    SessionFactory,
    SessionRatingFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    WaitlistEntryFactory,
)
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

WHEN = "2026-01-31T14:00:00Z"
AVATAR = "http://127.0.0.1:8000/api/avatars/default.png"
LEARNER = "/api/v1/learner/sessions"
LINK = "https://meet.example.com/abc"


@pytest.fixture
def grace():
    return StudentFactory(first_name="Grace", last_name="Hopper")


@pytest.fixture
def ada():
    return TutorFactory(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def mine(api, grace):
    return api.as_(grace)


def titles(answer):
    return [row["title"] for row in answer.json()["data"]]


class TestTheSessionObject:
    def test_has_exactly_what_the_learners_pages_need(self, api, grace, ada):
        with time_machine.travel(WHEN, tick=False):
            session = SessionFactory(
                creator=ada,
                subject=SubjectFactory(name="Physics"),
                level="beginner",
                meeting_link=LINK,
                modules=["Light"],
            )
            ParticipantFactory(session=session, user=grace)

        shown = {
            "_id": str(session.pk),
            "id": str(session.pk),
            "title": "Algebra together",
            "description": "Bring your questions.",
            "subject": "Physics",
            "level": "beginner",
            "startTime": "2026-02-01T14:00:00Z",
            "endTime": "2026-02-01T15:00:00Z",
            "duration": 60,
            "maxParticipants": 8,
            "studentIds": [str(grace.pk)],
            "studentCount": 1,
            "availableSpots": 7,
            "modules": ["Light"],
            "createdAt": WHEN,
            "status": "upcoming",
            "tutor": {
                "_id": str(ada.pk),
                "id": str(ada.pk),
                "profileId": str(ada.tutor_profile.pk),
                "name": "Ada Lovelace",
                "avatar": AVATAR,
                "rating": 0,
                "reviewCount": 0,
                "hourlyRate": 45,
            },
            "meetingLink": LINK,
            "enrollmentStatus": "enrolled",
        }
        for path in (f"{LEARNER}/{session.pk}", f"/api/v1/sessions/{session.pk}"):
            answer = api.as_(grace).get(path)
            assert differences(answer.json(), {"status": "success", "data": shown}) == []
        assert api.as_(grace).get(LEARNER).json()["data"][0]["session"]["meetingLink"] == LINK

    def test_shows_the_way_in_to_its_people_only(self, api, grace, ada):
        session = SessionFactory(creator=ada, meeting_link=LINK, meeting_provider="Jitsi", meeting_id="7")
        ParticipantFactory(session=session, user=grace)
        gone = ParticipantFactory(session=session, state="left").user
        path = f"/api/v1/sessions/{session.pk}"

        def way_in(user):
            data = api.as_(user).get(path).json()["data"]
            return data["meetingLink"], data["meetingProvider"], data["meetingId"]

        assert {way_in(user) for user in (grace, ada, AdminFactory())} == {(LINK, "Jitsi", "7")}
        assert {way_in(user) for user in (gone, StudentFactory(), TutorFactory())} == {(None, None, None)}
        assert LINK not in api.as_(StudentFactory()).get(f"{LEARNER}/browse").content.decode()

    def test_names_no_address_of_anybody(self, api, grace, ada):
        seat = ParticipantFactory(session=SessionFactory(creator=ada))

        text = api.as_(grace).get(f"{LEARNER}/{seat.session.pk}").content.decode()

        assert ada.email not in text
        assert seat.user.email not in text

    def test_of_a_private_session_is_there_for_its_parties_only(self, api, grace):
        booking = BookingFactory(student=grace)
        paths = [f"{LEARNER}/{booking.session_id}", f"/api/v1/sessions/{booking.session_id}"]

        assert {api.as_(grace).get(path).status_code for path in paths} == {200}
        assert {api.as_(StudentFactory()).get(path).status_code for path in paths} == {404}

    def test_of_a_host_who_left_has_neither_name_nor_picture(self, api, grace, ada):
        session = SessionFactory(creator=ada)
        ada.deleted_at = timezone.now()
        ada.save()

        tutor = api.as_(grace).get(f"/api/v1/sessions/{session.pk}").json()["data"]["tutor"]

        assert (tutor["name"], tutor["avatar"]) == ("Former user", AVATAR)


class TestMySessions:
    def test_are_those_that_one_joined_or_hosts_the_latest_first(self, mine, grace):
        SessionFactory()
        ParticipantFactory(session=PastSessionFactory(title="Past"), user=grace)
        ParticipantFactory(session__title="Joined", user=grace)
        SessionFactory(title="Hosted", creator=grace, kind="peer", starts_at=timezone.now() + timedelta(days=2))

        body = mine.get(LEARNER).json()

        found = [(row["session"]["title"], row["enrollmentStatus"]) for row in body["data"]]
        assert found == [("Hosted", "host"), ("Joined", "enrolled"), ("Past", "enrolled")]
        assert body["pagination"] == {"page": 1, "limit": 100, "total": 3}

    def test_are_those_too_that_one_asks_or_waits_for(self, mine, grace):
        tomorrow = timezone.now() + timedelta(days=1)
        JoinRequestFactory(session__title="Asked", session__starts_at=tomorrow + timedelta(hours=3), user=grace)
        WaitlistEntryFactory(session__title="Full", session__starts_at=tomorrow + timedelta(hours=2), user=grace)
        WaitlistEntryFactory(session__title="Mine to take", session__starts_at=tomorrow, user=grace, offered=True)
        JoinRequestFactory(), WaitlistEntryFactory()

        found = [(row["session"]["title"], row["enrollmentStatus"]) for row in mine.get(LEARNER).json()["data"]]

        assert found == [("Asked", "pending"), ("Full", "waitlisted"), ("Mine to take", "offered")]

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, mine, grace, count, django_assert_num_queries):
        for _ in range(count):
            ParticipantFactory(user=grace)

        with django_assert_num_queries(4):  # who asks, how many, which, their people
            assert len(mine.get(LEARNER).json()["data"]) == count


class TestBrowsing:
    BROWSE = f"{LEARNER}/browse"

    def test_finds_what_is_to_come(self, mine, grace):
        PastSessionFactory()
        SessionFactory(status=SessionStatus.CANCELLED)
        SessionFactory(deleted_at=timezone.now())
        BookingFactory(student=grace)
        ParticipantFactory(session__title="Joined", user=grace)
        SessionFactory(title="Open")

        body = mine.get(f"{self.BROWSE}?page=1&limit=5").json()

        assert {row["title"] for row in body["data"]} == {"Joined", "Open"}
        assert body["pagination"] == body["metadata"] == {"page": 1, "limit": 5, "total": 2}

    def test_or_only_what_could_be_joined(self, mine, grace):
        ParticipantFactory(user=grace)
        full = SessionFactory(max_participants=2)
        ParticipantFactory.create_batch(2, session=full)
        SessionFactory(title="Open")

        assert titles(mine.get(f"{LEARNER}/available")) == ["Open"]
        assert len(titles(mine.get(self.BROWSE))) == 3

    @pytest.fixture
    def three(self):
        now = timezone.now()
        made = [
            ("Soon and dear", 1, 90, "advanced", "Physics"),
            ("Later and cheap", 2, 10, "beginner", "Chemistry"),
            ("Last of peers", 3, None, "", "Physics"),
        ]
        for name, days, rate, level, subject in made:
            known = SubjectFactory._meta.model.objects.filter(name=subject).first() or SubjectFactory(name=subject)
            host = StudentFactory() if rate is None else TutorFactory(first_name="Ada", profile__hourly_rate=rate)
            SessionFactory(
                title=name,
                creator=host,
                kind="group" if rate else "peer",
                starts_at=now + timedelta(days=days),
                level=level,
                subject=known,
            )
        ParticipantFactory(session=TutoringSession.objects.get(title="Later and cheap"))

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", "sld"),
            ("sortBy=upcoming", "sld"),
            ("sortBy=popular", "lsd"),
            ("sortBy=newest", "dls"),
            ("sortBy=price-low", "dls"),
            ("sortBy=price-high", "sld"),
            ("maxPrice=50", "ld"),
            ("level=beginner", "l"),
            ("level=all", "sld"),
            ("subject=physics", "sd"),
            ("subject=all", "sld"),
            ("search=cheap", "l"),
            ("search=ada dear", "s"),
            ("search=nothing", ""),
            ("sort_by=popular&max_price=50", "ld"),
        ],
    )
    def test_is_narrowed_and_sorted(self, mine, three, query, expected):
        short = {"Soon and dear": "s", "Later and cheap": "l", "Last of peers": "d"}

        assert "".join(short[title] for title in titles(mine.get(f"{self.BROWSE}?{query}"))) == expected

    def test_finds_nobody_by_the_name_of_an_account_that_is_closed(self, mine, three):
        host = TutoringSession.objects.get(title="Soon and dear").creator
        host.deleted_at, host.is_active = timezone.now(), False
        host.save()

        assert titles(mine.get(f"{self.BROWSE}?search=ada")) == ["Later and cheap"]

    @pytest.mark.parametrize("query", ["sortBy=height", "level=expert", "maxPrice=cheap", "maxPrice=-1"])
    def test_refuses_what_it_does_not_know(self, mine, query):
        assert mine.get(f"{self.BROWSE}?{query}").status_code == 400

    @pytest.mark.parametrize("path", ["browse", "available"])
    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_however_many_there_are(self, mine, path, count, django_assert_num_queries):
        for _ in range(count):
            ParticipantFactory()

        with django_assert_num_queries(4):  # who asks, how many, which, their people
            assert len(mine.get(f"{LEARNER}/{path}?limit=100").json()["data"]) == count

    def test_is_for_learners(self, api, ada):
        assert api.as_(ada).get(self.BROWSE).json()["code"] == "LEARNER_ONLY"


class TestHostingAsALearner:
    REQUEST = {
        "title": "Exam fears",
        "description": "Bring yours.",
        "startTime": "2099-01-01T12:00:00Z",
        "endTime": "2099-01-01T13:30:00Z",
        "maxParticipants": 4,
        "meetingLink": LINK,
    }

    def test_makes_a_peer_session(self, mine, grace):
        answer = mine.post(LEARNER, self.REQUEST)

        data, session = answer.json()["data"], TutoringSession.objects.get()
        assert answer.status_code == 201
        assert (session.kind, session.creator, session.duration_minutes) == ("peer", grace, 90)
        assert (data["_id"], data["duration"], data["meetingLink"]) == (str(session.pk), 90, LINK)
        assert (data["tutor"]["hourlyRate"], data["tutor"]["profileId"]) == (None, None)
        assert data["enrollmentStatus"] == "host"

    def test_is_done_once_with_an_idempotency_key(self, mine):
        answers = [mine.post(LEARNER, self.REQUEST, HTTP_IDEMPOTENCY_KEY="once") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert TutoringSession.objects.count() == 1

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"startTime": "2020-01-01T12:00:00Z", "endTime": "2020-01-01T13:00:00Z"}, "startTime"),
            ({"endTime": "2099-01-01T11:00:00Z"}, "endTime"),
            ({"endTime": "2099-01-01T12:03:00Z"}, "endTime"),
            ({"endTime": "2099-01-02T12:00:00Z"}, "endTime"),
            ({"startTime": "2099-01-01T12:00:00"}, "startTime"),
            ({"maxParticipants": 1}, "maxParticipants"),
            ({"maxParticipants": 21}, "maxParticipants"),
            ({"meetingLink": "http://meet.example.com/abc"}, "meetingLink"),
            ({"meetingLink": "javascript:alert(1)"}, "meetingLink"),
            ({"meetingLink": "https://meet.example.com@evil.example"}, "meetingLink"),
            ({"subject": "Needlework"}, "subject"),
            ({"level": "expert"}, "level"),
            ({"title": ""}, "title"),
            ({"modules": [{"name": None}]}, "modules.0"),
        ],
    )
    def test_is_refused_where_it_makes_no_sense(self, mine, changed, field):
        answer = mine.post(LEARNER, self.REQUEST | changed)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
        assert not TutoringSession.objects.exists()

    def test_is_one_place_at_a_time(self, mine):
        mine.post(LEARNER, self.REQUEST)

        answer = mine.post(LEARNER, self.REQUEST | {"title": "Again"})

        assert (answer.status_code, answer.json()["code"]) == (409, "TIME_CONFLICT")


class TestRating:
    @pytest.fixture
    def past(self, grace, ada):
        return ParticipantFactory(session=PastSessionFactory(creator=ada), user=grace).session

    def path(self, session):
        return f"{LEARNER}/{session.pk}/rate"

    def test_is_null_before_and_there_afterwards(self, mine, past):
        before = mine.get(self.path(past)).json()["data"]
        answer = mine.post(self.path(past), {"rating": 4, "comment": "Clear."})

        data = mine.get(self.path(past)).json()["data"]
        assert (before["rating"], before["comment"]) == (None, None)
        assert (answer.status_code, answer.json()["data"]) == (201, data)
        assert (data["rating"], data["comment"], data["sessionId"]) == (4, "Clear.", str(past.pk))

    def test_is_one_a_person_and_can_be_changed(self, mine, past, ada):
        mine.post(self.path(past), {"rating": 4, "comment": "Clear."})
        again = mine.post(self.path(past), {"rating": 2})

        assert again.status_code == 200
        row = SessionRating.objects.get()
        assert (row.rating, row.comment, row.edited_at is None) == (2, "Clear.", False)
        assert [(told.recipient, told.type) for told in Notification.objects.all()] == [(ada, "session_rated")]

    def test_shows_in_the_sessions_mean_and_in_no_tutors_reviews(self, mine, past, ada):
        SessionRatingFactory(session=past, rating=5)
        mine.post(self.path(past), {"rating": 4})

        data = mine.get(f"{LEARNER}/{past.pk}").json()["data"]

        assert data["rating"] == {"average": 4.5, "count": 2}
        assert (data["tutor"]["rating"], data["tutor"]["reviewCount"]) == (0, 0)
        ada.tutor_profile.refresh_from_db()
        assert ada.tutor_profile.total_reviews == 0

    def test_is_for_those_who_were_in_it(self, api, past, ada):
        seatless = StudentFactory()
        gone = ParticipantFactory(session=past, state="left").user

        answers = [api.as_(user).post(self.path(past), {"rating": 1}) for user in (seatless, gone)]

        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "NOT_IN_SESSION")}
        assert api.as_(seatless).get(self.path(past)).json()["data"]["rating"] is None
        assert not SessionRating.objects.exists()

    def test_is_not_for_those_who_were_absent(self, mine, past, grace):
        past.participants.filter(user=grace).update(state="absent")

        answer = mine.post(f"{LEARNER}/{past.pk}/rate", {"rating": 1})

        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_IN_SESSION")
        assert not SessionRating.objects.exists()

    @pytest.mark.parametrize("status", [SessionStatus.UPCOMING, SessionStatus.ONGOING, SessionStatus.CANCELLED])
    def test_is_of_what_took_place(self, mine, grace, status):
        session = ParticipantFactory(session__status=status, user=grace).session

        answer = mine.post(self.path(session), {"rating": 5})

        assert (answer.status_code, answer.json()["code"]) == (409, "NOT_RATEABLE")

    def test_is_of_14_days_and_its_change_of_48_hours(self, api, grace, past):
        end = past.ends_at
        with time_machine.travel(end + timedelta(days=14, seconds=1), tick=False):
            late = api.as_(grace).post(self.path(past), {"rating": 5})
        with time_machine.travel(end + timedelta(days=14), tick=False):
            in_time = api.as_(grace).post(self.path(past), {"rating": 5})
        with time_machine.travel(end + timedelta(days=16, seconds=1), tick=False):
            same = api.as_(grace).post(self.path(past), {"rating": 5})
            changed = api.as_(grace).post(self.path(past), {"rating": 1})

        assert (late.status_code, late.json()["code"]) == (409, "RATING_CLOSED")
        assert (in_time.status_code, same.status_code) == (201, 200)
        assert (changed.status_code, changed.json()["code"]) == (409, "RATING_CLOSED")
        assert SessionRating.objects.get().rating == 5

    @pytest.mark.parametrize("sent", [{}, {"rating": 0}, {"rating": 6}, {"rating": 4.5}, {"rating": "good"}])
    def test_has_one_to_five_stars(self, mine, past, sent):
        answer = mine.post(self.path(past), sent)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["rating"])

    def test_of_a_booked_lesson_is_its_review(self, api, grace):
        yesterday = timezone.now() - timedelta(days=1)
        booking = BookingFactory(student=grace, status="completed", starts_at=yesterday)
        path, mine = self.path(booking.session), api.as_(grace)

        before = mine.get(path).json()["data"]["rating"]
        first = mine.post(path, {"rating": 4, "comment": "Good."})
        second = mine.post(path, {"rating": 5})

        assert (before, first.status_code, second.status_code) == (None, 201, 200)
        review = Review.objects.get(booking=booking)
        assert (review.rating, review.comment) == (5, "Good.")
        assert mine.get(path).json()["data"]["rating"] == 5
        booking.tutor.refresh_from_db()
        assert (booking.tutor.total_reviews, booking.tutor.rating_sum) == (1, 5)
        assert not SessionRating.objects.exists()

    def test_of_a_lesson_to_come_is_refused_as_its_review(self, api, grace):
        booking = BookingFactory(student=grace)

        answer = api.as_(grace).post(self.path(booking.session), {"rating": 5})

        assert answer.json()["code"] == "NOT_REVIEWABLE"


def test_materials_of_a_session_are_shown_to_its_people(api, grace, ada):
    session = ParticipantFactory(session=SessionFactory(creator=ada), user=grace).session
    material = MaterialFactory(owner=ada, session=session)

    def shown_to(user):
        return [row["id"] for row in api.as_(user).get(f"/api/v1/sessions/{session.pk}").json()["data"]["materials"]]

    assert shown_to(grace) == shown_to(ada) == [str(material.pk)]
    assert shown_to(StudentFactory()) == []
