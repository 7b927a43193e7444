"""Material changes of approved profiles: the old version stays public until an admin approves the new one."""

from datetime import UTC, datetime

import pytest
from django.core.files.storage import default_storage

from accounts.errors import NotOnYourself, ProfileIncomplete
from accounts.models import RevisionState, TutorCertification, TutorProfile, TutorRevision, TutorStatus
from accounts.presenters import tutors as presenters
from accounts.services import approval, credentials, moderation, revisions, tutor_edits
from audit.models import AuditEntry
from common.errors import Forbidden, InvalidTransition, NotFound
from notifications.models import Notification
from tests.factories import AdminFactory, StudentFactory, TutorCertificationFactory, TutorFactory
from tests.support.uploads import upload

pytestmark = pytest.mark.django_db

NOON = datetime(2031, 1, 1, 12, tzinfo=UTC)
PDF = b"%PDF-1.7 a scan"
CERTIFIED = {"title": "Certified", "issuer": "Board", "year": 2020}
DEGREE = {"degree": "Master", "institution": "University", "year": 2015}


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def tutor(admin):
    return TutorFactory(profile__title="Sums", profile__bio="y" * 50)


def again(tutor):
    return TutorProfile.objects.get(user=tutor)


def pending(tutor):
    return TutorRevision.objects.get(tutor__user=tutor, state=RevisionState.PENDING)


def seen(tutor, viewer=None):
    """The profile as its owner, or somebody else, reads it."""
    return presenters.full(again(tutor), viewer=viewer or tutor)


def approve(tutor, admin):
    return revisions.approve(pending(tutor).pk, actor=admin, now=NOON)


class TestWords:
    def test_the_old_version_stays_public_and_the_tutor_reads_the_new_one(self, tutor):
        tutor_edits.change_about(tutor, {"title": "Integrals", "headline": "Calm", "bio": "y" * 50})

        public, student = presenters.card(again(tutor)), seen(tutor, StudentFactory())
        assert (public["title"], public["headline"]) == (student["title"], student["headline"]) == ("Sums", "Calm")
        assert "revision" not in student
        own = seen(tutor)
        assert (own["title"], own["headline"], own["version"]) == ("Integrals", "Calm", 2)
        assert (own["revision"]["state"], own["revision"]["parts"]) == ("pending", ["title"])
        assert "integrals" not in again(tutor).search_text
        assert "calm" in again(tutor).search_text

    def test_an_approval_makes_it_public_and_is_told_and_audited(self, tutor, admin):
        tutor_edits.change_about(tutor, {"title": "Integrals", "video_url": "https://vimeo.com/1"})
        revision = pending(tutor)

        approve(tutor, admin)

        mine = again(tutor)
        assert (mine.title, mine.video_url, mine.version) == ("Integrals", "https://vimeo.com/1", 3)
        assert "integrals" in mine.search_text
        assert seen(tutor)["revision"] is None
        revision.refresh_from_db()
        assert (revision.state, revision.decided_at, revision.decided_by) == (RevisionState.APPROVED, NOON, admin)
        told = list(Notification.objects.order_by("id").values_list("recipient", "type"))
        assert told == [(admin.pk, "tutor_revision_submitted"), (tutor.pk, "tutor_revision_approved")]
        entry = AuditEntry.objects.get(action="tutor.revision_approved")
        assert (entry.actor_id, entry.after["revision"]) == (admin.pk, revision.pk)
        assert [event.event for event in mine.events.all()] == ["revision_submitted", "revision_approved"]

    def test_a_rejection_keeps_the_old_version_and_says_why(self, tutor, admin):
        tutor_edits.change_about(tutor, {"title": "Integrals"})

        revisions.reject(pending(tutor).pk, actor=admin, reason="Too {short}.", now=NOON)

        own = seen(tutor)
        assert own["title"] == "Sums"
        assert (own["revision"]["state"], own["revision"]["reason"]) == ("rejected", "Too {short}.")
        assert Notification.objects.get(recipient=tutor).message == "Too {short}."
        assert AuditEntry.objects.get(action="tutor.revision_rejected").reason == "Too {short}."

    def test_what_is_changed_back_needs_no_approval(self, tutor):
        tutor_edits.change_about(tutor, {"title": "Integrals"})
        tutor_edits.change_about(tutor, {"title": "Sums"})

        assert revisions.waiting(again(tutor)) is None
        assert TutorRevision.objects.get().state == RevisionState.WITHDRAWN

    def test_further_changes_wait_together_as_a_new_revision(self, tutor, admin):
        tutor_edits.change_about(tutor, {"title": "Integrals"})
        first = pending(tutor)
        tutor_edits.change_about(tutor, {"bio": "z" * 60})

        assert pending(tutor).words == {"title": "Integrals", "bio": "z" * 60}
        assert pending(tutor).submitted_at == first.submitted_at
        with pytest.raises(InvalidTransition) as caught:
            revisions.approve(first.pk, actor=admin, now=NOON)
        assert caught.value.extra["current_state"] == "superseded"
        assert again(tutor).title == "Sums"
        assert Notification.objects.count() == 1

    def test_the_same_again_changes_nothing_that_waits(self, tutor):
        tutor_edits.change_about(tutor, {"title": "Integrals"})
        first = pending(tutor)
        tutor_edits.change_about(tutor, {"title": "Integrals"})

        assert pending(tutor) == first

    def test_nothing_that_the_approval_needed_can_be_taken_away(self, tutor):
        with pytest.raises(ProfileIncomplete):
            tutor_edits.change_about(tutor, {"title": " "})

        assert not TutorRevision.objects.exists()

    @pytest.mark.parametrize("status", [TutorStatus.DRAFT, TutorStatus.REJECTED, TutorStatus.CHANGES_REQUESTED])
    def test_who_is_not_approved_writes_at_once(self, status):
        tutor = TutorFactory(profile__status=status)

        assert tutor_edits.change_about(tutor, {"title": "Integrals"}).title == "Integrals"
        assert not TutorRevision.objects.exists()

    def test_a_suspended_tutor_comes_back_with_what_was_approved(self, tutor, admin):
        moderation.suspend_tutor(tutor.pk, actor=admin, reason="no-shows")
        tutor_edits.change_about(tutor, {"title": "Integrals"})
        moderation.reinstate_tutor(tutor.pk, actor=admin)

        assert again(tutor).title == "Sums"
        assert approve(tutor, admin).title == "Integrals"

    def test_a_site_may_do_without(self, tutor, settings):
        settings.TUTOR_REVISIONS_NEED_APPROVAL = False

        assert tutor_edits.change_about(tutor, {"title": "Integrals"}).title == "Integrals"
        credentials.set_certifications(tutor, [CERTIFIED])

        assert not TutorRevision.objects.exists()
        assert len(presenters.full(again(tutor), viewer=StudentFactory())["certifications"]) == 1


