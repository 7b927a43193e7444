"""A minor's yes to a recording counts only with their guardian's (R-GDPR-7)."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts import ages
from accounts.models import Guardian
from common import personal_data
from sessions_app import recording_terms
from sessions_app.errors import GuardianMissing
from sessions_app.models import GuardianMail, RecordingConsent
from sessions_app.services import consents
from tests.factories import (
    GuardianFactory,
    ParticipantFactory,
    RecordingConsentFactory,
    RecordingFactory,
    StudentFactory,
)
from tests.sessions_app.guardians.steps import answer, is_available, say

pytestmark = pytest.mark.django_db


class TestAMinorsYes:
    def test_counts_once_the_guardian_agrees_too(self, client, session, minor, link):
        assert consents.missing(session) == [minor.pk]

        assert answer(client, link, "agree").status_code == 200

        assert consents.missing(session) == []

    def test_without_a_guardian_is_refused_and_nothing_is_kept(self, session, minor, guardian):
        guardian.delete()

        with pytest.raises(GuardianMissing):
            say(session, minor)

        assert not RecordingConsent.objects.filter(user=minor).exists()
        assert not GuardianMail.objects.exists()

    def test_can_be_a_no_and_a_withdrawal_without_a_guardian(self, session, minor, guardian, link):
        guardian.delete()

        assert say(session, minor, consent=False).withdrawn_at is not None

    def test_of_somebody_of_age_asks_nobody(self, session):
        seat = ParticipantFactory(session=session, user=GuardianFactory(user__birth_date=date(1990, 1, 1)).user)

        say(session, seat.user)

        assert seat.user_id not in consents.missing(session)
        assert not GuardianMail.objects.exists()

    def test_needs_no_guardian_from_the_18th_birthday_on(self, session, minor, link):
        eighteenth = minor.birth_date.replace(year=minor.birth_date.year + 18)
        with time_machine.travel(f"{eighteenth - timedelta(days=1)}T23:59:00Z"):
            assert consents.missing(session) == [minor.pk]
        with time_machine.travel(f"{eighteenth}T00:01:00Z"):
            assert consents.missing(session) == []

    def test_given_while_nobody_knew_counts_no_more_once_the_date_is_known(self, session):
        grown_up = StudentFactory()
        ParticipantFactory(session=session, user=grown_up)
        RecordingConsentFactory(session=session, user=grown_up)
        session.participants.exclude(user=grown_up).delete()
        RecordingFactory(session=session)
        assert is_available(session)

        grown_up.birth_date = ages.today()
        grown_up.save()

        assert not is_available(session)
        assert consents.missing(session) == [grown_up.pk]

    def test_to_a_new_text_asks_the_guardian_again(self, client, session, minor, link, monkeypatch):
        answer(client, link, "agree")
        monkeypatch.setattr(recording_terms, "CURRENT", 2)
        monkeypatch.setitem(recording_terms.TEXTS, 2, "This session may be recorded, and transcribed.")

        assert not say(session, minor).guardian_agrees

        assert sorted(GuardianMail.objects.values_list("text_version", flat=True)) == [1, 2]
        page = client.get(link).content.decode()
        assert "I agree" not in page
        assert answer(client, link, "agree").status_code == 200
        assert minor.pk in consents.missing(session)

    def test_after_a_withdrawal_asks_the_guardian_again(self, client, session, minor, link):
        answer(client, link, "agree")
        say(session, minor, consent=False)

        assert not say(session, minor).guardian_agrees

        assert consents.missing(session) == [minor.pk]
        answer(client, link, "agree")
        assert consents.missing(session) == []

    def test_of_a_host_who_is_a_minor_needs_a_guardian_as_well(self, session, minor, link, client):
        answer(client, link, "agree")
        session.creator.birth_date = ages.today()
        session.creator.save()

        assert consents.missing(session) == [session.creator_id]


def test_a_guardian_goes_with_the_person_and_what_they_were_mailed_too(minor, session, link):
    for section in personal_data.sections():
        if section.model in ("accounts.Guardian", "sessions_app.GuardianMail"):
            section.erase(minor)

    assert not Guardian.objects.exists()
    assert not GuardianMail.objects.exists()
    assert not is_available(session)
