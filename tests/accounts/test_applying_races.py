"""Applications and documents that are sent at the same moment, in real threads on the engine of this run."""

from functools import partial

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.errors import ApplicationExists, TooManyDocuments
from accounts.models import DocumentKind, MentorApplication, TutorProfile, User, VerificationDocument
from accounts.services import applying, approval, verification
from accounts.services.applying import Form
from common.errors import InvalidTransition
from tests.factories import AdminFactory, StudentFactory, TutorProfileFactory
from tests.support.applications import scan
from tests.support.threads import at_once, kinds, waiting_after

pytestmark = pytest.mark.django_db(transaction=True)

FORM = Form("grace@example.com", "Grace", "Hopper", bio="I have taught for years.")


def files_kept():
    folder = verification.FOLDER
    names = default_storage.listdir(folder)[1] if default_storage.exists(folder) else []
    return {folder + name for name in names}


def applications(count, user=None):
    def apply():
        return applying.apply(FORM, {DocumentKind.RESUME: (scan(), "r.pdf")}, user=user, now=timezone.now())

    return [apply] * count


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_of_applications_that_are_sent_at_once_one_is_taken_and_the_others_leave_nothing(is_signed_in):
    before, student = files_kept(), StudentFactory() if is_signed_in else None

    results = at_once(applications(6, student))

    assert kinds(results) == {"ok": 1, ApplicationExists.__name__: 5}
    assert MentorApplication.objects.count() == TutorProfile.objects.count() == 1
    assert User.objects.filter(email="grace@example.com").count() == (0 if is_signed_in else 1)
    assert files_kept() - before == set(VerificationDocument.objects.values_list("file", flat=True))


def test_a_student_who_is_approved_twice_at_once_becomes_a_mentor_once():
    (application,) = at_once(applications(1, StudentFactory()))
    admins = AdminFactory.create_batch(4)

    results = at_once(
        [partial(approval.approve, application.tutor_id, actor=admin, now=timezone.now()) for admin in admins]
    )

    assert kinds(results) == {"ok": 1, InvalidTransition.__name__: 3}
    tutor = TutorProfile.objects.select_related("user").get()
    assert (tutor.user.role, tutor.user.token_version, tutor.is_listed) == ("tutor", 1, True)


def documents_of(mentor, count):
    return [partial(verification.add_document, mentor, DocumentKind.OTHER, scan(), name="x.pdf") for _ in range(count)]


def test_of_ten_documents_that_are_sent_at_once_no_more_than_the_limit_are_kept(monkeypatch):
    monkeypatch.setattr(verification, "MOST_DOCUMENTS", 3)
    mentor, before = TutorProfileFactory(), files_kept()

    results = at_once(documents_of(mentor, 10))

    assert kinds(results) == {"ok": 3, TooManyDocuments.__name__: 7}
    assert files_kept() - before == set(VerificationDocument.objects.values_list("file", flat=True))


@pytest.mark.postgres
def test_without_the_lock_two_pass_the_limit(monkeypatch):
    """The control. SQLite cannot fail it; its writers stand in line."""
    monkeypatch.setattr(verification, "MOST_DOCUMENTS", 1)
    monkeypatch.setattr(type(User.objects), "take_turn", lambda users, pk: None)
    monkeypatch.setattr(verification, "_count", waiting_after(verification._count))
    mentor = TutorProfileFactory()

    assert kinds(at_once(documents_of(mentor, 2))) == {"ok": 2}
