"""The page behind the link in a guardian's mail."""

import pytest
from django.core.signing import dumps
from django.utils import timezone

from accounts.services.guardians import name_guardian
from audit.models import AuditEntry
from sessions_app import recording_terms
from sessions_app.models import RecordingConsent
from sessions_app.services import consents, guardian_mails, guardians
from tests.factories import (
    AdminFactory,
    GuardianFactory,
    StudentFactory,
)
from tests.sessions_app.guardians.steps import answer

pytestmark = pytest.mark.django_db


class TestThePage:
    def test_shows_who_which_session_when_and_the_words_with_their_version(self, client, session, minor, link):
        page = client.get(link)

        shown = page.content.decode()
        for words in (minor.display_name, session.title, f"{session.starts_at:%H:%M} UTC", recording_terms.TEXTS[1],
                      "version 1", 'value="agree"', 'value="refuse"'):  # fmt: skip
            assert words in shown
        assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)

    @pytest.mark.parametrize("method", ["get", "head"])
    def test_changes_nothing_by_being_looked_at(self, client, link, method):
        before = RecordingConsent.objects.order_by("pk").values()
        before = list(before)

        assert getattr(client, method)(f"{link}?answer=agree").status_code == 200

        assert list(RecordingConsent.objects.order_by("pk").values()) == before
        assert not AuditEntry.objects.filter(action__startswith="recording_consent.guardian").exists()

    @pytest.mark.parametrize("word", ["", "yes", "AGREE", "\0"])
    def test_changes_nothing_by_an_answer_that_is_none(self, client, session, minor, link, word):
        assert answer(client, link, word).status_code == 400
        assert consents.missing(session) == [minor.pk]

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_takes_nothing_else(self, client, link, method):
        assert getattr(client, method)(link).status_code == 405

    def test_shows_what_people_wrote_as_text(self, client, session, minor, link):
        minor.first_name = "<script>alert(1)</script>"
        minor.save()
        session.title = "<img src=x onerror=alert(1)>"
        session.save()

        shown = client.get(link).content.decode()

        assert "<script" not in shown
        assert "<img" not in shown

    def test_is_for_whoever_has_the_link_signed_in_or_not(self, client, link):
        client.force_login(StudentFactory())
        assert client.get(link).status_code == 200
        client.force_login(AdminFactory())
        assert client.get(link).status_code == 200

    @pytest.mark.parametrize(
        "make",  # in the test: what is signed has the second in it, and a test's name must not
        [
            lambda: "nonsense",
            lambda: "a:b:c",
            lambda: dumps([1, 2, 3, 4], salt="another"),
            *(
                lambda what=what: dumps(what, salt=guardian_mails.SALT)
                for what in ([1, 2], "text", [1, 2, 1, 4], [1, 2, 99, 4])
            ),
        ],
    )
    def test_behind_a_made_up_link_is_nothing(self, client, make):
        link = f"/guardians/recordings/{make()}"

        for response in (client.get(link), answer(client, link, "agree")):
            assert response.status_code == 404

    def test_behind_a_link_that_was_cut_is_a_page_in_a_browser(self, client, link):
        response = client.get(link[:-3], headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

        assert response.status_code == 404
        assert "This link leads nowhere" in response.text

    @pytest.mark.parametrize("gone", ["guardian", "age", "session", "consent"])
    def test_is_gone_when_there_is_nothing_to_ask(self, client, session, minor, guardian, link, gone):
        if gone == "guardian":
            name_guardian(minor, {"name": "Aunt", "email": "aunt@example.com"})
        elif gone == "age":
            type(minor).objects.filter(pk=minor.pk).update(birth_date="1990-01-01")
        elif gone == "session":
            type(session).objects.filter(pk=session.pk).update(deleted_at=timezone.now())
        else:
            RecordingConsent.objects.filter(user=minor).delete()

        assert client.get(link).status_code == 404
        assert answer(client, link, "agree").status_code == 404
        assert not RecordingConsent.objects.filter(guardian_agreed_at__isnull=False).exists()


def test_who_looks_up_a_link_of_another_minor_finds_nothing(session, minor, link, client):
    other = GuardianFactory()
    token = dumps([session.pk, minor.pk, 1, other.pk], salt=guardian_mails.SALT)

    assert client.get(f"/guardians/recordings/{token}").status_code == 404
    with pytest.raises(Exception, match="Not found"):
        guardians.find(token)
