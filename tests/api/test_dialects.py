"""How each contract speaks: pure functions first, then the same fact and the same refusal in each."""

import pytest
import time_machine

from api.core.dialect import DEEPEST, Dialect, Page, camel_to_snake, canonical_names, snake_to_camel
from api.edustream.dialect import EduStream, EduStreamArrays
from api.learner.dialect import Learner
from api.learner_v1.dialect import LearnerV1
from api.learner_v1.views.people import SignedIn
from api.mentor.dialect import Mentor
from api.sessions.dialect import Sessions
from notifications.models import Notification
from sessions_app.models import TutoringSession
from tests.factories import PASSWORD, StudentFactory, TutorFactory

DIALECTS = [Learner(), LearnerV1(), Sessions(), Mentor(), EduStream()]
FACT = {
    "id": 7,
    "first_name": "Ada",
    "role": "tutor",
    "creator": {"id": 3, "role": "student", "subject_id": None},
    "tags": [{"is_new": True}, "plain", 4],
    "participant_role": "tutor",
}


def page(number: int, *, total: int = 25, size: int = 10) -> Page:
    return Page([{"id": 1}], total, number, size, lambda n: f"https://x/?page={n}")


class TestAPage:
    @pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (10, 1), (11, 2), (25, 3)])
    def test_knows_how_many_there_are(self, total, pages):
        assert page(1, total=total).count == pages

    @pytest.mark.parametrize(
        ("number", "previous", "following"), [(1, None, 2), (2, 1, 3), (3, 2, None), (4, 3, None), (5, None, None)]
    )
    def test_knows_its_neighbours(self, number, previous, following):
        def link(n):
            return f"https://x/?page={n}" if n else None

        assert (page(number).previous, page(number).next) == (link(previous), link(following))

    def test_says_so_in_headers(self):
        assert page(2).headers == {
            "X-Total-Count": "25",
            "Link": '<https://x/?page=3>; rel="next", <https://x/?page=1>; rel="prev"',
        }
        assert page(1, total=1).headers == {"X-Total-Count": "1"}


GOLDEN_ITEMS = {
    "learner": {
        "id": 7,
        "firstName": "Ada",
        "role": "tutor",
        "creator": {"id": 3, "role": "student", "subjectId": None},
        "tags": [{"isNew": True}, "plain", 4],
        "participantRole": "tutor",
    },
    "learner_v1": {
        "status": "success",
        "data": {
            "_id": "7",
            "id": "7",
            "firstName": "Ada",
            "role": "tutor",
            "creator": {"_id": "3", "id": "3", "role": "student", "subjectId": None},
            "tags": [{"isNew": True}, "plain", 4],
            "participantRole": "tutor",
        },
    },
    "sessions": {
        "id": 7,
        "first_name": "Ada",
        "role": "tutor",
        "creator": {"id": 3, "role": "student", "subject_id": None},
        "tags": [{"is_new": True}, "plain", 4],
    },
    "mentor": {
        "id": 7,
        "firstName": "Ada",
        "role": "MENTOR",
        "creator": {"id": 3, "role": "STUDENT", "subjectId": None},
        "tags": [{"isNew": True}, "plain", 4],
        "participantRole": "tutor",
    },
    "edustream": FACT,
}
GOLDEN_PAGES = {
    "learner": [{"id": 1}],
    "learner_v1": {
        "status": "success",
        "data": [{"id": 1}],
        "metadata": {"page": 2, "limit": 10, "total": 25},
        "pagination": {"page": 2, "limit": 10, "total": 25},
    },
    "sessions": {
        "count": 25,
        "next": "https://x/?page=3",
        "previous": "https://x/?page=1",
        "results": [{"id": 1}],
    },
    "mentor": {"items": [{"id": 1}], "total": 25, "page": 2, "pageSize": 10, "totalPages": 3},
    "edustream": {
        "items": [{"id": 1}],
        "total": 25,
        "page": 2,
        "page_size": 10,
        "total_pages": 3,
        "pages": 3,
        "has_next": True,
        "has_prev": True,
    },
}


def spoken(dialect: Dialect, data):
    return dialect.item(dialect.names(data))


