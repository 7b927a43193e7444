"""What each viewer is shown of a session: their own part in it, and whose address."""

from datetime import timedelta

import pytest
from django.utils import timezone

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


def seen_by(api, user, session):
    return api.as_(user).get(f"/api/sessions/{session.pk}").json()


def test_participants_addresses_are_for_the_host_each_other_and_admins(api):
    seat = ParticipantFactory()
    other = ParticipantFactory(session=seat.session)
    allowed = [seat.session.creator, other.user, seat.user, AdminFactory()]

    for viewer in allowed:
        emails = {p["user"]["email"] for p in seen_by(api, viewer, seat.session)["participants"]}
        assert emails == {seat.user.email, other.user.email}
    for stranger in (StudentFactory(), TutorFactory()):
        body = seen_by(api, stranger, seat.session)
        assert {p["user"]["email"] for p in body["participants"]} == {None}
        assert body["creator"]["email"] == seat.session.creator.email
        rows = api.as_(stranger).get(f"/api/sessions/{seat.session.pk}/participants").json()
        assert {row["user"]["email"] for row in rows} == {None}


def test_everybody_sees_their_own_part_and_why_they_could_not_join(api):
    seat = ParticipantFactory(session=SessionFactory(max_participants=2))
    session, stranger = seat.session, StudentFactory()

    def part(user):
        body = seen_by(api, user, session)
        return body["my_role"], body["join_refusal"], body["can_join"]

    assert part(session.creator) == ("creator", "OWN_SESSION", True)
    assert part(seat.user) == ("participant", "ALREADY_JOINED", True)
    assert part(stranger) == (None, None, True)
    ParticipantFactory(session=session)
    assert part(stranger) == (None, "SESSION_FULL", False)


def test_what_is_said_of_joining_is_what_joining_does(api):
    begun = SessionFactory(starts_at=timezone.now() - timedelta(minutes=1))
    student = StudentFactory()

    for session in (begun, SessionFactory(status="cancelled"), SessionFactory()):
        said = seen_by(api, student, session)["join_refusal"]
        answer = api.as_(student).post(f"/api/sessions/{session.pk}/join").json()
        assert said == answer.get("code")


def test_who_has_to_prove_their_address_first_is_told_so_of_every_session(api, settings):
    settings.REQUIRE_VERIFIED_EMAIL = True
    student = StudentFactory(is_verified=False)
    SessionFactory()
    SessionFactory(status="cancelled")

    for row in api.as_(student).get("/api/sessions").json()["results"]:
        assert row["join_refusal"] == "EMAIL_NOT_VERIFIED"
        detail = api.as_(student).get(f"/api/sessions/{row['id']}").json()
        assert detail["join_refusal"] == "EMAIL_NOT_VERIFIED"
        assert api.as_(student).post(f"/api/sessions/{row['id']}/join").json()["code"] == row["join_refusal"]
    for viewer in (StudentFactory(), AdminFactory(is_verified=False)):
        rows = api.as_(viewer).get("/api/sessions", {"status": "upcoming"}).json()["results"]
        assert [row["join_refusal"] for row in rows] == [None]


def test_who_is_blocked_by_the_host_is_not_told_so(api):
    session, student = SessionFactory(), StudentFactory()
    BlockFactory(blocker=session.creator, blocked=student)

    assert seen_by(api, student, session)["join_refusal"] is None
    assert api.as_(student).post(f"/api/sessions/{session.pk}/join").json()["code"] == "CANNOT_JOIN"


def test_joining_ends_some_time_before_the_beginning_where_a_site_wants_that(api, settings):
    settings.SESSION_JOIN_CUTOFF_MINUTES = 60
    student, now = StudentFactory(), timezone.now()
    late, early = (SessionFactory(starts_at=now + timedelta(minutes=minutes)) for minutes in (59, 61))

    answers = [api.as_(student).post(f"/api/sessions/{session.pk}/join").json() for session in (late, early)]

    assert [answer.get("code") for answer in answers] == ["CANNOT_JOIN", None]
    assert [row["can_join"] for row in (seen_by(api, student, late), seen_by(api, student, early))] == [False, True]


def test_the_list_and_the_details_say_the_same(api):
    seat = ParticipantFactory()

    detail = seen_by(api, seat.user, seat.session)
    listed = api.as_(seat.user).get("/api/sessions").json()["results"][0]

    assert {key: detail[key] for key in listed} == listed
    assert set(detail) - set(listed) == {"participants"}


def test_a_tutor_among_the_participants_keeps_the_documents_words(api):
    seat = ParticipantFactory(user=TutorFactory(), role="tutor")

    participant = seen_by(api, seat.session.creator, seat.session)["participants"][0]

    assert participant["role"] == "tutor"
    assert participant["user"]["role"] == "instructor"


def test_joining_names_the_clash(api):
    seat = ParticipantFactory()
    other = SessionFactory(starts_at=seat.session.starts_at)

    answer = api.as_(seat.user).post(f"/api/sessions/{other.pk}/join").json()

    assert [clash["id"] for clash in answer["conflicts"]] == [seat.session.pk]


def close_account_of(user):
    user.deleted_at, user.is_active = timezone.now(), False
    user.save()


HIDDEN = {"first_name": "", "last_name": "", "email": None}


def test_who_has_closed_their_account_is_hidden_from_everybody_in_what_is_over(api):
    host = TutorFactory(first_name="Grace", last_name="Hopper")
    seat = ParticipantFactory(session=SessionFactory(creator=host, status="completed"), state="attended")
    session, stranger = seat.session, StudentFactory()
    for person in (host, seat.user):
        close_account_of(person)

    for viewer in (stranger, AdminFactory(), ParticipantFactory(session=session).user):
        body = seen_by(api, viewer, session)
        (card,) = api.as_(viewer).get("/api/sessions", {"creator": host.pk}).json()["results"]
        rows = api.as_(viewer).get(f"/api/sessions/{session.pk}/participants").json()
        seen = [body["creator"], body["participants"][0]["user"], card["creator"], rows[0]["user"]]
        assert [{name: person[name] for name in HIDDEN} for person in seen] == [HIDDEN] * 4
        assert [person["id"] for person in seen] == [host.pk, seat.user.pk, host.pk, seat.user.pk]


def test_a_name_that_is_hidden_finds_nothing(api):
    host, stranger = TutorFactory(first_name="Grace", last_name="Hopper"), StudentFactory()
    SessionFactory(creator=host)

    def count(path, **query):
        return len(api.as_(stranger).get(path, query).json()["results"])

    assert count("/api/sessions", tutor="hopper") == 1
    close_account_of(host)
    assert count("/api/sessions", tutor="hopper") == 0
    assert count("/api/sessions", creator=host.pk) == 1


def test_the_host_no_longer_sees_who_waits_or_asked_once_their_account_is_closed(api):
    session = SessionFactory(max_participants=2, needs_approval=True)
    place, asked = WaitlistEntryFactory(session=session), JoinRequestFactory(session=session)
    for person in (place.user, asked.user):
        close_account_of(person)

    host = api.as_(session.creator)
    (entry,) = host.get(f"/api/sessions/{session.pk}/waitlist").json()["entries"]
    (request,) = host.get(f"/api/sessions/{session.pk}/requests").json()

    assert {name: entry["user"][name] for name in HIDDEN} == HIDDEN
    assert request["learner_name"] == "Former user"
