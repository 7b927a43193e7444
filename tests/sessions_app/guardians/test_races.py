"""What minors, guardians and hosts can do at the same time, done at the same time."""

from dataclasses import replace
from functools import partial
from threading import Event

import pytest
from django.core.signing import dumps
from django.db import transaction
from django.utils import timezone

from accounts.models import Guardian
from accounts.services.guardians import name_guardian, tell_birth_date
from audit.models import AuditEntry
from common import personal_data
from notifications.models import Notification
from sessions_app.models import GuardianMail, Recording, RecordingConsent
from sessions_app.services import consents, guardian_mails, guardians, recordings
from tests.factories import GuardianFactory, ParticipantFactory, PastSessionFactory, StudentFactory, agree
from tests.sessions_app.guardians.steps import is_available, say
from tests.support.patience import PATIENCE
from tests.support.threads import at_once, kinds, wait_for_a_waiter, waiting_after

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(minor):
    """One that took place; its host and the minor agree."""
    session = PastSessionFactory()
    ParticipantFactory(session=session, user=minor)
    agree(session, minor)
    return session


@pytest.fixture
def agreed(session, minor, guardian):
    """And the guardian does."""
    consent = RecordingConsent.objects.filter(session=session, user=minor)
    consent.update(guardian=guardian, guardian_agreed_at=timezone.now())
    return session


def answering(session, guardian, *, agrees):
    token = dumps([session.pk, guardian.user_id, 1, guardian.pk], salt=guardian_mails.SALT)
    return partial(guardians.answer, token, agrees=agrees, now=timezone.now())


def keeping(session):
    address = {"url": "https://zoom.us/rec/1", "title": "", "provider": "zoom"}
    return partial(recordings.add_address, session.pk, actor=session.creator, **address)


def test_a_recording_and_a_guardians_withdrawal_at_once_leave_nothing_that_anybody_may_have(agreed, guardian):
    kept, _ = results = at_once([keeping(agreed), answering(agreed, guardian, agrees=False)])

    assert set(kinds(results)) <= {"ok", "ConsentMissing"}
    assert Recording.objects.exists() is isinstance(kept, Recording)
    assert not is_available(agreed)


def test_of_a_guardians_answers_at_once_each_kind_is_written_down_once(session, guardian):
    results = at_once([answering(session, guardian, agrees=True)] * 6)

    assert kinds(results) == {"ok": 6}
    assert AuditEntry.objects.filter(action="recording_consent.guardian_agreed").count() == 1
    assert Notification.objects.filter(type="recording_guardian_answered").count() == 1


@pytest.mark.postgres
def test_without_the_locks_an_answer_would_be_written_down_twice(session, guardian, monkeypatch):
    """The negative control: both have looked before either writes."""
    load = guardians._load
    unlocked = waiting_after(lambda token, rows_of: load(token, lambda rows: rows))
    monkeypatch.setattr(guardians, "_load", unlocked)

    at_once([answering(session, guardian, agrees=True)] * 2)

    assert AuditEntry.objects.filter(action="recording_consent.guardian_agreed").count() == 2


def test_a_yes_and_a_no_at_once_end_as_one_of_them(session, guardian):
    at_once([answering(session, guardian, agrees=agrees) for agrees in (True, False) * 3])

    said = RecordingConsent.objects.get(user=guardian.user)
    assert (said.guardian_agreed_at is None) is not (said.guardian_refused_at is None)


def test_another_guardian_and_the_yes_of_the_one_before_at_once_leave_no_yes(session, minor, guardian):
    naming = partial(name_guardian, minor, {"name": "Aunt", "email": "aunt@example.com"})

    results = at_once([naming, answering(session, guardian, agrees=True)])

    assert set(kinds(results)) <= {"ok", "NotFound"}
    assert Guardian.objects.get().email == "aunt@example.com"
    assert consents.missing(session) == [minor.pk]


def test_another_guardian_and_a_withdrawal_of_the_one_before_at_once_leave_a_withdrawal(agreed, minor, guardian):
    naming = partial(name_guardian, minor, {"name": "Aunt", "email": "aunt@example.com"})
    withdrawing = partial(say, agreed, minor, consent=False)

    results = at_once([naming, answering(agreed, guardian, agrees=False), withdrawing])

    assert set(kinds(results)) <= {"ok", "NotFound"}
    said = RecordingConsent.objects.get(user=minor)
    assert said.guardian_refused_at or said.guardian_left_at
    assert said.guardian_agreed_at is None


