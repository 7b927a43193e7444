"""What each viewer is shown of a session: their own part in it, and whose address."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import AdminFactory, ParticipantFactory, SessionFactory, StudentFactory, TutorFactory

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