class TestLists:
    def test_wait_and_then_replace_the_old_ones(self, tutor, admin):
        TutorCertificationFactory(tutor=again(tutor), title="Old")
        credentials.set_certifications(tutor, [CERTIFIED])
        credentials.set_education(tutor, [DEGREE])

        titles = lambda viewer: [row["title"] for row in seen(tutor, viewer)["certifications"]]  # noqa: E731
        assert (titles(tutor), titles(StudentFactory()), titles(admin)) == (["Certified"], ["Old"], ["Old"])
        assert presenters.card(again(tutor))["education"] == ""
        assert seen(tutor)["education"][0]["degree"] == "Master"
        assert pending(tutor).lists == ["certifications", "education"]

        approve(tutor, admin)

        assert titles(StudentFactory()) == ["Certified"]
        assert presenters.card(again(tutor))["education"] == "Master"
        assert not TutorCertification.objects.filter(title="Old").exists()

    def test_can_become_empty(self, tutor, admin):
        TutorCertificationFactory(tutor=again(tutor))
        credentials.set_certifications(tutor, [])

        assert seen(tutor)["certifications"] == []
        assert len(seen(tutor, admin)["certifications"]) == 1

        approve(tutor, admin)
        assert seen(tutor, admin)["certifications"] == []

    def test_as_they_were_need_no_approval(self, tutor):
        row = TutorCertificationFactory(tutor=again(tutor), **CERTIFIED)
        credentials.set_certifications(tutor, [CERTIFIED, CERTIFIED])
        credentials.set_certifications(tutor, [CERTIFIED])

        assert revisions.waiting(again(tutor)) is None
        assert TutorCertification.objects.get() == row

    def test_come_along_with_later_changes_of_words(self, tutor, admin):
        credentials.set_certifications(tutor, [CERTIFIED])
        tutor_edits.change_about(tutor, {"title": "Integrals"})

        assert [row.title for row in pending(tutor).certifications.all()] == ["Certified"]
        assert pending(tutor).parts == ["title", "certifications"]

    def test_that_were_refused_are_not_kept(self, tutor, admin):
        credentials.set_certifications(tutor, [CERTIFIED])

        revisions.reject(pending(tutor).pk, actor=admin, reason="x", now=NOON)

        assert not TutorCertification.objects.exists()


