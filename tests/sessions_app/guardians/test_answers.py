"""What follows from a guardian's answer, and how the contract tells it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.services.guardians import name_guardian
from audit.models import AuditEntry, PersonalPart
from notifications.models import Notification
from sessions_app import tasks
from sessions_app.models import RecordingConsent
from sessions_app.services import consents, recordings
from tests.factories import (
    AdminFactory,
    GuardianFactory,
    ParticipantFactory,
    StudentFactory,
)
from tests.sessions_app.guardians.steps import answer, is_available, path_in, say
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db


ZOOM = "https://us02web.zoom.us/rec/share/abc.def"


class TestTheGuardiansAnswer:
    def test_is_on_record_without_address_and_without_where_from(self, client, session, minor, guardian, link):
        for word in ("agree", "agree", "refuse", "refuse", "agree"):
            assert answer(client, link, word).status_code == 200

        entries = AuditEntry.objects.filter(action__startswith="recording_consent.guardian").order_by("pk")
        assert [entry.action.split("_")[-1] for entry in entries] == ["agreed", "refused", "agreed"]
        assert entries[0].after == {
            "agrees": True, "user": minor.pk, "guardian": guardian.pk, "text_version": 1
        }  # fmt: skip
        assert {(entry.actor_id, entry.object_id, entry.origin_token) for entry in entries} == {
            (None, str(session.pk), None)
        }
        assert not PersonalPart.objects.filter(subject_id=None).exists()

    def test_can_be_a_no_and_later_a_yes_by_the_same_link(self, client, session, minor, link):
        answer(client, link, "refuse")
        assert consents.missing(session) == [minor.pk]
        assert "You do not agree" in client.get(link).content.decode()

        answer(client, link, "agree")

        assert consents.missing(session) == []
        assert "You agree" in client.get(link).content.decode()

    def test_taken_back_stops_access_at_once_and_the_recording_goes_a_day_later(self, client, recorded, session, link):
        assert is_available(session)

        answer(client, link, "refuse")

        assert not is_available(session)
        now = timezone.now()
        assert recordings.delete_old(now=now + timedelta(hours=23)) == 0
        assert recordings.delete_old(now=now + timedelta(hours=25)) == 1

    def test_that_is_no_is_not_undone_by_a_minor_who_agrees_again_or_names_another(
        self, client, recorded, session, minor, link
    ):
        answer(client, link, "refuse")
        say(session, minor, consent=False)
        say(session, minor)
        name_guardian(minor, {"name": "Aunt", "email": "aunt@example.com"})

        assert not is_available(session)
        assert recordings.delete_old(now=timezone.now() + timedelta(hours=25)) == 1

    def test_ends_when_another_guardian_is_named(self, client, recorded, session, minor, link):
        name_guardian(minor, {"name": "Aunt", "email": "aunt@example.com"})

        assert not is_available(session)
        say(session, minor)
        tasks.send_due_guardian_mails()
        assert mail.outbox[-1].to == ["aunt@example.com"]
        answer(client, path_in(mail.outbox[-1]), "agree")
        assert is_available(session)

    def test_stays_when_the_guardian_is_only_called_otherwise(self, recorded, session, minor, guardian):
        name_guardian(minor, {"name": "Lady Byron", "email": guardian.email})

        assert is_available(session)

    def test_cannot_make_a_yes_of_the_minors_no(self, client, session, minor, link):
        say(session, minor, consent=False)
        assert "I agree" not in client.get(link).content.decode()

        answer(client, link, "agree")

        assert consents.missing(session) == [minor.pk]
        assert RecordingConsent.objects.get(user=minor).guardian_agreed_at is None

    def test_is_told_to_the_minor_and_a_yes_that_is_lost_to_the_host(self, client, session, minor, link):
        for word in ("agree", "refuse", "refuse"):
            answer(client, link, word)

        told = Notification.objects.filter(type="recording_guardian_answered").order_by("pk")
        assert [(each.recipient, each.title) for each in told] == [
            (minor, "Your guardian agrees"), (minor, "Your guardian does not agree")
        ]  # fmt: skip
        (lost,) = Notification.objects.filter(type="recording_consent_withdrawn")
        assert lost.recipient == session.creator

    def test_that_was_never_a_yes_is_not_told_to_the_host(self, client, link):
        answer(client, link, "refuse")

        assert not Notification.objects.filter(type="recording_consent_withdrawn").exists()

    def test_of_an_absent_minors_guardian_can_be_a_no(self, client, recorded, session, minor, link):
        session.participants.update(state="absent")
        assert is_available(session)

        answer(client, link, "refuse")

        assert not is_available(session)


class TestTheContract:
    def test_says_to_the_minor_whether_a_guardian_is_needed_and_has_agreed(self, api, client, session, minor, link):
        mine = api.as_(minor)
        path = f"/api/sessions/{session.pk}/recording/consent"
        shown = mine.get(path).json()
        assert (shown["consent"], shown["everybodyAgrees"]) == (True, False)
        assert shown["guardian"] == {"needsGuardian": True, "guardianAgreedAt": None, "guardianRefusedAt": None}

        answer(client, link, "agree")

        shown = mine.get(path).json()
        assert shown["everybodyAgrees"] is True
        assert shown["guardian"]["guardianAgreedAt"].endswith("Z")
        answer(client, link, "refuse")
        state = mine.get(path).json()["guardian"]
        assert (state["guardianAgreedAt"], state["guardianRefusedAt"][-1]) == (None, "Z")
        assert api.as_(session.creator).get(path).json()["guardian"]["needsGuardian"] is False

    def test_says_to_the_host_for_whom_a_guardian_is_still_to_agree(self, api, client, session, minor, link):
        path = f"/api/sessions/{session.pk}/recording/consent"
        host = api.as_(session.creator)
        waiting = {row["userId"]: row["waitsForGuardian"] for row in host.get(path).json()["people"]}
        assert waiting == {session.creator_id: False, minor.pk: True}

        answer(client, link, "agree")

        assert not any(row["waitsForGuardian"] for row in host.get(path).json()["people"])

    def test_refuses_a_minor_without_a_guardian_and_says_what_to_do(self, api, session, minor, guardian):
        guardian.delete()
        path = f"/api/sessions/{session.pk}/recording/consent"

        answer = api.as_(minor).put(path, {"consent": True, "textVersion": 1})

        assert (answer.status_code, answer.json()["code"]) == (409, "GUARDIAN_MISSING")
        assert "profile" in answer.json()["message"]
        assert api.as_(minor).put(path, {"consent": False}).status_code == 200

    def test_keeps_a_recording_from_everybody_until_the_guardian_agrees(self, api, client, session, minor, link):
        path = f"/api/sessions/{session.pk}/recording"
        host = api.as_(session.creator)
        refused = host.post(path, {"url": ZOOM})
        assert (refused.status_code, refused.json()["userIds"]) == (403, [minor.pk])

        answer(client, link, "agree")

        assert host.post(path, {"url": ZOOM}).status_code == 201
        assert {api.as_(user).get(path).status_code for user in (session.creator, minor, AdminFactory())} == {200}
        assert api.as_(StudentFactory()).get(path).status_code == 403
        answer(client, link, "refuse")
        assert {api.as_(user).get(path).status_code for user in (session.creator, minor, AdminFactory())} == {403}

    def test_costs_the_same_for_one_minor_and_for_many(self, api, session, minor, link):
        host, path = api.as_(session.creator), f"/api/sessions/{session.pk}/recording/consent"
        at_one = queries_of(host, path)
        for _ in range(4):
            more = GuardianFactory().user
            ParticipantFactory(session=session, user=more)
            say(session, more)

        assert queries_of(host, path) == at_one