def test_of_yeses_of_many_minors_at_once_five_mail_the_same_mailbox():
    seats = [
        ParticipantFactory(user=GuardianFactory(email="dad@example.com").user, session=PastSessionFactory())
        for _ in range(8)
    ]

    results = at_once([partial(say, seat.session, seat.user) for seat in seats])

    assert kinds(results) == {"ok": 5, "GuardianAskedTooOften": 3}
    assert GuardianMail.objects.count() == 5


def test_of_yeses_and_noes_at_once_five_yeses_a_day_count(session, guardian):
    results = at_once([answering(session, guardian, agrees=agrees) for agrees in (True, False) * 12], threads=8)

    assert set(kinds(results)) <= {"ok", "GuardianAnsweredTooOften"}
    assert AuditEntry.objects.filter(action="recording_consent.guardian_agreed").count() <= 5


def test_another_guardian_and_a_minors_yes_at_once_ask_nobody_who_is_none(session, minor):
    naming = partial(name_guardian, minor, {"name": "Aunt", "email": "aunt@example.com"})

    assert kinds(at_once([naming, partial(say, session, minor)])) == {"ok": 2}

    (row,) = GuardianMail.objects.all()
    assert row.guardian_id in (None, Guardian.objects.get().pk)


def test_of_a_minors_yeses_at_once_one_mails_the_guardian(session, minor):
    assert kinds(at_once([partial(say, session, minor)] * 6)) == {"ok": 6}
    assert GuardianMail.objects.count() == 1


def test_of_yeses_in_many_sessions_at_once_five_mail_the_guardian(minor):
    sessions = [ParticipantFactory(user=minor, session=PastSessionFactory()).session for _ in range(8)]

    results = at_once([partial(say, session, minor) for session in sessions])

    assert kinds(results) == {"ok": 5, "GuardianAskedTooOften": 3}
    assert GuardianMail.objects.count() == 5


def test_of_two_dates_of_birth_at_once_one_is_told():
    user = StudentFactory()
    days = [user.created_at.date().replace(year=year, day=1) for year in (1990, 2012)]

    results = at_once([partial(tell_birth_date, type(user).objects.get(pk=user.pk), day) for day in days])

    assert kinds(results) == {"ok": 1, "BirthDateKnown": 1}


def guardians_section():
    return next(each for each in personal_data.sections() if each.model == "accounts.Guardian")


def erasing(section, user):
    return transaction.atomic(partial(section.erase, user))


def test_an_erasure_and_a_guardians_answers_at_once_wait_for_each_other(session, minor, guardian):
    more = [ParticipantFactory(user=minor, session=PastSessionFactory()).session for _ in range(3)]
    for each in more:
        agree(each, minor)
    answers = [answering(each, guardian, agrees=agrees) for each in (session, *more) for agrees in (True, False)]

    results = at_once([*answers, erasing(guardians_section(), minor)])

    assert set(kinds(results)) <= {"ok", "NotFound"}
    assert not Guardian.objects.exists()
    assert not RecordingConsent.objects.filter(guardian__isnull=False).exists()


@pytest.mark.postgres
@pytest.mark.parametrize(("locks", "ended"), [(True, {"ok": 2}), (False, {"ok": 1, "OperationalError": 1})])
def test_only_an_erasure_that_locks_the_guardian_first_is_in_the_order_of_all_others(
    agreed, minor, guardian, monkeypatch, locks, ended
):
    """With its control. An answer has the guardian's lock, and asks for the consent's once the erasure waits."""
    load, held = guardians._load, Event()

    def load_slowly(token, rows_of):
        def rows_in_turn(rows):
            if rows.model is RecordingConsent:
                held.set()
                wait_for_a_waiter()
            return rows_of(rows)

        return load(token, rows_in_turn)

    monkeypatch.setattr(guardians, "_load", load_slowly)
    erase = erasing(replace(guardians_section(), erasure=personal_data.Delete(locks=locks)), minor)

    def erase_in_turn():
        assert held.wait(PATIENCE)
        return erase()

    results = at_once([answering(agreed, guardian, agrees=False), erase_in_turn])

    assert kinds(results) == ended