class TestEachContract:
    @pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
    def test_says_one_fact_in_its_words(self, dialect):
        assert spoken(dialect, FACT) == GOLDEN_ITEMS[dialect.name]

    @pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
    def test_says_one_page_in_its_words(self, dialect):
        assert dialect.page(page(2)) == GOLDEN_PAGES[dialect.name]

    @pytest.mark.parametrize("dialect", [*DIALECTS, EduStreamArrays()], ids=lambda dialect: type(dialect).__name__)
    def test_whose_list_is_an_array_says_the_rest_in_headers(self, dialect):
        is_array = isinstance(dialect.page(page(2)), list)

        assert bool(dialect.page_headers(page(2))) is is_array

    @pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
    def test_describes_the_page_that_it_makes(self, dialect):
        described = dialect.page_schema({"type": "array"})

        made = dialect.page(page(2))
        assert isinstance(made, list) or set(described["properties"]) == set(made)

    @pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
    def test_describes_the_object_that_it_makes(self, dialect):
        described = dialect.item_schema({"type": "object", "properties": {"id": {}}})

        assert set(described["properties"]) == set(dialect.item({"id": 1}))

    def test_is_another_one(self):
        assert len({dialect.name for dialect in DIALECTS}) == 5


def test_the_word_instructor_is_the_sessions_contracts():
    said = Sessions().names({"creator": {"role": "tutor"}, "participants": [{"participant_role": "tutor"}]})

    assert said == {"creator": {"role": "instructor"}, "participants": [{"role": "tutor"}]}


def test_ids_are_strings_in_learner_v1_and_nothing_else_is():
    said = LearnerV1().names({"id": 1, "user_id": 2, "valid": 3, "paid": 4, "ids": [5], "is_id": True})

    assert said == {"_id": "1", "id": "1", "userId": "2", "valid": 3, "paid": 4, "ids": [5], "isId": True}


def test_an_answer_with_a_token_is_described_with_it():
    described = SignedIn().item_schema({"type": "object"})

    assert {"status", "token", "user", "data"} <= set(described["properties"])


class TestNames:
    @pytest.mark.parametrize(
        ("camel", "snake"),
        [("firstName", "first_name"), ("id", "id"), ("startAt", "start_at"), ("line2Text", "line2_text"), ("a", "a")],
    )
    def test_translate_both_ways(self, camel, snake):
        assert (camel_to_snake(camel), snake_to_camel(snake)) == (snake, camel)

    @pytest.mark.parametrize("name", ["", "with space", "a-b", "7up", "a.b", "\0", "ключ"])
    def test_that_are_none_survive(self, name):
        assert camel_to_snake(name) == name

    def test_of_what_was_sent_become_canonical_at_any_depth(self):
        sent = {"firstName": "Ada", "slots": [{"dayOfWeek": "monday"}], "weekly_schedule": {"startTime": "9"}}

        assert canonical_names(sent) == {
            "first_name": "Ada",
            "slots": [{"day_of_week": "monday"}],
            "weekly_schedule": {"start_time": "9"},
        }

    @pytest.mark.parametrize(
        "sent", [{"first_name": "snake", "firstName": "camel"}, {"firstName": "camel", "first_name": "snake"}]
    )
    def test_sent_in_both_spellings_mean_the_snake_case_one(self, sent):
        assert canonical_names(sent) == {"first_name": "snake"}

    def test_of_what_pages_keep_for_themselves_stay_as_they_are_both_ways(self):
        kept = {"preferences": {"last_tab": 1, "lastTab": [{"role": "student", "id": 7, "userID": 8}]}}

        assert canonical_names(kept) == kept
        assert [dialect.names(kept) for dialect in DIALECTS] == [kept] * len(DIALECTS)

    def test_are_not_looked_for_without_end(self):
        deep: list = []
        for _ in range(DEEPEST - 1):
            deep = [deep]

        assert canonical_names(deep) == deep
        with pytest.raises(ValueError, match="nested too deeply"):
            canonical_names([deep])


