"""The queue, removals and attendance as clients of the sessions contract see them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app.models import PlaceState, SessionStatus
from sessions_app.services import seats
from tests.contracts.sessions.test_refusals import refusal
from tests.factories import (
    AdminFactory,
    BlockFactory,
    JoinRequestFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
    WaitlistEntryFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def full():
    session = SessionFactory(max_participants=2)
    for _ in range(2):
        ParticipantFactory(session=session)
    return session


def test_who_wants_to_wait_gets_202_and_a_position(api, full):
    WaitlistEntryFactory(session=full)
    student = StudentFactory()

    answer = api.as_(student).post(f"/api/sessions/{full.pk}/join/", {"waitlist": True, "ask_first": True})

    body = answer.json()
    assert answer.status_code == 202
    assert (body["message"], body["position"], body["request_id"]) == ("You are on the waiting list", 2, None)
    place = body["session"]["my_waitlist"]
    assert (place["state"], place["position"], place["ask_first"], place["offer_expires_at"]) == (
        "waiting",
        2,
        True,
        None,
    )
    assert body["session"]["waitlist_count"] == 2
    assert body["session"]["join_refusal"] == "ALREADY_WAITING"


def test_the_documents_refusal_of_a_full_session_stays_and_says_more(api, full):
    WaitlistEntryFactory(session=full)

    body = refusal(api.as_(StudentFactory()).post(f"/api/sessions/{full.pk}/join/"), 400, "SESSION_FULL")

    assert (body["error"], body["waitlist_available"], body["waitlist_length"], body["reason"]) == (
        "Session is full",
        True,
        1,
        "waitlist_first",
    )


def test_a_request_to_the_host_is_202_too(api):
    session, student = SessionFactory(needs_approval=True), StudentFactory()

    answer = api.as_(student).post(f"/api/sessions/{session.pk}/join/")

    assert answer.status_code == 202
    assert answer.json()["request_id"] == session.join_requests.get().pk
    assert answer.json()["position"] is None
    assert answer.json()["session"]["join_refusal"] == "ALREADY_REQUESTED"
    again = refusal(api.as_(student).post(f"/api/sessions/{session.pk}/join/"), 400, "ALREADY_REQUESTED")
    assert again["request_id"] == answer.json()["request_id"]


def test_everybody_sees_their_own_place_and_the_host_all_of_them(api, full):
    first, second = WaitlistEntryFactory(session=full), WaitlistEntryFactory(session=full)
    path = f"/api/sessions/{full.pk}/waitlist/"

    own = api.as_(second.user).get(path).json()
    strangers = api.as_(StudentFactory()).get(path).json()

    assert (own["waitlist_count"], own["my_waitlist"]["position"], own["entries"]) == (2, 2, None)
    assert (strangers["waitlist_count"], strangers["my_waitlist"], strangers["entries"]) == (2, None, None)
    for person in (full.creator, AdminFactory()):
        entries = api.as_(person).get(path).json()["entries"]
        assert [(entry["user"]["id"], entry["position"]) for entry in entries] == [
            (first.user_id, 1),
            (second.user_id, 2),
        ]


def test_an_offer_is_seen_accepted_and_gone(api):
    session = SessionFactory(max_participants=2)
    place = WaitlistEntryFactory(session=session, offered=True)
    here = api.as_(place.user)

    seen = here.get(f"/api/sessions/{session.pk}").json()
    accepted = here.post(f"/api/sessions/{session.pk}/waitlist/accept")

    assert (seen["my_waitlist"]["state"], seen["join_refusal"], seen["available_spots"]) == ("offered", None, 1)
    assert seen["my_waitlist"]["offer_expires_at"]
    assert accepted.status_code == 200
    assert (accepted.json()["session"]["my_role"], accepted.json()["session"]["my_waitlist"]) == ("participant", None)
    refusal(here.post(f"/api/sessions/{session.pk}/waitlist/accept"), 400, "NO_OFFER")


def test_declining_and_withdrawing_end_it(api, full):
    place = WaitlistEntryFactory(session=full)
    other = WaitlistEntryFactory(session=SessionFactory(max_participants=2), offered=True)

    assert api.as_(place.user).delete(f"/api/sessions/{full.pk}/waitlist").status_code == 200
    assert api.as_(other.user).post(f"/api/sessions/{other.session.pk}/waitlist/decline").status_code == 200

    place.refresh_from_db()
    other.refresh_from_db()
    assert (place.state, other.state) == (PlaceState.WITHDRAWN, PlaceState.DECLINED)
    refusal(api.as_(place.user).delete(f"/api/sessions/{full.pk}/waitlist"), 400, "NOT_WAITING")


def test_the_host_removes_a_participant_who_cannot_come_back(api, full):
    seat = full.participants.first()

    answer = api.as_(full.creator).delete(f"/api/sessions/{full.pk}/participants/{seat.user_id}?reason=Rude.")

    assert answer.status_code == 200
    assert len(answer.json()["session"]["participants"]) == 1
    theirs = api.as_(seat.user).get(f"/api/sessions/{full.pk}").json()
    assert (theirs["my_role"], theirs["join_refusal"]) == (None, "REMOVED_FROM_SESSION")
    assert [row["join_refusal"] for row in api.as_(seat.user).get("/api/sessions").json()["results"]] == [
        "REMOVED_FROM_SESSION"
    ]
    refusal(api.as_(seat.user).post(f"/api/sessions/{full.pk}/join"), 400, "REMOVED_FROM_SESSION")


def test_attendance_is_the_hosts_to_see_and_to_say(api, full):
    full.status = SessionStatus.ONGOING
    full.save()
    seat, other = full.participants.order_by("pk")
    path = f"/api/sessions/{full.pk}/attendance"
    body = {"attendance": [{"user_id": seat.user_id, "state": "absent"}]}

    answer = api.as_(full.creator).put(path, body)

    assert answer.status_code == 200
    assert {row["user"]["id"]: row["state"] for row in answer.json()} == {
        seat.user_id: "absent",
        other.user_id: "joined",
    }
    assert answer.json() == api.as_(full.creator).get(path).json()
    for state in ("left", "late", None):
        bad = {"attendance": [{"user_id": seat.user_id, "state": state}]}
        assert api.as_(full.creator).put(path, bad).status_code == 400
    refusal(api.as_(seat.user).put(path, body), 403, "NOT_THE_CREATOR")
    refusal(api.as_(seat.user).get(path), 403, "NOT_THE_CREATOR")


def test_a_host_says_who_may_come(api):
    tutor = TutorFactory()
    new = {"title": "Algebra", "date": "2099-01-01T12:00:00Z", "max_participants": 6}
    wishes = {"needs_approval": True, "min_participants": 3, "runs_anyway": True}

    plain = api.as_(tutor).post("/api/sessions", new | {"date": "2099-02-01T12:00:00Z"}).json()
    made = api.as_(tutor).post("/api/sessions", new | wishes).json()
    changed = api.as_(tutor).put(f"/api/sessions/{made['id']}", {"min_participants": 2}).json()

    assert {name: plain[name] for name in wishes} == {
        "needs_approval": False,
        "min_participants": 1,
        "runs_anyway": False,
    }
    assert {name: made[name] for name in wishes} == wishes
    assert changed["min_participants"] == 2
    refused = api.as_(tutor).put(f"/api/sessions/{made['id']}", {"min_participants": 7})
    assert list(refusal(refused, 400, "MINIMUM_ABOVE_CAPACITY")["errors"]) == ["min_participants"]


def test_what_a_list_says_of_joining_is_what_joining_does_and_costs_the_same_however_long_it_is(api):
    student = StudentFactory()

    def some_of_each():
        waiting = SessionFactory(max_participants=2)
        for _ in range(2):
            ParticipantFactory(session=waiting)
        WaitlistEntryFactory(session=waiting)
        WaitlistEntryFactory(session=waiting, user=student)
        WaitlistEntryFactory(session=SessionFactory(max_participants=2), user=student, offered=True)
        JoinRequestFactory(user=student)
        seat = ParticipantFactory(user=student)
        seats.remove_participant(seat.session.pk, student.pk, actor=seat.session.creator)

    def listed():
        with CaptureQueriesContext(connection) as queries:
            rows = api.as_(student).get("/api/sessions", {"page_size": 100}).json()["results"]
        return rows, len(queries)

    some_of_each()
    rows, few = listed()
    for _ in range(6):
        some_of_each()
    _, many = listed()

    assert few == many
    assert {row["join_refusal"] for row in rows} == {
        "ALREADY_WAITING",
        None,
        "ALREADY_REQUESTED",
        "REMOVED_FROM_SESSION",
    }
    for row in rows:
        answer = api.as_(student).post(f"/api/sessions/{row['id']}/join")
        assert answer.json().get("code") == row["join_refusal"]


def test_any_host_answers_requests_here(api):
    host, stranger = StudentFactory(), TutorFactory()
    session = SessionFactory(creator=host, kind="peer", needs_approval=True)
    yes, no = JoinRequestFactory(session=session), JoinRequestFactory(session=session)
    path, here = f"/api/sessions/{session.pk}/requests", api.as_(host)

    listed = here.get(path).json()
    answers = [here.post(f"{path}/{yes.pk}/approve").json(), here.post(f"{path}/{no.pk}/reject").json()]

    assert [row["id"] for row in listed] == [no.pk, yes.pk]
    assert [answer["status"] for answer in answers] == ["approved", "rejected"]
    assert [seat.user for seat in session.participants.joined()] == [yes.user]
    assert [row["id"] for row in here.get(path, {"status": "approved"}).json()] == [yes.pk]
    refusal(api.as_(stranger).get(path), 403, "NOT_THE_CREATOR")
    elsewhere = JoinRequestFactory(session=SessionFactory(creator=host, kind="peer", starts_at=session.ends_at))
    refusal(here.post(f"{path}/{elsewhere.pk}/approve"), 404, "NOT_FOUND")


def test_what_can_be_joined_leaves_out_whom_one_cannot_join(api):
    student = StudentFactory()
    removed = ParticipantFactory(user=student)
    seats.remove_participant(removed.session.pk, student.pk, actor=removed.session.creator)
    BlockFactory(blocker=SessionFactory().creator, blocked=student)
    free = SessionFactory()

    rows = api.as_(student).get("/api/sessions", {"scope": "available"}).json()["results"]

    assert [row["id"] for row in rows] == [free.pk]
