"""Recordings of sessions: who may keep one, who may have it, and that all of them agree at every moment (R-GDPR-7)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone

from audit.models import AuditEntry
from notifications.models import Notification
from sessions_app import recording_files, recording_terms
from sessions_app.models import Recording, RecordingConsent, SessionStatus
from sessions_app.services import materials, recordings
from tests.factories import (
    AdminFactory,
    BookingFactory,
    ParticipantFactory,
    PastSessionFactory,
    RecordingConsentFactory,
    RecordingFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
    agree,
)
from tests.support.clients import queries_of
from tests.support.files import sent
from tests.support.uploads import EICAR, PHP, SCRIPT

pytestmark = pytest.mark.django_db

MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0 moving pictures"
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm\x42\x87 moving pictures"
ZOOM = "https://us02web.zoom.us/rec/share/abc.def"


@pytest.fixture
def seat():
    """In a session that took place."""
    return ParticipantFactory(session=PastSessionFactory())


@pytest.fixture
def session(seat):
    return seat.session


@pytest.fixture
def host(api, session):
    return api.as_(session.creator)


@pytest.fixture
def guest(api, seat):
    return api.as_(seat.user)


@pytest.fixture
def recorded(seat, session):
    """With a recording to which both agree."""
    agree(session, seat.user)
    return RecordingFactory(session=session, content=MP4)


def path(session, more=""):
    return f"/api/sessions/{session.pk}/recording{more}"


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def local(url):
    return url.removeprefix("http://127.0.0.1:8000")


def say(client, session, consent, version=recording_terms.CURRENT):
    return client.put(path(session, "/consent"), {"consent": consent, "textVersion": version})


class TestKeepingOne:
    def test_a_file_is_kept_by_what_it_is_and_handed_out_as_a_download(self, api, host, guest, session, seat):
        agree(session, seat.user)
        form = {"file": sent(MP4, "../My lesson.exe"), "title": "Week 3"}

        answer = host.post(path(session), form, format="multipart")

        shown, kept = answer.json(), Recording.objects.get()
        assert answer.status_code == 201, shown
        assert (shown["fileName"], shown["mediaType"], shown["size"]) == ("My lesson.mp4", "video/mp4", len(MP4))
        assert (shown["source"], shown["title"], shown["sessionTitle"]) == ("upload", "Week 3", session.title)
        assert kept.file.name.startswith("recordings/")
        assert "lesson" not in kept.file.name
        link = guest.get(path(session)).json()
        assert link["expiresAt"] > f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}"
        file = api.get(local(link["url"]))  # nobody is signed in: the link is enough
        assert (file.status_code, b"".join(file.streaming_content)) == (200, MP4)
        assert file["Content-Disposition"].startswith('attachment; filename="My lesson.mp4"')
        assert (file["X-Content-Type-Options"], file["Cache-Control"]) == ("nosniff", "private, no-store")
        part = api.get(local(link["url"]), HTTP_RANGE="bytes=4-7")
        assert (part.status_code, b"".join(part.streaming_content)) == (206, b"ftyp")
        assert api.get(local(link["url"]), HTTP_RANGE="bytes=999-").status_code == 416
        (told,) = Notification.objects.filter(type="recording_added")
        assert told.recipient == seat.user
        assert AuditEntry.objects.get(action="recording.added").actor_id == session.creator_id

    def test_one_at_a_providers_is_registered_and_its_address_shown_to_those_only_who_may_have_it(
        self, api, host, guest, session, seat
    ):
        agree(session, seat.user)

        shown = host.post(path(session), {"url": ZOOM, "title": "Week 3"}).json()

        assert (shown["source"], shown["fileName"], shown["size"]) == ("zoom", None, None)
        assert ZOOM not in str(shown) + str(guest.get(path(session)).json())
        away = api.get(local(guest.get(path(session)).json()["url"]))
        assert (away.status_code, away["Location"], away["Referrer-Policy"]) == (302, ZOOM, "no-referrer")

    @pytest.mark.parametrize("url", [
        "http://zoom.us/rec/1", "https://zoom.us.evil.example/rec/1", "https://evilzoom.us/rec/1",
        "https://zoom.us@evil.example/rec", "https://zoom.us:8443/rec/1", "https://127.0.0.1/rec",
        "javascript:alert(1)", "https://zoom.us\\@evil.example/", "https://zoom.us", "",
    ])  # fmt: skip
    def test_any_other_address_is_refused(self, host, session, seat, url):
        agree(session, seat.user)

        answer = host.post(path(session), {"url": url})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["url"])
        assert not Recording.objects.exists()

    @pytest.mark.parametrize(("content", "code"), [
        (b"", "FILE_EMPTY"), (b"hello", "RECORDING_TYPE_NOT_ALLOWED"), (PHP, "RECORDING_TYPE_NOT_ALLOWED"),
        (EICAR, "RECORDING_TYPE_NOT_ALLOWED"), (b"MZ" + MP4, "RECORDING_TYPE_NOT_ALLOWED"),
        (MP4 + SCRIPT, "ATTACHMENT_UNSAFE"), (b"\x1a\x45\xdf\xa3 matroska", "RECORDING_TYPE_NOT_ALLOWED"),
    ])  # fmt: skip
    def test_a_file_that_is_none_is_refused_and_not_kept(self, host, session, seat, content, code):
        agree(session, seat.user)
        before = kept()

        answer = host.post(path(session), {"file": sent(content, "film.mp4")}, format="multipart")

        assert refusal(answer) == (400, code)
        assert (Recording.objects.count(), kept()) == (0, before)

    def test_the_other_kinds_are_known_by_their_beginnings(self, host, session, seat):
        agree(session, seat.user)
        kinds = {WEBM: "video/webm", b"OggS\0 sound": "audio/ogg", b"\0\0\0\x18ftypM4A sound": "audio/mp4"}
        for content, kind in kinds.items():
            answer = host.post(path(session), {"file": sent(content, "film")}, format="multipart")
            assert answer.json()["mediaType"] == kind
            assert host.delete(path(session)).status_code == 204

    def test_one_that_is_too_large_or_infected_is_refused(self, host, session, seat, monkeypatch, settings):
        agree(session, seat.user)
        monkeypatch.setattr(recording_files, "MOST_BYTES", len(MP4) - 1)
        large = host.post(path(session), {"file": sent(MP4, "a.mp4")}, format="multipart")
        monkeypatch.undo()
        settings.CLAMAV_URL = "tcp://127.0.0.1:1"
        monkeypatch.setattr(materials.scanning, "ask", lambda file: "Eicar-Test")
        infected = host.post(path(session), {"file": sent(MP4, "a.mp4")}, format="multipart")

        assert refusal(large) == (400, "RECORDING_TOO_LARGE")
        assert refusal(infected) == (400, "ATTACHMENT_UNSAFE")
        assert not Recording.objects.exists()

    def test_needs_everybody_who_is_in_it_and_says_to_the_host_who_is_missing(self, host, session, seat):
        other = ParticipantFactory(session=session, state="attended").user
        RecordingConsentFactory(session=session)
        RecordingConsentFactory(session=session, user=other, text_version=recording_terms.CURRENT)

        answer = host.post(path(session), {"url": ZOOM})

        assert refusal(answer) == (403, "RECORDING_CONSENT_MISSING")
        assert answer.json()["userIds"] == [seat.user_id]

    def test_who_was_absent_or_had_left_need_not_agree_but_who_was_absent_may_refuse(self, api, host, session, seat):
        agree(session, seat.user)
        absent = ParticipantFactory(session=session, state="absent").user
        ParticipantFactory(session=session, state="left", left_at=session.starts_at - timedelta(hours=1))
        ParticipantFactory(session=session, state="removed", left_at=session.starts_at - timedelta(hours=1))
        assert host.post(path(session), {"url": ZOOM}).status_code == 201

        assert say(api.as_(absent), session, False).status_code == 200

        assert refusal(host.get(path(session))) == (403, "RECORDING_CONSENT_MISSING")

    def test_who_was_taken_out_while_it_ran_has_to_agree_too(self, api, host, session, seat):
        agree(session, seat.user)
        gone = ParticipantFactory(session=session, state="removed", left_at=session.starts_at).user

        assert refusal(host.post(path(session), {"url": ZOOM})) == (403, "RECORDING_CONSENT_MISSING")
        assert say(api.as_(gone), session, True).status_code == 200
        assert host.post(path(session), {"url": ZOOM}).status_code == 201
        assert refusal(api.as_(gone).get(path(session))) == (403, "NOT_IN_SESSION")

    def test_is_the_hosts_once_and_of_what_has_begun(self, api, host, guest, session, seat):
        agree(session, seat.user)
        to_come = SessionFactory(creator=session.creator)
        agree(to_come)
        assert refusal(host.post(path(to_come), {"url": ZOOM})) == (409, "NOT_RECORDABLE")
        assert refusal(guest.post(path(session), {"url": ZOOM})) == (403, "NOT_THE_CREATOR")
        assert refusal(api.as_(AdminFactory()).post(path(session), {"url": ZOOM})) == (403, "NOT_THE_CREATOR")

        first, again = (host.post(path(session), {"url": ZOOM}, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))

        assert (first.status_code, again.json(), again["Idempotent-Replay"]) == (201, first.json(), "true")
        assert refusal(host.post(path(session), {"url": ZOOM})) == (409, "RECORDING_EXISTS")

    def test_is_deleted_with_its_file_by_the_host(
        self, host, guest, recorded, session, django_capture_on_commit_callbacks
    ):
        assert refusal(guest.delete(path(session))) == (403, "NOT_THE_CREATOR")

        with django_capture_on_commit_callbacks(execute=True):
            assert host.delete(path(session)).status_code == 204

        assert not default_storage.exists(recorded.file.name)
        assert (host.delete(path(session)).status_code, host.get(path(session)).status_code) == (404, 404)


class TestWhoMayHaveIt:
    def test_its_people_and_admins(self, api, host, guest, recorded, session):
        left = ParticipantFactory(session=session, state="left", left_at=session.starts_at - timedelta(hours=1)).user
        lesson = BookingFactory().session

        assert {client.get(path(session)).status_code for client in (host, guest, api.as_(AdminFactory()))} == {200}
        for user in (left, StudentFactory(), TutorFactory()):
            assert refusal(api.as_(user).get(path(session))) == (403, "NOT_IN_SESSION")
            assert api.as_(user).get(path(lesson)).status_code == 404
        assert api.get(path(session)).status_code == 401

    def test_withdrawing_stops_it_at_once_even_where_a_link_was_given(self, api, host, guest, recorded, session):
        link = local(host.get(path(session)).json()["url"])
        assert api.get(link).status_code == 200

        assert say(guest, session, False).json()["consent"] is False

        assert refusal(api.get(link)) == (403, "RECORDING_CONSENT_MISSING")
        assert refusal(host.get(path(session))) == (403, "RECORDING_CONSENT_MISSING")
        assert refusal(api.as_(AdminFactory()).get(path(session))) == (403, "RECORDING_CONSENT_MISSING")
        assert host.get("/api/uploads/session-recordings").json()["items"] == []
        (told,) = Notification.objects.filter(type="recording_consent_withdrawn")
        assert told.recipient == session.creator
        assert say(guest, session, True).json()["everybodyAgrees"] is True
        assert api.get(link).status_code == 200

    def test_a_link_is_its_persons_for_an_hour(self, api, guest, recorded, session, seat):
        link = local(guest.get(path(session)).json()["url"])
        other = RecordingFactory()
        agree(other.session)

        assert api.get(link.replace(f"/{recorded.pk}/", f"/{other.pk}/")).status_code == 404
        assert api.get(link.replace("signature=", "signature=x")).status_code == 404
        assert api.get(link.partition("?")[0]).status_code == 404
        with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
            assert refusal(api.get(link)) == (410, "LINK_EXPIRED")
        seat.user.is_active = False
        seat.user.save()
        assert api.get(link).status_code == 404
        seat.user.is_active = True
        seat.user.save()
        seat.state = "removed"
        seat.save()
        assert api.get(link).status_code == 404

    def test_the_list_has_those_that_one_may_have_at_the_moment(self, api, guest, recorded, seat):
        older = RecordingFactory(session=PastSessionFactory(starts_at=timezone.now() - timedelta(days=9)))
        Recording.objects.filter(pk=older.pk).update(created_at=timezone.now() - timedelta(days=9))
        ParticipantFactory(session=older.session, user=seat.user)
        agree(older.session, seat.user)
        not_agreed = RecordingFactory(session=PastSessionFactory(starts_at=timezone.now() - timedelta(days=8)))
        ParticipantFactory(session=not_agreed.session, user=seat.user)
        agree(not_agreed.session)
        agree(RecordingFactory().session)

        body = guest.get("/api/uploads/session-recordings?pageSize=1").json()

        assert ([row["id"] for row in body["items"]], body["total"], body["totalPages"]) == ([recorded.pk], 2, 2)
        assert api.get(local(body["items"][0]["url"])).status_code == 200
        (second,) = guest.get("/api/uploads/session-recordings?pageSize=1&page=2").json()["items"]
        assert second["id"] == older.pk
        assert api.as_(StudentFactory()).get("/api/uploads/session-recordings").json()["items"] == []

    def test_it_costs_the_same_for_one_and_for_three(self, guest, recorded, seat):
        at_one = queries_of(guest, "/api/uploads/session-recordings")
        for days in (2, 3):
            more = RecordingFactory(session=PastSessionFactory(starts_at=timezone.now() - timedelta(days=days)))
            ParticipantFactory(session=more.session, user=seat.user)
            agree(more.session, seat.user)

        assert queries_of(guest, "/api/uploads/session-recordings") == at_one
        assert guest.get("/api/uploads/session-recordings").json()["total"] == 3


class TestConsent:
    def test_is_asked_for_with_the_words_and_their_version(self, guest, host, session, seat):
        asked = guest.get(path(session, "/consent")).json()

        assert (asked["textVersion"], asked["text"]) == (1, recording_terms.TEXTS[1])
        assert (asked["consent"], asked["everybodyAgrees"], asked["people"]) == (None, False, None)
        shown = host.get(path(session, "/consent")).json()["people"]
        assert [(row["userId"], row["consent"]) for row in shown] == [(session.creator_id, None), (seat.user_id, None)]

    def test_is_given_withdrawn_and_given_again_each_on_record(self, guest, session, seat):
        for word in (True, True, False, False, True):
            answer = say(guest, session, word).json()
            assert (answer["consent"], answer["agreedVersion"]) == (word, 1 if word else None)

        consent = RecordingConsent.objects.get()
        assert (consent.user, consent.text_version, consent.withdrawn_at) == (seat.user, 1, None)
        actions = AuditEntry.objects.filter(action__startswith="recording_consent").order_by("pk")
        assert [entry.action.split(".")[1] for entry in actions] == ["given", "withdrawn", "given"]

    def test_refusing_from_the_beginning_is_kept_too(self, guest, session):
        assert say(guest, session, False).json()["consent"] is False
        assert RecordingConsent.objects.get().given_at is None

    def test_of_the_host_asks_the_others_and_whoever_joins_later(self, api, seat):
        session = ParticipantFactory().session  # to come
        first = session.participants.get().user
        host, newcomer = api.as_(session.creator), StudentFactory()
        say(host, session, True)

        assert api.as_(newcomer).post(f"/api/sessions/{session.pk}/join").status_code == 201

        asked = Notification.objects.filter(type="recording_consent_asked").values_list("recipient", flat=True)
        assert sorted(asked) == sorted([first.pk, newcomer.pk])
        say(api.as_(first), session, True)
        assert host.get(path(session, "/consent")).json()["everybodyAgrees"] is False
        assert say(api.as_(newcomer), session, True).json()["everybodyAgrees"] is True

    def test_to_another_text_is_asked_for_anew_but_what_was_recorded_stays(
        self, api, host, guest, recorded, session, seat, monkeypatch
    ):
        monkeypatch.setattr(recording_terms, "CURRENT", 2)
        monkeypatch.setitem(recording_terms.TEXTS, 2, "This session may be recorded, and transcribed.")

        assert refusal(say(guest, session, True, version=1)) == (409, "CONSENT_TEXT_CHANGED")
        assert host.get(path(session)).status_code == 200
        host.delete(path(session))
        assert host.post(path(session), {"url": ZOOM}).json()["userIds"] == sorted([session.creator_id, seat.user_id])
        say(host, session, True, version=2)
        say(guest, session, True, version=2)
        assert host.post(path(session), {"url": ZOOM}).status_code == 201

    @pytest.mark.parametrize(
        "body", [{}, {"consent": True}, {"consent": "maybe"}, {"consent": True, "textVersion": "x"}]
    )
    def test_that_is_none_is_refused(self, guest, session, body):
        assert refusal(guest.put(path(session, "/consent"), body)) == (400, "VALIDATION_ERROR")

    def test_is_its_peoples_to_say(self, api, session):
        lesson = BookingFactory().session
        for user in (StudentFactory(), TutorFactory()):
            assert refusal(say(api.as_(user), session, True)) == (403, "NOT_IN_SESSION")
            assert refusal(api.as_(user).get(path(session, "/consent"))) == (403, "NOT_IN_SESSION")
            assert say(api.as_(user), lesson, True).status_code == 404
        admin = api.as_(AdminFactory())
        assert refusal(say(admin, session, True)) == (403, "NOT_IN_SESSION")
        assert admin.get(path(session, "/consent")).json()["people"]


class TestWhatIsKeptNoLonger:
    def test_is_what_is_old_and_what_somebody_withdrew_from_a_day_ago(
        self, recorded, seat, session, django_capture_on_commit_callbacks
    ):
        now = timezone.now()
        old = RecordingFactory(session=PastSessionFactory(starts_at=now - timedelta(days=181)))
        agree(old.session)
        Recording.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=180))
        irrelevant = ParticipantFactory(session=session, state="left", left_at=session.starts_at - timedelta(days=1))
        RecordingConsentFactory(
            session=session, user=irrelevant.user, given_at=None, withdrawn_at=now - timedelta(days=3)
        )
        with django_capture_on_commit_callbacks(execute=True):
            assert recordings.delete_old(now=now) == 1
        assert (list(Recording.objects.all()), default_storage.exists(old.file.name)) == ([recorded], False)
        RecordingConsent.objects.filter(user=seat.user).update(withdrawn_at=now)

        assert recordings.delete_old(now=now + timedelta(hours=23)) == 0
        assert recordings.delete_old(now=now + timedelta(hours=25)) == 1

        reasons = AuditEntry.objects.filter(action="recording.deleted").order_by("pk").values_list("reason", flat=True)
        assert list(reasons) == ["old", "consent_withdrawn"]


def test_a_cancelled_session_has_no_recording(host, session, seat):
    agree(session, seat.user)
    session.status = SessionStatus.CANCELLED
    session.save()

    assert refusal(host.post(path(session), {"url": ZOOM})) == (409, "NOT_RECORDABLE")


def kept():
    return default_storage.listdir("recordings/")[1] if default_storage.exists("recordings/") else []
