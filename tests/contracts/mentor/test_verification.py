"""The mentor contract's way to become a mentor: the application, the documents, the decision."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import MentorApplication, TutorProfile, User, VerificationDocument
from accounts.services import verification
from audit.models import AuditEntry
from common.errors import Forbidden
from tests.factories import (
    AdminFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorProfileFactory,
    VerificationDocumentFactory,
)
from tests.support.applications import application, scan

pytestmark = pytest.mark.django_db

APPLY, STATUS, UPLOAD = "/api/mentors/apply", "/api/mentors/verification", "/api/uploads/verification-docs"


def apply(api, **changes):
    return api.post(APPLY, application(**changes), format="multipart")


def files_kept():
    folder = verification.FOLDER
    return set(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else set()


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def draft():
    return TutorFactory(profile__status="draft")


class TestApplying:
    def test_without_an_account_makes_one_and_mails_the_link_to_set_its_password(
        self, api, django_capture_on_commit_callbacks
    ):
        SubjectFactory(name="Mathematics")

        with django_capture_on_commit_callbacks(execute=True):
            answer = apply(api)

        shown, user = answer.json(), User.objects.get(email="grace@example.com")
        assert (answer.status_code, shown["success"], shown["userId"]) == (200, True, user.pk)
        assert (user.role, user.full_name, user.has_usable_password()) == ("tutor", "Grace Hopper", False)
        profile = user.tutor_profile
        assert (profile.status, profile.title, profile.experience_years, profile.hourly_rate) == (
            "pending_approval", "Engineer", 3, 500,
        )  # fmt: skip
        assert list(profile.subjects.values_list("name", flat=True)) == ["Mathematics"]
        assert dict(profile.languages.values_list("code", "level")) == {"en": "native", "es": "intermediate"}
        assert profile.education.get().institution == "Yale"
        kept = MentorApplication.objects.get(pk=shown["applicationId"])
        assert (kept.answers["subjects_to_teach"], kept.answers["city"]) == (["Mathematics", "Compilers"], "New York")
        assert set(profile.verification_documents.values_list("kind", flat=True)) == {
            "resume", "degree_proof", "id_proof",
        }  # fmt: skip
        assert [message.subject for message in mail.outbox if message.to == [user.email]] == ["Set a new password"]

    def test_as_a_student_leaves_them_one_until_an_admin_approves(self, api, admin):
        student = StudentFactory()

        answer = apply(api.as_(student), email="another@example.com")

        profile = TutorProfile.objects.get(user=student)
        student.refresh_from_db()
        assert (answer.status_code, student.role, profile.status) == (200, "student", "pending_approval")
        assert not User.objects.filter(email="another@example.com").exists()
        decided = api.as_(admin).put(STATUS, {"mentorId": profile.pk, "action": "approve"}, format="json")
        student.refresh_from_db()
        profile.refresh_from_db()
        assert (decided.json()["status"], student.role, profile.is_listed) == ("APPROVED", "tutor", True)

    def test_again_or_with_an_address_that_is_taken_is_a_conflict_and_keeps_no_file(self, api):
        StudentFactory(email="ada@example.com")
        mentor, before = TutorFactory(), files_kept()

        for refused in (apply(api, email="ADA@example.com"), apply(api.as_(mentor))):
            assert (refused.status_code, refused.json()["existingApplication"]) == (409, True)
            assert refused.json()["code"] == "APPLICATION_EXISTS"
        assert files_kept() == before

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"idProof": None}, "idProof"),
            ({"agreeToTerms": "false"}, "agreeToTerms"),
            ({"subjectsToTeach": "[]"}, "subjectsToTeach"),
            ({"subjectsToTeach": '["a"'}, "subjectsToTeach"),
            ({"languagesSpoken": '["Klingonish"]'}, "languagesSpoken"),
            ({"experienceYears": "many"}, "experienceYears"),
            ({"email": "nobody"}, "email"),
            ({"linkedinUrl": "javascript:alert(1)"}, "linkedinUrl"),
        ],
    )
    def test_says_what_is_wrong_with_the_form(self, api, change, field):
        answer = apply(api, **change)

        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
        assert not MentorApplication.objects.exists()

    def test_with_something_else_than_documents_is_refused_whole(self, api):
        before = files_kept()

        answer = apply(api, idProof=scan(b"<script>", "passport.pdf"))

        assert (answer.status_code, answer.json()["code"]) == (400, "DOCUMENT_TYPE_NOT_ALLOWED")
        assert not User.objects.filter(email="grace@example.com").exists()
        assert files_kept() == before


class TestTheStatus:
    def test_is_told_in_the_front_ends_words_with_documents_and_history(self, api, draft):
        mine = api.as_(draft)

        added = mine.post(STATUS, {"documentType": "ID_PROOF", "file": scan(name="old.pdf")}, format="multipart")
        mine.post(STATUS, {"documentType": "idProof", "file": scan(name="new.pdf")}, format="multipart")

        shown = mine.get(STATUS).json()
        assert (added.status_code, shown["status"], shown["profileStatus"]) == (201, "PENDING", "draft")
        (document,) = shown["documents"]
        assert (document["documentType"], document["fileName"]) == ("id_proof", "new.pdf")
        assert {"bio", "photo", "availability"} <= set(shown["missing"])
        fetched = mine.get(document["url"])
        assert (fetched.status_code, fetched["Content-Disposition"].split(";")[0]) == (200, "attachment")

    @pytest.mark.parametrize(
        ("status", "word"),
        [
            ("pending_approval", "DOCUMENTS_UNDER_REVIEW"), ("approved", "APPROVED"), ("rejected", "REJECTED"),
            ("changes_requested", "REAPPLICATION_REQUIRED"), ("suspended", "SUSPENDED"), ("closed", "SUSPENDED"),
        ],
    )  # fmt: skip
    def test_has_one_word_for_each_state(self, api, status, word):
        assert api.as_(TutorFactory(profile__status=status)).get(STATUS).json()["status"] == word

    def test_is_nobody_elses_business(self, api, draft, admin):
        document = VerificationDocumentFactory(tutor=draft.tutor_profile)
        address = f"{STATUS}/documents/{document.pk}"

        assert api.as_(TutorFactory()).get(f"{STATUS}?mentorId={draft.tutor_profile.pk}").status_code == 404
        assert api.as_(TutorFactory()).get(address).status_code == 404
        assert api.as_(StudentFactory()).get(STATUS).json()["error"] == "Mentor access required"
        assert api.get(address).status_code == 401
        assert api.as_(admin).get(f"{STATUS}?mentorId={draft.tutor_profile.pk}").status_code == 200
        assert api.as_(admin).get(address).status_code == 200
        assert AuditEntry.objects.filter(action="tutor.document_read", actor_id=admin.pk).count() == 1


class TestTheDecision:
    @pytest.mark.parametrize(
        ("action", "word"),
        [("approve", "APPROVED"), ("reject", "REJECTED"), ("requestChanges", "REAPPLICATION_REQUIRED")],
    )
    def test_is_an_admins(self, api, admin, action, word):
        mentor = TutorProfileFactory(status="pending_approval")

        answer = api.as_(admin).put(STATUS, {"mentorId": mentor.pk, "action": action, "reason": "So."}, format="json")

        assert (answer.status_code, answer.json()["status"]) == (200, word)
        assert answer.json()["history"][-1]["status"] == mentor.__class__.objects.get().status

    def test_needs_a_reason_where_it_is_not_good_news_and_something_to_decide(self, api, admin):
        mentor = TutorProfileFactory(status="pending_approval")

        def put(**body):
            return api.as_(admin).put(STATUS, body, format="json")

        assert list(put(mentorId=mentor.pk, action="reject").json()["errors"]) == ["reason"]
        assert put(mentorId=mentor.pk, action="resubmit").status_code == 403
        assert put(mentorId=TutorProfileFactory().pk, action="approve").json()["code"] == "INVALID_TRANSITION"
        assert put(action="approve").status_code == 400
        assert put(mentorId=999999, action="approve").status_code == 404

    def test_may_be_asked_for_again_by_the_mentor_alone(self, api):
        mentor = TutorFactory(profile__status="changes_requested")

        def put(who, **body):
            return api.as_(who).put(STATUS, {"action": "resubmit"} | body, format="json")

        assert put(mentor).json()["code"] == "PROFILE_INCOMPLETE"
        assert put(TutorFactory(), mentorId=mentor.tutor_profile.pk).status_code == 404
        assert put(mentor, action="approve", mentorId=mentor.tutor_profile.pk).status_code == 403


class TestAStudentsApplication:
    @pytest.fixture
    def applicant(self):
        """Admins have asked for a clearer scan."""
        student = StudentFactory()
        profile = TutorProfileFactory(user=student, status="changes_requested", rejection_reason="A clearer scan.")
        MentorApplication.objects.create(tutor=profile, agreed_at=timezone.now())
        return student

    def test_shows_them_what_is_asked_for_takes_it_and_is_handed_in_again(self, api, applicant):
        mine = api.as_(applicant)

        shown = mine.get(STATUS).json()
        document = {"documentType": "idProof"}
        sent = [mine.post(path, document | {"file": scan()}, format="multipart") for path in (STATUS, UPLOAD)]
        again = mine.put(STATUS, {"action": "resubmit"}, format="json")

        assert (shown["status"], shown["reason"]) == ("REAPPLICATION_REQUIRED", "A clearer scan.")
        assert [answer.status_code for answer in sent] == [201, 201]
        assert (again.status_code, again.json()["status"]) == (200, "DOCUMENTS_UNDER_REVIEW")
        applicant.refresh_from_db()
        assert (applicant.role, applicant.tutor_profile.submissions) == ("student", 1)

    def test_is_not_for_them_to_decide_and_shows_no_other(self, api, applicant):
        mine, other = api.as_(applicant), TutorProfileFactory(status="pending_approval")

        for mentor in (other, applicant.tutor_profile):
            assert mine.put(STATUS, {"mentorId": mentor.pk, "action": "approve"}, format="json").status_code == 403
        assert mine.get(f"{STATUS}?mentorId={other.pk}").status_code == 404
        assert mine.put(STATUS, {"mentorId": other.pk, "action": "resubmit"}, format="json").status_code == 404

    def test_that_was_never_made_opens_nothing(self, api):
        """Also where a tutor's profile is kept for the case that they become one again."""
        was_tutor = TutorProfileFactory(user=StudentFactory(), status="draft").user

        for student in (StudentFactory(), was_tutor):
            assert api.as_(student).get(STATUS).json()["error"] == "Mentor access required"
            with pytest.raises(Forbidden):
                verification.resubmit(student, None, now=timezone.now())
        assert list(TutorProfile.objects.values_list("user", "status")) == [(was_tutor.pk, "draft")]

    def test_that_was_granted_opens_nothing_to_who_is_a_student_again(self, api, applicant):
        TutorProfile.objects.filter(user=applicant).update(status="approved")

        assert api.as_(applicant).get(STATUS).status_code == 403


