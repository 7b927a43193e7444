"""What nobody can make of guardians: a way around their no, or a way into strangers' mailboxes."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.core.signing import dumps
from django.utils import timezone

from accounts.errors import EmailNotVerified
from accounts.models import User
from accounts.services.guardians import name_guardian
from audit.models import AuditEntry
from notifications.models import Notification
from sessions_app import recording_terms, tasks
from sessions_app.errors import GuardianAskedTooOften, GuardianInSession
from sessions_app.models import GuardianMail, Recording, RecordingConsent
from sessions_app.services import consents, guardian_mails, recordings
from tests.factories import GuardianFactory, GuardianMailFactory, ParticipantFactory, PastSessionFactory
from tests.sessions_app.guardians.steps import answer, is_available, path_in, say

pytestmark = pytest.mark.django_db

AUNT = {"name": "Aunt", "email": "aunt@example.com"}
WITHDRAWN = "recording_consent_withdrawn"


@pytest.fixture
def ask(session, minor, django_capture_on_commit_callbacks):
    """The minor agrees (anew); returns the path that was mailed, if any was."""

    def ask():
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            say(session, minor)
        return path_in(mail.outbox[-1]) if len(mail.outbox) > before else None

    return ask


def link_of(session, guardian, version=1):
    what = [session.pk, guardian.user_id, version, guardian.pk]
    return f"/guardians/recordings/{dumps(what, salt=guardian_mails.SALT)}"


def kept_a_day_later(session):
    recordings.delete_old(now=timezone.now() + timedelta(hours=25))
    return Recording.objects.filter(session=session).exists()


def sent_to(address):
    return sum(message.to == [address] for message in mail.outbox)


class TestManyAnswers:
    def test_a_yes_changes_something_five_times_a_day_and_a_no_always(self, client, session, minor, link):
        given = [(answer(client, link, "agree").status_code, answer(client, link, "refuse").status_code)
                 for _ in range(7)]  # fmt: skip

        assert given == [(200, 200)] * 5 + [(429, 200)] * 2
        assert AuditEntry.objects.filter(action__startswith="recording_consent.guardian").count() == 10
        assert Notification.objects.filter(recipient=minor).count() == 10
        assert consents.missing(session) == [minor.pk]

    def test_the_page_says_so_in_words_and_a_day_later_it_can_be_yes_again(self, client, session, link):
        for _ in range(5):
            answer(client, link, "agree")
            answer(client, link, "refuse")

        page = answer(client, link, "agree")

        assert "Try again tomorrow" in page.content.decode()
        assert 0 < int(page["Retry-After"]) <= 86_400
        with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
            assert answer(client, link, "agree").status_code == 200
        assert consents.missing(session) == []

    def test_that_say_the_same_again_are_not_counted(self, client, session, link):
        assert {answer(client, link, "agree").status_code for _ in range(8)} == {200}
        assert consents.missing(session) == []


class TestAGuardianWhoIsOneNoLonger:
    @pytest.mark.parametrize("named", [None, AUNT])
    def test_has_withdrawn_what_they_agreed_to(self, recorded, session, minor, named):
        name_guardian(minor, named)

        assert not is_available(session)
        assert Notification.objects.filter(type=WITHDRAWN, recipient=session.creator).count() == 1
        assert AuditEntry.objects.get(action="recording_consent.guardian_left").after["agrees"] is False
        assert not kept_a_day_later(session)

    def test_has_withdrawn_for_a_minor_who_was_absent_too(self, recorded, session, minor):
        session.participants.update(state="absent")

        name_guardian(minor, None)

        assert not is_available(session)
        assert not kept_a_day_later(session)

    def test_is_followed_by_one_who_agrees_in_time(self, recorded, session, minor, ask, client):
        name_guardian(minor, AUNT)

        answer(client, ask(), "agree")

        assert is_available(session)
        assert kept_a_day_later(session)

    def test_is_not_made_up_for_by_another_yes_of_the_minor(self, recorded, session, minor, ask):
        name_guardian(minor, AUNT)
        say(session, minor, consent=False)
        ask()

        assert not kept_a_day_later(session)

    def test_who_had_said_nothing_has_withdrawn_nothing(self, session, minor, link):
        name_guardian(minor, None)

        assert RecordingConsent.objects.get(user=minor).guardian_left_at is None
        assert not Notification.objects.filter(type=WITHDRAWN).exists()

    def test_is_nobodys_concern_who_is_of_age_by_now(self, recorded, session, minor):
        User.objects.filter(pk=minor.pk).update(birth_date="1990-01-01")

        name_guardian(minor, None)

        assert is_available(session)
        assert kept_a_day_later(session)
        assert not Notification.objects.filter(type=WITHDRAWN).exists()


class TestANo:
    def test_stays_whoever_is_named_later(self, recorded, session, minor, link, client, ask):
        answer(client, link, "refuse")
        name_guardian(minor, AUNT)
        say(session, minor, consent=False)

        assert ask() is None  # nothing is asked that nobody can agree to

        aunts = link_of(session, minor.guardian)
        page = client.get(aunts).content.decode()
        assert "another guardian" in page
        assert 'value="agree"' not in page
        assert answer(client, aunts, "agree").status_code == 200
        assert consents.missing(session) == [minor.pk]
        assert not is_available(session)
        assert not kept_a_day_later(session)

    def test_stays_when_the_same_person_is_removed_and_named_again(self, link, client, session, minor, guardian):
        answer(client, link, "refuse")
        name_guardian(minor, None)
        name_guardian(minor, {"name": "Mum", "email": guardian.email})

        answer(client, link_of(session, minor.guardian), "agree")

        assert consents.missing(session) == [minor.pk]

    def test_is_for_its_session_alone(self, link, client, session, minor):
        answer(client, link, "refuse")
        other = ParticipantFactory(user=minor, session=PastSessionFactory()).session
        name_guardian(minor, AUNT)
        say(other, minor)

        answer(client, link_of(other, minor.guardian), "agree")

        assert minor.pk not in consents.missing(other)

    def test_is_taken_back_by_who_said_it_though_the_minor_agreed_anew(self, link, client, session, minor, ask):
        answer(client, link, "refuse")
        say(session, minor, consent=False)

        answer(client, ask(), "agree")

        assert consents.missing(session) == []

    def test_by_the_link_of_an_older_text_is_told_to_the_host(
        self, client, session, minor, guardian, link, monkeypatch
    ):
        monkeypatch.setitem(recording_terms.TEXTS, 2, "Other words.")
        monkeypatch.setattr(recording_terms, "CURRENT", 2)
        say(session, minor)
        answer(client, link_of(session, guardian, 2), "agree")

        answer(client, link, "refuse")

        assert Notification.objects.get(type=WITHDRAWN).recipient == session.creator


class TestWhoWasAsked:
    def test_is_asked_by_a_yes_after_a_mail_that_was_held_back(self, session, minor, ask):
        say(session, minor)
        say(session, minor, consent=False)
        tasks.send_due_guardian_mails()
        assert mail.outbox == []

        assert ask() is not None

    def test_is_asked_again_after_a_mail_that_was_given_up(self, session, minor, ask):
        say(session, minor)
        GuardianMail.objects.update(state="dead", outcome="SMTPException()")

        assert ask() is not None

    def test_is_asked_about_a_new_yes_on_the_day_of_the_first(self, client, session, minor, link, ask):
        answer(client, link, "agree")
        say(session, minor, consent=False)

        again = ask()

        assert again is not None
        answer(client, again, "agree")
        assert consents.missing(session) == []

    def test_gets_one_mail_about_yes_no_and_yes_though_none_was_sent_in_between(self, session, minor, guardian):
        for consent in (True, False, True):
            say(session, minor, consent)

        tasks.send_due_guardian_mails()

        assert sent_to(guardian.email) == 1

    def test_is_not_asked_again_by_being_removed_and_named_again(self, session, minor, guardian, link):
        name_guardian(minor, None)
        name_guardian(minor, {"name": "Mum", "email": f" {guardian.email.upper()}"})

        say(session, minor)
        tasks.send_due_guardian_mails()

        assert len(mail.outbox) == 1


class TestAStrangersMailbox:
    def test_gets_five_mails_a_day_whoever_names_it_and_however(self):
        seats = [
            ParticipantFactory(session=PastSessionFactory(), user=GuardianFactory(email=f"dad+{n}@example.com").user)
            for n in range(6)
        ]
        for seat in seats[:5]:
            say(seat.session, seat.user)

        with pytest.raises(GuardianAskedTooOften) as refused:
            say(seats[5].session, seats[5].user)

        assert timedelta(hours=23) < refused.value.retry_after <= timedelta(days=1)
        assert GuardianMail.objects.count() == 5
        assert not RecordingConsent.objects.filter(user=seats[5].user).exists()

    def test_gets_none_of_who_has_not_proven_their_own(self, session, minor, settings):
        settings.REQUIRE_VERIFIED_EMAIL = True
        User.objects.filter(pk=minor.pk).update(is_verified=False)

        with pytest.raises(EmailNotVerified):
            say(session, minor)

        assert not GuardianMail.objects.exists()
        assert say(session, minor, consent=False).withdrawn_at is not None

    def test_is_nowhere_in_the_log_of_mails(self, session, minor, guardian, monkeypatch):
        def refuse(message):
            raise ConnectionError(f"<{message.to[0]}>: no such user")

        monkeypatch.setattr(guardian_mails.mailing, "send", refuse)
        say(session, minor)

        tasks.send_due_guardian_mails()

        row = GuardianMail.objects.get()
        assert row.outcome == "ConnectionError('<[hidden]>: no such user')"
        assert guardian.email not in str(GuardianMail.objects.values().get())


class TestSomebodyInTheSession:
    @pytest.fixture
    def insider(self, session, request):
        return {"host": session.creator, "other": ParticipantFactory(session=session).user}[request.param]

    @pytest.mark.parametrize("insider", ["host", "other"], indirect=True)
    def test_is_not_asked_as_a_guardian(self, session, minor, insider):
        local, domain = insider.email.split("@")
        name_guardian(minor, {"name": "Me", "email": f"{local}+me@{domain.upper()}"})

        with pytest.raises(GuardianInSession):
            say(session, minor)

        assert not GuardianMail.objects.exists()
        assert not RecordingConsent.objects.filter(user=minor).exists()

    def test_cannot_agree_by_a_link_that_they_have_and_may_refuse(self, client, session, minor, guardian, link):
        ParticipantFactory(session=session, user__email=guardian.email)

        page = answer(client, link, "agree")

        assert "somebody in this session" in page.content.decode()
        assert minor.pk in consents.missing(session)
        answer(client, link, "refuse")
        assert RecordingConsent.objects.get(user=minor).guardian_refused_at is not None

    def test_is_told_to_the_minor_by_a_stable_code(self, api, session, minor):
        name_guardian(minor, {"name": "Me", "email": session.creator.email})
        put = partial(api.as_(minor).put, f"/api/sessions/{session.pk}/recording/consent")

        refused = put({"consent": True, "textVersion": 1})

        assert (refused.status_code, refused.json()["code"]) == (409, "GUARDIAN_IN_SESSION")
        assert put({"consent": False}).status_code == 200


@pytest.mark.parametrize("text", [
    "evil。com", "evil｡com", "evil．com", "evil﹒com", "evil․com", "ｅｖｉｌ.ｃｏｍ", "evil..com", "evil。。com",
])  # fmt: skip
def test_no_dot_makes_a_link_however_it_is_written(text):
    shown = guardian_mails.harmless(text)

    assert shown.startswith("evil")
    assert shown.split()[0].rstrip(".。") == "evil"
    assert shown.endswith(" com")


def test_a_mailbox_is_one_however_its_address_is_spelled():
    first, second = (GuardianMailFactory(guardian__email=email) for email in ("Ｄad@Example.com", "dad+x@example.com"))

    assert first.mailbox == second.mailbox
