"""The mail that asks a guardian: what it says, how often it is sent, and that nobody can misuse it."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.services.guardians import name_guardian
from sessions_app import recording_terms, tasks
from sessions_app.errors import GuardianAskedTooOften
from sessions_app.models import GuardianMail, RecordingConsent
from sessions_app.services import guardian_mails
from tests.factories import (
    GuardianFactory,
    GuardianMailFactory,
    ParticipantFactory,
    PastSessionFactory,
    SessionFactory,
)
from tests.sessions_app.guardians.steps import say

pytestmark = pytest.mark.django_db


class TestTheMail:
    def test_says_who_asks_about_what_in_which_words_and_that_it_may_be_ignored(self, session, minor, guardian, link):
        (message,) = mail.outbox

        assert message.to == [guardian.email]
        for words in (minor.display_name, session.title, session.creator.display_name, recording_terms.TEXTS[1],
                      "version 1", "under 18", "ignore this message", f"{session.starts_at:%H:%M} UTC"):  # fmt: skip
            assert words in message.body
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"
        assert GuardianMail.objects.get().outcome == "sent"

    def test_is_not_sent_when_the_answer_is_rolled_back(self, session, minor, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            say(session, minor)
            transaction.set_rollback(True)

        tasks.send_due_guardian_mails()
        assert (mail.outbox, GuardianMail.objects.count()) == ([], 0)

    def test_that_a_worker_lost_is_sent_by_the_sweeper_once(self, session, minor):
        say(session, minor)
        assert mail.outbox == []

        tasks.send_due_guardian_mails()
        tasks.send_due_guardian_mails()

        assert len(mail.outbox) == 1

    def test_goes_out_once_a_day_for_a_session_a_text_and_a_guardian(self, session, minor, link):
        for _ in range(3):
            say(session, minor)
        assert GuardianMail.objects.count() == 1

        GuardianMail.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
        say(session, minor)

        assert GuardianMail.objects.count() == 2

    def test_goes_out_five_times_an_hour_at_most_whoever_the_guardian_is(self, minor):
        GuardianMailFactory.create_batch(4, user=minor, guardian=minor.guardian, state="done")
        name_guardian(minor, {"name": "Aunt", "email": "aunt@example.com"})
        first, second = (ParticipantFactory(user=minor, session=SessionFactory()).session for _ in range(2))
        say(first, minor)

        with pytest.raises(GuardianAskedTooOften) as refused:
            say(second, minor)

        assert timedelta(0) < refused.value.retry_after <= timedelta(hours=1)
        assert GuardianMail.objects.count() == 5
        assert not RecordingConsent.objects.filter(session=second).exists()
        assert say(second, minor, consent=False).withdrawn_at is not None

    @pytest.mark.parametrize(("change", "outcome"), [
        (lambda row: row.guardian.delete(), "suppressed: nobody's guardian any more"),
        (lambda row: RecordingConsent.objects.filter(user=row.user).update(withdrawn_at=timezone.now()),
         "suppressed: answered, or taken back"),
        (lambda row: type(row.user).objects.filter(pk=row.user_id).update(birth_date="1990-01-01"),
         "suppressed: nothing to ask"),
        (lambda row: type(row.user).objects.filter(pk=row.user_id).update(is_active=False),
         "suppressed: nothing to ask"),
    ])  # fmt: skip
    def test_that_asks_nothing_any_more_is_not_sent(self, session, minor, change, outcome):
        say(session, minor)
        change(GuardianMail.objects.get())

        tasks.send_due_guardian_mails()

        assert (mail.outbox, GuardianMail.objects.get().outcome) == ([], outcome)

    def test_has_nobodys_markup_lines_or_links_in_it(self, session, minor, guardian):
        minor.first_name, minor.last_name = "<a href='//evil.example'>Win", "www.evil.example\r\nBcc: x@evil.example"
        minor.save()
        session.title = "Sums\n\nSign in at https://evil.example/login\u2028now \u202eolleh"
        session.save()
        guardian.name = "Mum <mum@evil.example>"
        guardian.save()
        say(session, minor)

        tasks.send_due_guardian_mails()

        (message,) = mail.outbox
        written = message.message().as_string()
        assert "evil.example" not in message.body
        assert not re.search(r"[<>@\u2028\u202e]", message.body)
        assert re.findall(r"\w+://\S+", message.body) == [re.search(r"http://127\S+", message.body)[0]]
        assert "Bcc:" not in written.partition("\n\n")[0]
        assert len(message.body.splitlines()) == len(plain_mail().splitlines())


def plain_mail():
    guardian = GuardianFactory()
    session = PastSessionFactory()
    ParticipantFactory(session=session, user=guardian.user)
    say(session, guardian.user)
    tasks.send_due_guardian_mails()
    return mail.outbox.pop().body


@pytest.mark.parametrize(("text", "shown"), [
    ("Ada Lovelace", "Ada Lovelace"), ("J.R. Tolkien", "J. R. Tolkien"), ("Zoë O'Neil-Łuk", "Zoë O'Neil-Łuk"),
    ("a\r\nb", "a b"), ("https://evil.example", "https evil. example"), ("x" * 150, "x" * 99 + "…"), ("\0\t ", ""),
])  # fmt: skip
def test_what_people_write_is_made_harmless_and_names_stay_names(text, shown):
    assert guardian_mails.harmless(text) == shown