class TestDocuments:
    def test_are_taken_at_the_contracts_uploads_as_well(self, api, draft):
        answer = api.as_(draft).post(UPLOAD, {"documentType": "resume", "file": scan()}, format="multipart")

        assert (answer.status_code, answer.json()["document"]["documentType"]) == (201, "resume")
        kept = VerificationDocument.objects.get()
        assert (kept.tutor, default_storage.exists(kept.file.name)) == (draft.tutor_profile, True)

    def test_are_so_many_at_most(self, api, draft, monkeypatch):
        monkeypatch.setattr(verification, "MOST_DOCUMENTS", 1)
        VerificationDocumentFactory(tutor=draft.tutor_profile)

        answer = api.as_(draft).post(UPLOAD, {"documentType": "resume", "file": scan()}, format="multipart")

        assert (answer.status_code, answer.json()["code"]) == (409, "TOO_MANY_DOCUMENTS")

    def test_are_deleted_ninety_days_after_the_decision(self, django_capture_on_commit_callbacks):
        now = timezone.now()
        decided = TutorProfileFactory(decided_at=now + timedelta(days=1))
        spent, fresh = VerificationDocumentFactory(tutor=decided), VerificationDocumentFactory()

        with django_capture_on_commit_callbacks(execute=True):
            early = verification.purge_documents(now=now + timedelta(days=90))
            late = verification.purge_documents(now=now + timedelta(days=91))

        assert (early, late, VerificationDocument.objects.get()) == (0, 1, fresh)
        assert not default_storage.exists(spent.file.name)
