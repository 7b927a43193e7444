"""`/api/learners/{id}/dashboard`: what comes next, how far the learner has come, what is new; in a few statements."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import StudentProfile
from api.learner.examples import DASHBOARD
from bookings.models import BookingStatus
from courses.models import EnrolmentStatus, ModuleCompletion, PointsEntry, PointsReason
from sessions_app.models import SessionKind, SessionStatus
from tests.factories import (
    AdminFactory,
    AssessmentFactory,
    BookingFactory,
    CourseFactory,
    EnrolmentFactory,
    ModuleFactory,
    NotificationFactory,
    ParticipantFactory,
    ReviewFactory,
    SessionFactory,
    SubmissionFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shown(mine, path):
    def ask():
        answer = mine.get(path("dashboard"))
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def steps(body, kind):
    return [step for step in body["nextSteps"] if step["kind"] == kind]


def test_somebody_new_sees_an_empty_page_and_what_to_do_first(shown):
    body = shown()

    assert set(body) == set(DASHBOARD)
    assert body["sessions"] == {"upcomingCount": 0, "hostedCount": 0, "completedCount": 0, "upcoming": []}
    assert body["progress"] == {"activeCount": 0, "completedCount": 0, "courses": []}
    assert body["notifications"] == {"unreadCount": 0, "latest": []}
    assert body["points"] == {"total": 0, "level": 1, "nextLevelAt": 50}
    assert (body["studyMinutes"], body["studyHours"]) == (0, 0)
    assert body["nextSteps"] == [
        {
            "kind": "complete_profile",
            "title": "Complete your profile: your bio, interests, learning goals",
            "link": "/profile",
            "objectId": None,
            "dueAt": None,
            "isOverdue": False,
        }
    ]


def test_sessions_to_come_are_the_next_five_of_all_that_the_learner_hosts_has_joined_or_booked(learner, shown):
    def joined(**session):
        return ParticipantFactory(user=learner, **{f"session__{name}": value for name, value in session.items()})

    hosted = SessionFactory(creator=learner, kind=SessionKind.PEER, starts_at=NOW + timedelta(hours=3))
    running = joined(starts_at=NOW - timedelta(minutes=10), status=SessionStatus.ONGOING).session
    lesson = BookingFactory(student=learner, starts_at=NOW + timedelta(hours=5)).session
    later = [joined(starts_at=NOW + timedelta(days=day)).session for day in range(1, 5)]
    joined(starts_at=NOW + timedelta(days=1), status=SessionStatus.CANCELLED)
    joined(starts_at=NOW - timedelta(days=1), status=SessionStatus.COMPLETED)
    joined(starts_at=NOW - timedelta(days=2))  # never started
    SessionFactory()

    body = shown()

    soonest = [running, hosted, lesson, *later[:2]]
    assert [row["id"] for row in body["sessions"]["upcoming"]] == [session.pk for session in soonest]
    assert set(body["sessions"]["upcoming"][0]) == set(DASHBOARD["sessions"]["upcoming"][0])
    assert (body["sessions"]["upcomingCount"], body["sessions"]["hostedCount"]) == (7, 1)
    assert (body["sessions"]["completedCount"], body["studyMinutes"]) == (1, 60)
    assert [(step["objectId"], step["link"]) for step in steps(body, "upcoming_session")] == [
        (running.pk, f"/sessions/{running.pk}")
    ]


def test_progress_says_of_each_active_course_what_is_done_and_what_comes_next(learner, shown):
    course = CourseFactory(title="Compilers")
    enrolment = EnrolmentFactory(learner=learner, course=course, completion_percentage=50, attempt=2)
    scanning, parsing = (ModuleFactory(course=course, title=title) for title in ("Scanning", "Parsing"))
    ModuleFactory(course=course, title="Retired", retired_at=NOW)
    ModuleFactory(course=course, title="For the curious", is_required=False)
    ModuleCompletion.objects.create(enrolment=enrolment, module=scanning, attempt=2, completed_at=NOW)
    ModuleCompletion.objects.create(enrolment=enrolment, module=parsing, attempt=1, completed_at=NOW)
    EnrolmentFactory(learner=learner, status=EnrolmentStatus.DROPPED)
    EnrolmentFactory(learner=learner, status=EnrolmentStatus.COMPLETED, completed_at=NOW)

    body = shown()

    assert (body["progress"]["activeCount"], body["progress"]["completedCount"]) == (1, 1)
    assert body["progress"]["courses"] == [
        {
            "courseId": course.pk,
            "title": "Compilers",
            "completionPercentage": 50,
            "modulesDone": 1,
            "modulesRequired": 2,
            "nextModule": {"id": parsing.pk, "title": "Parsing"},
            "nextAssessment": None,
            "assessmentDeadline": None,
            "lastAccessedAt": None,
            "enrolledAt": "2026-03-02T12:00:00Z",
        }
    ]
    (step,) = steps(body, "next_module")
    assert (step["title"], step["objectId"], step["link"]) == (
        *("Go on with Compilers: Parsing", parsing.pk, f"/courses/{course.pk}"),
    )


def test_assessments_without_a_submission_are_steps_the_most_urgent_first(learner, shown):
    late, soon, open_end, sent = (EnrolmentFactory(learner=learner) for _ in range(4))
    overdue = AssessmentFactory(course=late.course, title="A scanner", deadline=NOW - timedelta(hours=1))
    AssessmentFactory(course=late.course, deadline=NOW + timedelta(days=9))
    due = AssessmentFactory(course=soon.course, deadline=NOW + timedelta(days=1))
    some_day = AssessmentFactory(course=open_end.course)
    AssessmentFactory(course=open_end.course, is_published=False, deadline=NOW)
    SubmissionFactory(enrolment=sent, assessment=AssessmentFactory(course=sent.course))

    found = steps(shown(), "assessment")

    assert [(step["objectId"], step["dueAt"], step["isOverdue"]) for step in found] == [
        (overdue.pk, "2026-03-02T11:00:00Z", True),
        (due.pk, "2026-03-03T12:00:00Z", False),
        (some_day.pk, None, False),
    ]
    assert (found[0]["title"], found[0]["link"]) == ("Hand in A scanner", f"/assessments/{overdue.pk}")


def test_a_lesson_may_be_reviewed_for_two_weeks_if_it_took_place_and_was_not(learner, shown):
    ada = TutorFactory(first_name="Ada", last_name="Lovelace").tutor_profile

    def taken(days_ago, **booking):
        booking = {"status": BookingStatus.COMPLETED, "tutor": ada} | booking
        return BookingFactory(student=learner, starts_at=NOW - timedelta(days=days_ago), **booking)

    ReviewFactory(booking=taken(1))
    taken(2, status=BookingStatus.NO_SHOW_STUDENT)
    taken(3, refund_percent=100)
    lesson = taken(4)
    taken(5)
    taken(15)

    (step,) = steps(shown(), "review")

    assert (step["title"], step["objectId"], step["link"]) == (
        *("Review your lesson with Ada Lovelace", lesson.pk, f"/bookings/{lesson.pk}"),
    )
    assert step["dueAt"] == "2026-03-12T13:00:00Z"


def test_a_lesson_of_long_ago_is_not_asked_about(learner, shown):
    BookingFactory(student=learner, status=BookingStatus.COMPLETED, starts_at=NOW - timedelta(days=15))

    assert steps(shown(), "review") == []


def test_notifications_are_the_latest_five_and_the_number_of_unread_ones(learner, shown):
    rows = NotificationFactory.create_batch(7, recipient=learner)
    NotificationFactory(recipient=learner, is_read=True)
    NotificationFactory()

    notifications = shown()["notifications"]

    assert notifications["unreadCount"] == 7
    assert [row["id"] for row in notifications["latest"]][1:] == [row.pk for row in reversed(rows[-4:])]
    assert set(notifications["latest"][0]) == set(DASHBOARD["notifications"]["latest"][0])


def test_points_are_the_sum_of_the_ledger(learner, shown):
    for number, points in enumerate((50, 20, -5)):
        PointsEntry.objects.create(user=learner, reason=PointsReason.COURSE, source=f"x:{number}", points=points)
    PointsEntry.objects.create(user=TutorFactory(), reason=PointsReason.COURSE, source="x:9", points=1000)

    assert shown()["points"] == {"total": 65, "level": 2, "nextLevelAt": 150}


def test_a_profile_that_is_complete_is_no_step(learner, shown):
    StudentProfile.objects.filter(user=learner).update(bio="Me.", interests=["Chess"], learning_goals=["Sums"])

    assert steps(shown(), "complete_profile") == []


def test_an_admin_sees_what_the_learner_sees(api, learner, shown, path):
    ParticipantFactory(user=learner)
    NotificationFactory(recipient=learner)

    assert api.as_(AdminFactory()).get(path("dashboard")).json() == shown()


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("who", ["learner", "admin"])
def test_it_costs_at_most_six_statements_however_much_there_is(
    who, count, api, learner, path, django_assert_num_queries
):
    client = api.as_(learner if who == "learner" else AdminFactory())
    for _ in range(count):
        ParticipantFactory(user=learner)
        NotificationFactory(recipient=learner)
        enrolment = EnrolmentFactory(learner=learner)
        ModuleFactory(course=enrolment.course)
        AssessmentFactory(course=enrolment.course)

    # Who asks; then, at most six: the learner, for an admin, and five.
    with django_assert_num_queries({"learner": 1 + 5, "admin": 1 + 6}[who]):
        body = client.get(path("dashboard")).json()

    assert body["sessions"]["upcomingCount"] == body["progress"]["activeCount"] == count