class TestScans:
    @pytest.fixture
    def scan(self, tutor, admin):
        """The key of an approved scan."""
        credentials.set_certifications(tutor, [CERTIFIED], {0: upload(PDF)})
        approve(tutor, admin)
        return TutorCertification.objects.get().file.name

    def test_are_shared_while_both_versions_are_there(self, tutor, admin, scan, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            credentials.set_certifications(tutor, [CERTIFIED, CERTIFIED | {"title": "Another"}])

        assert list(TutorCertification.objects.values_list("file", flat=True)) == [scan, scan, ""]
        assert default_storage.exists(scan)
        with django_capture_on_commit_callbacks(execute=True):
            approve(tutor, admin)
        assert default_storage.exists(scan)

    def test_go_with_what_is_refused_only(self, tutor, admin, scan, django_capture_on_commit_callbacks):
        credentials.set_certifications(tutor, [CERTIFIED], {0: upload(PDF)})
        new = pending(tutor).certifications.get().file.name

        with django_capture_on_commit_callbacks(execute=True):
            revisions.reject(pending(tutor).pk, actor=admin, reason="x", now=NOON)

        assert default_storage.exists(scan)
        assert not default_storage.exists(new)

    def test_go_once_they_are_replaced(self, tutor, admin, scan, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            credentials.set_certifications(tutor, [CERTIFIED], {0: upload(PDF)})
        assert default_storage.exists(scan)

        with django_capture_on_commit_callbacks(execute=True):
            approve(tutor, admin)

        assert not default_storage.exists(scan)


class TestDeciding:
    def test_is_for_admins_and_not_for_oneself(self, tutor, admin):
        tutor_edits.change_about(tutor, {"title": "Integrals"})
        revision = pending(tutor)

        for actor in (tutor, StudentFactory()):
            with pytest.raises(Forbidden):
                revisions.approve(revision.pk, actor=actor, now=NOON)
        TutorProfile.objects.filter(user=tutor).update(user=admin)
        with pytest.raises(NotOnYourself):
            revisions.reject(revision.pk, actor=admin, reason="x", now=NOON)

        assert TutorRevision.objects.get().state == RevisionState.PENDING

    def test_of_who_has_gone_is_not_found(self, tutor, admin):
        tutor_edits.change_about(tutor, {"bio": "z" * 60})
        moderation.soft_delete(tutor.pk, actor=admin, now=NOON)

        with pytest.raises(NotFound):
            approve(tutor, admin)

        assert pending(tutor).state == RevisionState.PENDING

    def test_of_what_does_not_exist_is_not_found(self, admin):
        with pytest.raises(NotFound):
            revisions.approve(4711, actor=admin, now=NOON)

    @pytest.mark.parametrize("state", [state for state in RevisionState if state != RevisionState.PENDING])
    def test_is_done_once(self, state, tutor, admin):
        revision = TutorRevision.objects.create(
            tutor=again(tutor), state=state, words={"title": "x"}, submitted_at=NOON
        )

        for decide in (revisions.approve, revisions.reject):
            with pytest.raises(InvalidTransition):
                decide(revision.pk, actor=admin, now=NOON, **({"reason": "x"} if decide is revisions.reject else {}))

        assert again(tutor).title == "Sums"


class TestTakingBack:
    def test_withdrawing_forgets_what_waits(self, tutor):
        tutor_edits.change_about(tutor, {"title": "Integrals"})
        credentials.set_certifications(tutor, [CERTIFIED])

        assert approval.withdraw(tutor).status == TutorStatus.APPROVED

        own = seen(tutor)
        assert (own["title"], own["certifications"], own["revision"]) == ("Sums", [], None)
        with pytest.raises(InvalidTransition):
            approval.withdraw(tutor)

    def test_closing_too(self, tutor):
        tutor_edits.change_about(tutor, {"title": "Integrals"})

        approval.close(tutor)

        assert TutorRevision.objects.get().state == RevisionState.WITHDRAWN
        assert str(TutorRevision.objects.get()).startswith("revision ")
