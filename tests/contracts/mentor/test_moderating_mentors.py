"""The mentor contract's admin group, as far as it is about mentors: the lists, and suspensions."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import MentorApplication, TutorProfile
from accounts.services import tutor_moves
from api.mentor.examples import moderation as examples
from audit.models import AuditEntry
from bookings.models import Booking
from notifications.models import Notification
from sessions_app.models import SessionKind, TutoringSession
from tests.factories import (
    AdminFactory,
    BookingFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorProfileFactory,
    TutorSubjectFactory,
    VerificationDocumentFactory,
)
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db

MENTORS, QUEUE, SUSPEND = "/api/admin/mentors", "/api/admin/mentors/verification", "/api/admin/mentors/suspend"


@pytest.fixture
def admin(api):
    return api.as_(AdminFactory())


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def refusal(answer):
    return answer.status_code, answer.json()["code"]


class TestAllMentors:
    def test_are_there_whatever_their_state_and_as_described(self, admin):
        draft, listed = TutorProfileFactory(status="draft"), TutorProfileFactory()
        TutorProfileFactory(user__deleted_at=timezone.now(), user__is_active=False)

        page = admin.get(MENTORS).json()

        assert [item["id"] for item in page["items"]] == [listed.pk, draft.pk]
        assert (page["total"], page["page"], page["pageSize"], page["totalPages"]) == (2, 1, 20, 1)
        shown = page["items"][1]
        assert set(shown) == set(examples.MENTOR)
        assert (shown["status"], shown["profileStatus"], shown["isListed"]) == ("PENDING", "draft", False)
        assert (shown["email"], shown["isActive"]) == (draft.user.email, True)

    def test_narrowed_and_sorted(self, admin):
        one = TutorProfileFactory(user__last_name="Hopper", title="Compilers", accepts_bookings=False)
        two = TutorProfileFactory(user__last_name="Easley", status="suspended", is_listed=False)
        closed = TutorProfileFactory(status="closed", is_listed=False)
        subject = SubjectFactory()
        TutorSubjectFactory(tutor=one, subject=subject)

        narrowed = {
            "status=approved": [one.pk],
            "status=APPROVED": [one.pk],
            "status=suspended": [closed.pk, two.pk],  # in the front end's words both are
            "status=closed": [closed.pk],
            f"subjectId={subject.pk}": [one.pk],
            "acceptsBookings=false": [one.pk],
            "isListed=true": [one.pk],
            "search=hop comp": [one.pk],
            "search=EASLEY": [two.pk],
            "ordering=created_at": [one.pk, two.pk, closed.pk],
            "ordering=last_name&pageSize=1": [two.pk],
        }

        assert {query: ids(admin.get(f"{MENTORS}?{query}")) for query in narrowed} == narrowed
        for wrong in ("status=odd", "subjectId=x", "ordering=password"):
            assert refusal(admin.get(f"{MENTORS}?{wrong}")) == (400, "VALIDATION_ERROR")

    @pytest.mark.parametrize("path", [MENTORS, QUEUE])
    def test_cost_the_same_however_many_there_are(self, admin, path):
        VerificationDocumentFactory(tutor__status="pending_approval")
        at_one = queries_of(admin, path)
        for _ in range(2):
            VerificationDocumentFactory(tutor__status="pending_approval")

        assert queries_of(admin, path) == at_one

    @pytest.mark.parametrize("path", [MENTORS, QUEUE])
    def test_are_for_admins(self, api, path):
        assert api.get(path).status_code == 401
        for user in (StudentFactory(), TutorFactory()):
            assert refusal(api.as_(user).get(path)) == (403, "ADMINS_ONLY")


class TestWhoWaitsToBeVerified:
    def test_the_longest_first_with_documents_application_and_until_when_it_should_be_decided(self, admin):
        now = timezone.now()
        late = TutorProfileFactory(status="pending_approval", submitted_at=now - timedelta(days=4))
        soon = TutorProfileFactory(status="pending_approval", submitted_at=now - timedelta(days=1))
        TutorProfileFactory()
        VerificationDocumentFactory(tutor=late)
        latest = VerificationDocumentFactory(tutor=late)
        MentorApplication.objects.create(tutor=late, answers={"city": "New York"}, agreed_at=now)

        first, second = admin.get(QUEUE).json()["items"]

        assert set(first) == set(examples.WAITING)
        assert (first["id"], first["mentorId"], second["id"]) == (late.pk, late.pk, soon.pk)
        assert [document["id"] for document in first["documents"]] == [latest.pk]
        assert first["application"]["answers"] == {"city": "New York"}
        assert (first["isOverdue"], second["isOverdue"], second["documents"]) == (True, False, [])
        assert (first["status"], second["application"]) == ("DOCUMENTS_UNDER_REVIEW", None)

    def test_or_others_who_are_asked_for(self, admin):
        TutorProfileFactory(status="pending_approval")
        asked = TutorProfileFactory(status="changes_requested")

        assert ids(admin.get(f"{QUEUE}?status=REAPPLICATION_REQUIRED")) == [asked.pk]


def suspend(client, profile, **sent):
    return client.put(SUSPEND, {"mentorId": profile.pk, "reason": "Three no-shows."} | sent)


def status_of(row):
    return type(row).objects.values_list("status", flat=True).get(pk=row.pk)


class TestSuspending:
    def test_hides_the_mentor_calls_off_what_is_to_come_and_tells_everybody(
        self, api, admin, django_capture_on_commit_callbacks
    ):
        profile = TutorProfileFactory()
        confirmed = BookingFactory(tutor=profile, status="confirmed")
        pending = BookingFactory(tutor=profile, status="pending", starts_at=timezone.now() + timedelta(days=5))
        done = BookingFactory(tutor=profile, status="completed", starts_at=timezone.now() - timedelta(days=1))
        group = SessionFactory(creator=profile.user, starts_at=timezone.now() + timedelta(days=9))
        seat = ParticipantFactory(session=group)
        elsewhere = SessionFactory()
        assert api.get(f"/api/mentors/{profile.pk}").status_code == 200

        with django_capture_on_commit_callbacks(execute=True):
            answer = suspend(admin, profile, until="2099-02-28T00:00:00Z")

        shown = answer.json()
        assert (answer.status_code, set(shown)) == (200, set(examples.SUSPENDED) | {"isFavorite"})
        assert (shown["mentorId"], shown["status"], shown["suspendedUntil"]) == (
            *(profile.pk, "suspended"), "2099-02-28T00:00:00Z",
        )  # fmt: skip
        assert api.get(f"/api/mentors/{profile.pk}").status_code == 404
        assert profile.pk not in ids(api.get("/api/mentors"))
        for booking in (confirmed, pending):
            off = Booking.objects.get(pk=booking.pk)
            assert (off.status, off.cancelled_by, off.refund_percent) == ("cancelled", "tutor", 100)
        called_off = TutoringSession.objects.get(pk=group.pk)
        assert (called_off.status, called_off.end_reason) == ("cancelled", "The host does not teach at the moment.")
        assert (status_of(done), status_of(elsewhere)) == ("completed", "upcoming")
        told = Notification.objects.filter(recipient=seat.user).values_list("type", flat=True)
        assert list(told) == ["session_cancelled"]
        own = Notification.objects.filter(recipient=profile.user, type="tutor_suspended").get()
        assert own.message == "Three no-shows."
        assert AuditEntry.objects.get(action="tutor.suspended").reason == "Three no-shows."
        assert AuditEntry.objects.get(action="session.cancelled").actor_id is None

    def test_ends_by_itself_and_the_mentor_is_found_again(self, api, admin):
        profile = TutorProfileFactory()
        end = timezone.now() + timedelta(days=2)
        suspend(admin, profile, until=end.isoformat())

        with time_machine.travel(end + timedelta(seconds=1)):
            assert tutor_moves.end_suspensions(now=timezone.now()) == 1

        assert api.get(f"/api/mentors/{profile.pk}").status_code == 200

    def test_is_lifted_by_an_admin_who_says_why(self, api, admin):
        profile = TutorProfileFactory()
        suspend(admin, profile)

        answer = suspend(admin, profile, action="reinstate", reason="It was somebody else.")

        assert (answer.status_code, answer.json()["status"]) == (200, "approved")
        assert answer.json()["message"] == "Mentor reinstated"
        assert api.get(f"/api/mentors/{profile.pk}").status_code == 200
        assert AuditEntry.objects.get(action="tutor.reinstated").reason == "It was somebody else."

    def test_happens_once_and_is_lifted_only_then(self, admin):
        profile = TutorProfileFactory()

        never = suspend(admin, profile, action="reinstate")
        suspend(admin, profile)
        again = suspend(admin, profile)

        assert (refusal(never), refusal(again)) == ((409, "INVALID_TRANSITION"),) * 2
        assert AuditEntry.objects.filter(action="tutor.suspended").count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            *({"reason": ""}, {"reason": " "}, {"reason": None}, {"reason": "x" * 1001}, {"mentorId": None}),
            *({"until": "2020-01-01T00:00:00Z"}, {"until": "2099-01-01T00:00:00"}, {"until": "x"}),
            *({"action": "ban"}, {"action": "reinstate", "until": "2099-01-01T00:00:00Z"}),
        ],
    )
    def test_what_is_none_is_refused_and_changes_nothing(self, admin, wrong):
        profile = TutorProfileFactory()

        assert admin.put(SUSPEND, {"mentorId": profile.pk, "reason": "x"} | wrong).status_code == 400

        assert status_of(profile) == "approved"

    def test_is_for_admins_and_of_mentors_who_exist(self, api, admin):
        profile = TutorProfileFactory()
        assert suspend(api, profile).status_code == 401
        for user in (profile.user, StudentFactory(), TutorFactory()):
            assert refusal(suspend(api.as_(user), profile)) == (403, "ADMINS_ONLY")
        assert status_of(profile) == "approved"
        profile.pk = 999_999_999
        assert refusal(suspend(admin, profile)) == (404, "NOT_FOUND")


class TestWhoTeachesNoMore:
    """By another role or a closed account."""

    @pytest.mark.parametrize("sent", [{"role": "student"}, {"role": "admin"}, {"is_active": False}])
    def test_loses_lessons_and_group_sessions_to_come_and_keeps_the_profile(
        self, admin, sent, django_capture_on_commit_callbacks
    ):
        profile = TutorProfileFactory()
        booking = BookingFactory(tutor=profile, status="confirmed")
        group = SessionFactory(creator=profile.user, starts_at=timezone.now() + timedelta(days=9))

        with django_capture_on_commit_callbacks(execute=True):
            assert admin.put(f"/api/admin/users/{profile.user_id}", sent).status_code == 200

        assert (status_of(booking), status_of(group)) == ("cancelled", "cancelled")
        kept = TutorProfile.objects.get(pk=profile.pk)
        assert (kept.status, kept.is_listed) == ("approved", False)

    def test_a_student_who_becomes_a_tutor_keeps_what_they_host(self, admin, django_capture_on_commit_callbacks):
        student = StudentFactory()
        hosted = SessionFactory(creator=student, kind=SessionKind.PEER)

        with django_capture_on_commit_callbacks(execute=True):
            admin.put(f"/api/admin/users/{student.pk}", {"role": "tutor"})

        assert status_of(hosted) == "upcoming"
