"""`/api/learners/{id}` and `.../profile` of the learner document: the same profile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import StudentProfile, User
from api.learner.examples import CHANGES, LEARNER
from audit.models import AuditEntry
from courses.models import EnrolmentStatus, PointsEntry, PointsReason
from sessions_app.models import SessionStatus
from tests.factories import AdminFactory, EnrolmentFactory, ParticipantFactory, UserFactory

pytestmark = pytest.mark.django_db

both = pytest.mark.parametrize("part", [(), ("profile",)], ids=["bare", "profile"])


@both
def test_the_profile_says_who_a_learner_is_and_how_far_they_have_come(part, mine, learner, path):
    StudentProfile.objects.filter(user=learner).update(bio="I like compilers.", interests=["Chess"], grade_level="10")
    EnrolmentFactory(learner=learner)
    EnrolmentFactory(learner=learner, status=EnrolmentStatus.DROPPED)
    EnrolmentFactory(learner=learner, status=EnrolmentStatus.COMPLETED, completed_at=timezone.now())
    PointsEntry.objects.create(user=learner, reason=PointsReason.COURSE, source="course:1", points=50)
    began = datetime(2026, 1, 5, 10, tzinfo=UTC)
    ParticipantFactory(
        user=learner,
        session__status=SessionStatus.COMPLETED,
        session__starts_at=began,
        session__ends_at=began + timedelta(minutes=90),
    )

    answer = mine.get(path(*part))

    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == set(LEARNER)
    assert (body["id"], body["name"], body["email"], body["role"]) == (
        *(learner.pk, "Grace Hopper", "grace@example.com", "student"),
    )
    assert (body["bio"], body["interests"], body["gradeLevel"]) == ("I like compilers.", ["Chess"], "10")
    assert (body["enrolledCourses"], body["completedCourses"]) == (1, 1)
    assert body["points"] == {"total": 50, "level": 2, "nextLevelAt": 150}
    assert (body["studyMinutes"], body["studyHours"]) == (90, 1.5)


@both
def test_the_examples_changes_come_back(part, mine, path):
    answer = mine.put(path(*part), CHANGES)

    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in CHANGES} == CHANGES
    assert mine.get(path()).json() == answer.json()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"bio": "New."}, {"bio": "New."}),
        ({"first_name": "Ada"}, {"firstName": "Ada", "lastName": "Hopper", "name": "Ada Hopper"}),
        ({"name": "Ada King Lovelace"}, {"firstName": "Ada", "lastName": "King Lovelace"}),
        ({"name": "Ada King", "lastName": "Byron"}, {"firstName": "Ada", "lastName": "Byron"}),
        ({"interests": "Chess, Go"}, {"interests": ["Chess", "Go"]}),
        ({"phone": "+1 415 555 0123"}, {"phone": "+14155550123"}),
        ({"timezone": "Asia/Tokyo"}, {"timezone": "Asia/Tokyo"}),
        ({"schoolName": "", "unknown": 1}, {"schoolName": ""}),
        ({}, {}),
    ],
)
def test_what_is_left_out_stays_as_it_is(sent, shown, mine, path):
    before = mine.put(path(), CHANGES).json()

    after = mine.put(path(), sent).json()

    changes_itself = {"updatedAt", "name", "firstName", "lastName"}
    assert {name: after[name] for name in shown} == shown
    assert {name: after[name] for name in before.keys() - shown.keys() - changes_itself} == {
        name: before[name] for name in before.keys() - shown.keys() - changes_itself
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"preferredLanguage": "xx"}, "preferredLanguage"),
        ({"phone": "12"}, "phone"),
        ({"bio": "x" * 5001}, "bio"),
        ({"bio": None}, "bio"),
        ({"interests": ["x"] * 31}, "interests"),
        ({"learningGoals": {"a": 1}}, "learningGoals"),
        ({"firstName": "x" * 101}, "firstName"),
    ],
)
def test_nonsense_is_a_400_that_names_the_field_and_changes_nothing(body, field, mine, learner, path):
    answer = mine.put(path(), {"gradeLevel": "12"} | body)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert StudentProfile.objects.get(user=learner).grade_level == ""


def test_protected_fields_are_ignored(mine, learner, path):
    protected = {
        "id": 1,
        "email": "eve@example.com",
        "role": "admin",
        "isVerified": False,
        "isStaff": True,
        "points": {"total": 10**6},
        "studyMinutes": 10**6,
        "totalSessions": 99,
        "enrolledCourses": 99,
        "createdAt": "2020-01-01T00:00:00Z",
        "userId": 1,
        "user": 1,
        "avatarUrl": "https://evil.example",
    }
    before = mine.get(path()).json()

    after = mine.put(path(), protected).json()

    assert after == before
    learner.refresh_from_db()
    assert (learner.role, learner.is_staff, learner.email) == ("student", False, "grace@example.com")
    assert not PointsEntry.objects.exists()


def test_a_learner_who_became_one_by_hand_has_a_profile_too(api):
    learner = UserFactory()

    answer = api.as_(learner).get(f"/api/learners/{learner.pk}")

    assert (answer.status_code, answer.json()["interests"]) == (200, [])


def test_an_admin_acts_in_a_learners_place_and_that_is_on_record(api, learner, path):
    admin = AdminFactory()

    answer = api.as_(admin).put(path(), {"bio": "Corrected.", "lastName": "Murray"})

    assert (answer.status_code, answer.json()["email"], answer.json()["name"]) == (
        *(200, "grace@example.com", "Grace Murray"),
    )
    entry = AuditEntry.objects.get(action="learner.profile_changed")
    assert (entry.actor_id, entry.object_type, entry.object_id) == (admin.pk, "accounts.user", str(learner.pk))
    assert entry.after == {"fields": ["bio", "last_name"]}
    assert User.objects.get(pk=admin.pk).last_name != "Murray"


def test_what_learners_change_about_themselves_is_nobodys_business(mine, path):
    mine.put(path(), {"bio": "New."})

    assert not AuditEntry.objects.filter(action="learner.profile_changed").exists()