@pytest.mark.django_db
class TestTheSameFactOverHttp:
    """Where two contracts have a route for one thing, what they say differs in words only."""

    LOGINS = ["/auth/login", "/api/auth/login", "/api/v1/learner/auth/login"]
    REGISTRATIONS = ["/auth/register", "/api/auth/register", "/api/v1/learner/auth/register"]

    def person_in(self, answer: dict) -> dict:
        person = answer.get("user", answer)
        return {
            "id": int(person["id"]),
            "email": person["email"],
            "name": person["name"],
            "role": person["role"].lower(),
            "is_verified": person.get("is_verified", person.get("isVerified")),
            "created_at": person.get("created_at", person.get("createdAt")),
        }

    @time_machine.travel("2026-03-01T12:00:00Z", tick=False)
    def test_a_person_is_the_same_in_every_login(self, api):
        user = StudentFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")

        people = [
            self.person_in(api.post(path, {"email": user.email, "password": PASSWORD}).json()) for path in self.LOGINS
        ]

        assert (
            people
            == [
                {
                    "id": user.pk,
                    "email": "ada@example.com",
                    "name": "Ada Lovelace",
                    "role": "student",
                    "is_verified": True,
                    "created_at": "2026-03-01T12:00:00Z",
                }
            ]
            * 3
        )

    @pytest.mark.parametrize("body", [
        {"email": "ada@example.com", "password": "wrong"},
        {"email": "ada@example.com"},
        {"email": {}, "password": []},
    ])  # fmt: skip
    def test_a_refused_login_is_the_same_in_every_contract(self, api, body):
        StudentFactory(email="ada@example.com")
        answers = [api.post(path, body) for path in self.LOGINS]

        assert len({answer.status_code for answer in answers}) == 1
        assert len({answer.json()["code"] for answer in answers}) == 1
        assert len({answer.json()["message"] for answer in answers}) == 1

    @pytest.mark.parametrize("body", [
        {"email": "ada@example.com", "password": "Password!1"},
        {"email": "ada", "password": "Password!1"},
        {"email": "new@example.com", "password": "short"},
        {},
    ])  # fmt: skip
    def test_a_refused_registration_is_the_same_in_every_contract(self, api, body):
        StudentFactory(email="ada@example.com")
        answers = [api.post(path, body).json() for path in self.REGISTRATIONS]

        assert len({answer["code"] for answer in answers}) == 1
        assert len({answer["message"] for answer in answers}) == 1
        assert {answer["status"] for answer in answers} == {"error"}


@pytest.mark.django_db
class TestOverHttp:
    def test_an_instant_comes_back_in_utc_whatever_zone_it_was_sent_in(self, api):
        tutor = TutorFactory()
        body = {"title": "Algebra", "max_participants": 8, "date": "2099-01-01T14:00:00+02:00"}

        created = api.as_(tutor).post("/api/sessions", body).json()
        changed = api.as_(tutor).put(f"/api/sessions/{created['id']}", {"date": "2099-01-01T23:30:00-03:30"}).json()

        assert (created["date"], changed["date"]) == ("2099-01-01T12:00:00Z", "2099-01-02T03:00:00Z")

    def test_an_instant_in_a_notification_is_in_utc_too(self, api):
        tutor, student = TutorFactory(), StudentFactory()
        body = {"title": "Algebra", "max_participants": 8, "date": "2099-01-01T14:00:00+02:00"}
        pk = api.as_(tutor).post("/api/sessions", body).json()["id"]
        api.as_(student).post(f"/api/sessions/{pk}/join")

        api.as_(tutor).put(f"/api/sessions/{pk}", {"date": "2099-01-02T14:00:00+02:00"})

        assert Notification.objects.get(recipient=student).data["date"] == "2099-01-02T12:00:00Z"

    @pytest.mark.parametrize("slash", ["", "/"])
    def test_a_path_means_the_same_with_and_without_a_slash(self, api, slash):
        response = api.as_(StudentFactory()).get(f"/auth/me{slash}")

        assert response.status_code == 200

    def test_parameters_are_understood_in_both_spellings(self, api):
        tutor = TutorFactory()
        for day in (1, 2, 3):
            TutoringSession.objects.create(
                creator=tutor, title="Algebra", starts_at=f"2099-01-0{day}T12:00Z", ends_at=f"2099-01-0{day}T13:00Z",
                max_participants=4,
            )  # fmt: skip

        found = [
            api.as_(tutor).get(f"/api/sessions?{query}").json()["count"]
            for query in ("date_from=2099-01-02T00:00:00Z", "dateFrom=2099-01-02T00:00:00Z")
        ]

        assert found == [2, 2]
