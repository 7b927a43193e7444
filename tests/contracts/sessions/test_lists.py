"""Filters, pages and order of the session lists, and what they cost."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from sessions_app.models import SessionKind, SessionStatus
from tests.factories import (
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorProfileFactory,
)

pytestmark = pytest.mark.django_db

LISTS = [
    "/api/sessions",
    "/api/sessions/my_sessions",
    "/api/sessions/created_sessions",
    "/api/sessions/joined_sessions",
]


@pytest.fixture
def student():
    return StudentFactory()


@pytest.fixture
def listed(api, student):
    """The ids that a list answers to the student for a query."""

    def ask(path="/api/sessions", **query):
        answer = api.as_(student).get(path, query)
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["results"]]

    return ask


def test_newest_created_first(listed):
    first, second = SessionFactory(), SessionFactory()

    assert listed() == [second.pk, first.pk]


@pytest.mark.parametrize("status", SessionStatus.values)
def test_by_status(status, listed):
    sessions = {each: SessionFactory(status=each) for each in SessionStatus.values}

    assert listed(status=status) == [sessions[status].pk]


def test_by_instant_and_by_date_in_the_callers_zone(listed, student):
    student.timezone = "America/New_York"
    student.save()
    # 03:30 UTC on the second is still the first in New York.
    session = SessionFactory(starts_at=datetime(2031, 3, 2, 3, 30, tzinfo=UTC))

    assert listed(date_from="2031-03-02T03:30:00Z") == [session.pk]
    assert listed(date_from="2031-03-02T03:30:01Z") == []
    assert listed(date_to="2031-03-02T03:30:00Z") == [session.pk]
    assert listed(date_to="2031-03-02T04:29:59+01:00") == []
    assert listed(date="2031-03-01") == [session.pk]
    assert listed(date="2031-03-01T00:00:00") == [session.pk]
    assert listed(date="2031-03-02") == []
    assert listed(date_to="2031-03-01") == [session.pk]
    assert listed(date_from="2031-03-02") == []


def test_a_plus_that_was_not_encoded_is_understood(api, student):
    session = SessionFactory(starts_at=datetime(2031, 3, 2, 3, 30, tzinfo=UTC))

    answer = api.as_(student).get("/api/sessions?date_from=2031-03-02T04:30:00+01:00")

    assert [row["id"] for row in answer.json()["results"]] == [session.pk]


def test_by_creator_tutor_subject_level_and_words(listed):
    maths = SubjectFactory(name="Mathematics")
    tutor = TutorFactory(first_name="Grace", last_name="Hopper", profile=None)
    profile = TutorProfileFactory(user=tutor)
    session = SessionFactory(
        creator=tutor, subject=maths, level="advanced", title="Compilers 101", description="From A-0 on"
    )
    SessionFactory()

    for query in (
        {"creator": tutor.pk},
        {"tutor": profile.pk},
        {"tutor": "grace hop"},
        {"subject": maths.pk},
        {"subject": "mathem"},
        {"level": "advanced"},
        {"level": "Advanced"},
        {"search": "compilers"},
        {"search": "a-0"},
    ):
        assert listed(**query) == [session.pk], query


def test_unknown_ids_find_nothing_and_wildcards_are_plain_characters(listed):
    SessionFactory(title="100% algebra")
    SessionFactory(title="Geometry")

    assert listed(creator=4711) == []
    assert listed(subject=10**15) == []
    assert len(listed(search="%")) == 1
    assert listed(search="_") == []


def test_mine_and_available(listed, student):
    mine = ParticipantFactory(user=student).session
    full = SessionFactory(max_participants=2)
    for _ in range(2):
        ParticipantFactory(session=full)
    begun = SessionFactory(starts_at=timezone.now() - timedelta(minutes=5))
    free = SessionFactory()

    assert listed(scope="mine") == [mine.pk]
    assert listed(scope="available") == [free.pk]
    assert set(listed()) == {mine.pk, full.pk, begun.pk, free.pk}


def test_ordering(listed):
    late = SessionFactory(title="B", starts_at=timezone.now() + timedelta(days=9))
    soon = SessionFactory(title="A")

    assert listed(ordering="date") == [soon.pk, late.pk]
    assert listed(ordering="-date") == [late.pk, soon.pk]
    assert listed(ordering="title") == [soon.pk, late.pk]
    assert listed(ordering="created_at") == [late.pk, soon.pk]


def test_private_sessions_are_listed_for_their_parties_only(listed, student, api):
    theirs = SessionFactory(kind=SessionKind.PRIVATE, max_participants=1)
    own = SessionFactory(kind=SessionKind.PRIVATE, max_participants=1)
    ParticipantFactory(session=own, user=student)

    assert listed() == [own.pk]
    assert api.as_(theirs.creator).get("/api/sessions").json()["count"] == 1


def test_deleted_sessions_are_nowhere(listed, student):
    seat = ParticipantFactory(user=student)
    seat.session.deleted_at = timezone.now()
    seat.session.save()

    assert [listed(path) for path in LISTS] == [[], [], [], []]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "nonsense"},
        {"creator": "abc"},
        {"creator": 10**30},
        {"creator": 0},
        {"date_from": "yesterday"},
        {"date_from": "2031-13-01"},
        {"date_to": "2031-01-01T10:00:00"},
        {"date": "0000-00-00"},
        {"level": "wizard"},
        {"scope": "all"},
        {"ordering": "password"},
        {"page": "two"},
        {"page_size": "many"},
        {"tz": "Mars/Olympus"},
        {"search": "x" * 201},
    ],
)
def test_a_filter_that_means_nothing_is_400_and_names_itself(query, api, student):
    answer = api.as_(student).get("/api/sessions", query)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(query)
    assert answer.json()["error"]


def test_pages_link_to_each_other_and_cover_everything_once(api, student):
    expected = [SessionFactory().pk for _ in range(7)][::-1]
    client = api.as_(student)

    seen, address = [], "/api/sessions/?page_size=3"
    while address:
        body = client.get(address).json()
        assert body["count"] == 7
        seen += [row["id"] for row in body["results"]]
        address = body["next"]

    assert seen == expected
    assert body["previous"].endswith("/api/sessions/?page=2&page_size=3")


def test_ten_to_a_page_by_default_and_at_most_a_hundred(api, student):
    host = TutorFactory()
    begin = timezone.now() + timedelta(days=1)
    for hour in range(102):
        starts = begin + timedelta(hours=hour)
        SessionFactory(creator=host, starts_at=starts)
    client = api.as_(student)

    sizes = {
        size: len(client.get("/api/sessions", {"page_size": size}).json()["results"]) for size in ("", 1000, 0, -5)
    }

    assert sizes == {"": 10, 1000: 100, 0: 1, -5: 1}


def test_a_page_beyond_the_last_is_empty_and_leads_back(api, student):
    SessionFactory()

    after = api.as_(student).get("/api/sessions", {"page": 2}).json()
    far = api.as_(student).get("/api/sessions", {"page": 10**30}).json()

    assert (after["results"], after["next"]) == ([], None)
    assert after["previous"].endswith("page=1")
    assert far["results"] == []


def test_camel_case_parameters_mean_the_same(api, student):
    for _ in range(2):
        SessionFactory()

    assert len(api.as_(student).get("/api/sessions", {"pageSize": 1}).json()["results"]) == 1


@time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC), tick=False)
def test_times_are_shown_on_the_wall_of_the_zone_that_is_asked_for(api, student):
    session = SessionFactory(starts_at=datetime(2031, 7, 1, 16, 0, tzinfo=UTC))
    client = api.as_(student)

    listed = client.get("/api/sessions", {"tz": "Asia/Kathmandu"}).json()["results"][0]
    detail = client.get(f"/api/sessions/{session.pk}", {"tz": "America/New_York"}).json()

    assert listed["date"] == detail["date"] == "2031-07-01T16:00:00Z"
    assert (listed["start_local"], listed["utc_offset"]) == ("2031-07-01T21:45:00", "+05:45")
    assert (detail["start_local"], detail["utc_offset"]) == ("2031-07-01T12:00:00", "-04:00")


def test_what_an_action_answers_is_shown_on_that_wall_too(api, student):
    session = SessionFactory()

    joined = api.as_(student).post(f"/api/sessions/{session.pk}/join?tz=Asia/Kathmandu").json()["session"]

    assert joined["utc_offset"] == "+05:45"


def test_an_unknown_zone_is_refused_before_anything_happens(api, student):
    session = SessionFactory()

    response = api.as_(student).post(f"/api/sessions/{session.pk}/join?tz=Mars/Olympus")

    assert (response.status_code, list(response.json()["errors"])) == (400, ["tz"])
    assert not session.participants.exists()


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_for_one_and_for_thirty_sessions(path, api, student, django_assert_num_queries):
    tutor = TutorFactory()
    client = api.as_(tutor if "created" in path else student)
    begin = timezone.now() + timedelta(days=1)

    def more(first, count):
        for hour in range(first, first + count):
            session = SessionFactory(creator=tutor, starts_at=begin + timedelta(hours=hour), subject=SubjectFactory())
            ParticipantFactory(session=session, user=student)

    for first, count in ((0, 1), (1, 29)):
        more(first, count)
        # The user, the total (everybody's and one's own private sessions are counted apart), the page.
        with django_assert_num_queries(4 if path == "/api/sessions" else 3):
            rows = client.get(path, {"page_size": 100}).json()["results"]
        assert len(rows) == first + count


def test_the_details_cost_the_same_for_one_and_for_twenty_participants(api, student, django_assert_num_queries):
    session = SessionFactory(max_participants=20)
    client = api.as_(student)

    for count in (1, 19):
        for _ in range(count):
            ParticipantFactory(session=session)
        for path in ("", "/participants"):
            # The user, the session with its host, its participants.
            with django_assert_num_queries(3):
                client.get(f"/api/sessions/{session.pk}{path}")
