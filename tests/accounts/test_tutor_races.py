"""Two who change one profile at the same moment: one of them wins, on the engine of this run."""

from functools import partial
from threading import Barrier

import pytest
from django.utils import timezone

from accounts.errors import StaleProfile
from accounts.models import RevisionState, TutorEvent, TutorProfile, TutorRevision, TutorStatus
from accounts.querysets import TutorQuerySet
from accounts.services import approval, moderation, profile, revisions, tutor_edits, tutor_moves
from accounts.services.tutor_edits import Teaches
from accounts.services.tutor_side import Expected
from catalog import services as catalog
from common.errors import InvalidTransition
from notifications.models import Notification
from tests.factories import AdminFactory, SubjectFactory, TutorFactory, TutorProfileFactory, TutorSubjectFactory
from tests.support.patience import PATIENCE
from tests.support.threads import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_an_approval_and_a_rejection_at_once_one_wins(round_):
    tutor = TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL)
    admins, now = [AdminFactory(), AdminFactory()], timezone.now()

    results = at_once(
        [
            partial(approval.approve, tutor.pk, actor=admins[0], now=now),
            partial(approval.reject, tutor.pk, actor=admins[1], reason="Thin.", now=now),
        ]
    )

    assert kinds(results) == {"ok": 1, InvalidTransition.__name__: 1}
    tutor.refresh_from_db()
    event = TutorEvent.objects.get()
    assert event.status == tutor.status
    assert tutor.is_listed == (tutor.status == TutorStatus.APPROVED)
    assert Notification.objects.get().type == f"tutor_{event.event}"


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_ten_changes_of_one_version_one_wins(round_):
    tutor = TutorFactory()
    lines = [f"Line {number}" for number in range(10)]

    results = at_once(
        [partial(tutor_edits.change_about, tutor, {"headline": line}, expected=Expected(body=1)) for line in lines]
    )

    assert kinds(results) == {"ok": 1, StaleProfile.__name__: 9}
    kept = TutorProfile.objects.get(user=tutor)
    assert (kept.version, kept.headline) == (2, next(r.headline for r in results if isinstance(r, TutorProfile)))
    assert kept.headline.lower() in kept.search_text


def test_a_tutor_who_is_approved_while_the_account_is_closed_is_not_listed():
    for _ in range(ROUNDS):
        admins = AdminFactory(), AdminFactory()
        waiting = TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL)

        results = at_once(
            [
                partial(approval.approve, waiting.pk, actor=admins[0], now=timezone.now()),
                partial(moderation.deactivate, waiting.user_id, actor=admins[1]),
            ]
        )

        assert kinds(results) == {"ok": 2}
        waiting.refresh_from_db()
        assert (waiting.status, waiting.is_listed) == (TutorStatus.APPROVED, False)


def test_a_name_a_subject_and_a_headline_that_change_at_once_are_all_found():
    for number in range(ROUNDS):
        admin, tutor = AdminFactory(), TutorFactory()
        subject = SubjectFactory(name=f"Old {number}")
        TutorSubjectFactory(subject=subject)

        results = at_once(
            [
                partial(profile.update_own, tutor, {"first_name": "Newname"}),
                partial(tutor_edits.set_subjects, tutor, [Teaches(subject.pk)]),
                partial(catalog.update_subject, subject.pk, {"name": f"Fresh {number}"}, actor=admin),
                partial(tutor_edits.change_about, tutor, {"headline": "Newline"}),
            ]
        )

        assert kinds(results) == {"ok": 4}, results
        text = TutorProfile.objects.get(user=tutor).search_text
        assert text == f" newname person mathematics for everybody newline fresh {number}"


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_changes_that_need_approval_and_the_approval_of_the_first_at_once(round_):
    admin, tutor = AdminFactory(), TutorFactory()
    tutor_edits.change_about(tutor, {"title": "First"})
    first = TutorRevision.objects.get()
    titles = [f"Title {number}" for number in range(4)]

    results = at_once(
        [
            partial(revisions.approve, first.pk, actor=admin, now=timezone.now()),
            *(partial(tutor_edits.change_about, tutor, {"title": title}) for title in titles),
        ]
    )

    assert kinds(results) in ({"ok": 5}, {"ok": 4, InvalidTransition.__name__: 1})
    first.refresh_from_db()
    kept = TutorProfile.objects.get(user=tutor)
    was_approved = first.state == RevisionState.APPROVED
    assert kept.title == ("First" if was_approved else "Mathematics for everybody")
    assert kinds(results)["ok"] == 4 + was_approved
    assert kept.revisions.get(state=RevisionState.PENDING).words["title"] in titles


@pytest.mark.postgres
class TestWithoutTheLock:
    """The negative control: what the lock of the profile is there for."""

    @pytest.fixture(autouse=True)
    def unguarded(self, monkeypatch):
        """No lock, and nobody writes before both have read."""
        both, close = Barrier(2), tutor_moves.close

        def close_late(*args):
            both.wait(timeout=PATIENCE)
            return close(*args)

        monkeypatch.setattr(TutorQuerySet, "select_for_update", lambda self, **_: self)
        monkeypatch.setattr(tutor_edits, "close", close_late)
        monkeypatch.setattr(tutor_moves, "close", close_late)

    def test_two_changes_of_one_version_both_win(self):
        tutor, first = TutorFactory(), Expected(body=1)
        calls = [
            partial(tutor_edits.change_about, tutor, {"headline": line}, expected=first) for line in ("One", "Two")
        ]

        assert kinds(at_once(calls)) == {"ok": 2}
        assert TutorProfile.objects.get(user=tutor).version == 2

    def test_an_approval_and_a_rejection_both_win(self):
        tutor, now = TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL), timezone.now()
        calls = [
            partial(approval.approve, tutor.pk, actor=AdminFactory(), now=now),
            partial(approval.reject, tutor.pk, actor=AdminFactory(), reason="Thin.", now=now),
        ]

        assert kinds(at_once(calls)) == {"ok": 2}
        assert TutorEvent.objects.count() == 2
