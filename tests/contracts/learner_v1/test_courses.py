"""Courses of the learner_v1 document (3.2), under both of their addresses, and the tutor's side beside them."""

import pytest

from courses.models import Course, CourseSession, CourseStatus, Enrolment, EnrolmentStatus
from courses.services import enrolling
from tests.factories import (
    AssessmentFactory,
    CourseFactory,
    EnrolmentFactory,
    ModuleFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db

BOTH = pytest.mark.parametrize("path", ["/api/v1/courses", "/api/v1/learner/courses"])
TUTORS = "/api/v1/tutor/courses"
AVATAR = "http://127.0.0.1:8000/api/avatars/default.png"


@pytest.fixture
def grace():
    return StudentFactory(first_name="Grace", last_name="Hopper")


@pytest.fixture
def tessa():
    return TutorFactory(first_name="Tessa", last_name="Hart")


@pytest.fixture
def course(tessa):
    return CourseFactory(
        tutor=tessa.tutor_profile,
        title="Algebra",
        subject=SubjectFactory(name="Mathematics"),
        level="beginner",
        capacity=2,
    )


@BOTH
class TestBrowsing:
    def test_anybody_sees_the_courses_with_what_a_card_needs(self, api, path, course):
        ModuleFactory(course=course)

        body = api.get(path).json()

        assert (body["status"], body["metadata"]) == ("success", {"page": 1, "limit": 10, "total": 1})
        assert body["pagination"] == body["metadata"]
        (shown,) = body["data"]
        assert (shown["_id"], shown["id"], shown["title"]) == (str(course.pk), str(course.pk), "Algebra")
        assert (shown["subject"], shown["subjectId"], shown["level"]) == (
            "Mathematics", str(course.subject_id), "beginner"
        )  # fmt: skip
        assert (shown["capacity"], shown["enrolledCount"], shown["availableSpots"], shown["isFull"]) == (2, 0, 2, False)
        assert (shown["moduleCount"], shown["enrollmentStatus"]) == (1, None)
        tutor = course.tutor
        assert shown["tutor"] == {
            "_id": str(tutor.user_id), "id": str(tutor.user_id), "userId": str(tutor.user_id),
            "profileId": str(tutor.pk), "name": "Tessa Hart", "avatar": AVATAR, "rating": 0, "reviewCount": 0,
        }  # fmt: skip

    def test_by_subject_level_and_tutor_as_documented(self, api, path, course):
        CourseFactory(title="Poems", level="advanced")
        queries = ["subject=Mathematics", f"subject={course.subject_id}", "subject=math", "level=beginner"]
        queries += [f"tutor={course.tutor.user_id}", "tutor=Hart", "subject=math&level=beginner&tutor=tessa"]

        found = {query: [each["title"] for each in api.get(f"{path}?{query}").json()["data"]] for query in queries}

        assert found == dict.fromkeys(queries, ["Algebra"])

    def test_one_course_with_its_modules_but_not_what_is_in_them(self, api, path, course):
        ModuleFactory(course=course, position=2, title="Functions", content="Secret.")
        ModuleFactory(course=course, position=1, title="Equations", content="Secret.")
        AssessmentFactory(course=course)

        shown = api.get(f"{path}/{course.pk}").json()["data"]

        assert [(each["position"], each["title"], each["content"]) for each in shown["modules"]] == [
            (1, "Equations", None),
            (2, "Functions", None),
        ]
        assert (shown["assessments"], shown["waitlistPosition"]) == ([], None)

    def test_who_is_in_it_reads_everything_but_drafts_and_what_is_retired(self, api, path, course, grace):
        EnrolmentFactory(course=course, learner=grace, completion_percentage=50)
        ModuleFactory(course=course, content="Read chapter one.")
        ModuleFactory(course=course, retired_at="2026-01-01T00:00:00Z")
        task = AssessmentFactory(course=course)
        AssessmentFactory(course=course, is_published=False)

        shown = api.as_(grace).get(f"{path}/{course.pk}").json()["data"]

        assert [each["content"] for each in shown["modules"]] == ["Read chapter one."]
        assert [each["id"] for each in shown["assessments"]] == [str(task.pk)]
        assert (shown["enrollmentStatus"], shown["completionPercentage"]) == ("active", 50)

    def test_what_is_not_published_is_not_there_but_for_who_was_in_it(self, api, path, course, grace):
        EnrolmentFactory(course=course, learner=grace)
        Course.objects.update(status=CourseStatus.ARCHIVED)

        statuses = [
            who.get(f"{path}/{course.pk}").status_code for who in (api, api.as_(StudentFactory()), api.as_(grace))
        ]

        assert statuses == [404, 404, 200]
        assert api.get(path).json()["data"] == []


@BOTH
class TestEnrolling:
    def test_a_learner_enrols(self, api, path, course, grace):
        response = api.as_(grace).post(f"{path}/{course.pk}/enroll")

        body = response.json()
        assert (response.status_code, body["status"]) == (201, "success")
        enrolment = Enrolment.objects.get()
        assert {name: body["data"][name] for name in ("_id", "learnerId", "courseId", "status")} == {
            "_id": str(enrolment.pk), "learnerId": str(grace.pk), "courseId": str(course.pk), "status": "active",
        }  # fmt: skip
        assert enrolment.learner == grace

    def test_twice_is_refused_in_the_documents_words(self, api, path, course, grace):
        enrolling.enrol(course.pk, learner=grace)

        response = api.as_(grace).post(f"{path}/{course.pk}/enroll")

        body = response.json()
        assert response.status_code == 409
        assert {name: body[name] for name in ("status", "code", "message")} == {
            "status": "error",
            "code": "LEARNER_ENROLLMENT_DENIED",
            "message": "Learner is already enrolled in this session",
        }
        assert body["timestamp"].endswith("Z")
        assert set(body) == {"status", "code", "message", "detail", "error", "timestamp"}

    def test_a_full_course_offers_its_queue(self, api, path, course, grace):
        for _ in range(2):
            enrolling.enrol(course.pk, learner=StudentFactory())

        refused = api.as_(grace).post(f"{path}/{course.pk}/enroll")
        waits = api.as_(grace).post(f"{path}/{course.pk}/enroll", {"waitlist": True})
        shown = api.as_(grace).get(f"{path}/{course.pk}").json()["data"]

        assert (refused.status_code, refused.json()["code"]) == (409, "COURSE_FULL")
        assert (refused.json()["waitlistAvailable"], refused.json()["waiting"]) == (True, 0)
        assert waits.status_code == 202
        assert (waits.json()["data"]["status"], waits.json()["data"]["waitlistPosition"]) == ("waitlisted", 1)
        assert (shown["enrollmentStatus"], shown["waitlistPosition"], shown["isFull"]) == ("waitlisted", 1, True)

    def test_a_learner_leaves_and_begins_anew(self, api, path, course, grace):
        me = api.as_(grace)
        me.post(f"{path}/{course.pk}/enroll")

        left = me.delete(f"{path}/{course.pk}/enroll")
        again = me.post(f"{path}/{course.pk}/enroll", {"fresh": True})

        assert (left.status_code, left.content) == (204, b"")
        assert (again.status_code, again.json()["data"]["attempt"]) == (201, 2)

    def test_the_same_request_twice_has_one_effect_and_one_answer(self, api, path, course, grace):
        me, key = api.as_(grace), {"HTTP_IDEMPOTENCY_KEY": "k1"}

        first, second = (me.post(f"{path}/{course.pk}/enroll", {}, **key) for _ in range(2))

        assert (first.status_code, second.status_code) == (201, 201)
        assert second["Idempotent-Replay"] == "true"
        assert first.json() == second.json()

    def test_tutors_do_not_enrol(self, api, path, course, tessa):
        for who in (tessa, TutorFactory()):
            response = api.as_(who).post(f"{path}/{course.pk}/enroll")
            assert (response.status_code, response.json()["code"]) == (403, "LEARNER_ONLY")

        assert not Enrolment.objects.exists()

    def test_nobody_enrols_without_signing_in(self, api, path, course):
        assert api.post(f"{path}/{course.pk}/enroll").json()["code"] == "NO_TOKEN"


@BOTH
def test_the_sessions_of_a_course_with_the_link_for_who_has_a_seat(api, path, course, grace, tessa):
    session = SessionFactory(creator=tessa, meeting_link="https://meet.example/a")
    CourseSession.objects.create(course=course, session=session)
    SessionFactory()

    before = api.as_(grace).get(f"{path}/{course.pk}/sessions").json()["data"]
    ParticipantFactory(session=session, user=grace)
    after = api.as_(grace).get(f"{path}/{course.pk}/sessions").json()["data"]

    assert [(each["id"], each["meetingLink"], each["enrollmentStatus"]) for each in before] == [
        (str(session.pk), None, None)
    ]
    assert (after[0]["meetingLink"], after[0]["enrollmentStatus"]) == ("https://meet.example/a", "enrolled")
    assert {"startTime", "endTime", "duration", "maxParticipants", "status", "subject", "level"} <= set(after[0])


class TestTheTutorsSide:
    def test_a_course_from_the_first_word_to_the_archive(self, api, tessa, grace):
        me = api.as_(tessa)

        made = me.post(TUTORS, {"title": "Algebra", "capacity": 5}).json()["data"]
        one = f"{TUTORS}/{made['id']}"
        module = me.post(f"{one}/modules", {"title": "Equations", "content": "Read."}).json()["data"]
        me.post(f"{one}/modules", {"title": "Before", "position": 1})
        assert api.get(f"/api/v1/courses/{made['id']}").status_code == 404
        published = me.post(f"{one}/publish").json()["data"]
        api.as_(grace).post(f"/api/v1/courses/{made['id']}/enroll")
        archived = me.post(f"{one}/archive").json()["data"]
        again = me.post(f"{one}/publish")

        assert (made["status"], made["modules"], made["timezone"]) == ("draft", [], "UTC")
        assert (module["position"], module["isRequired"]) == (1, True)
        assert [each["title"] for each in published["modules"]] == ["Before", "Equations"]
        assert (published["status"], archived["status"], again.status_code) == ("published", "archived", 200)
        assert archived["enrolledCount"] == 1

    def test_lists_ones_own_courses_in_every_state(self, api, tessa):
        for status in CourseStatus:
            CourseFactory(tutor=tessa.tutor_profile, status=status)
        CourseFactory()

        everything = api.as_(tessa).get(TUTORS).json()
        drafts = api.as_(tessa).get(f"{TUTORS}?status=draft").json()

        assert [each["status"] for each in everything["data"]] == ["archived", "published", "draft"]
        assert [each["status"] for each in drafts["data"]] == ["draft"]

    def test_changes_only_what_is_sent_if_the_version_is_the_current_one(self, api, tessa, course):
        me = api.as_(tessa)

        changed = me.patch(f"{TUTORS}/{course.pk}", {"title": "Better"}, HTTP_IF_MATCH='"1"')
        stale = me.patch(f"{TUTORS}/{course.pk}", {"title": "Best"}, HTTP_IF_MATCH='"1"')

        assert (changed.status_code, changed["ETag"]) == (200, '"2"')
        assert (changed.json()["data"]["title"], changed.json()["data"]["level"]) == ("Better", "beginner")
        assert (stale.status_code, stale.json()["code"]) == (412, "STALE_VERSION")

    def test_fewer_seats_than_learners_are_refused(self, api, tessa, course):
        for _ in range(2):
            enrolling.enrol(course.pk, learner=StudentFactory())

        response = api.as_(tessa).patch(f"{TUTORS}/{course.pk}", {"capacity": 1})

        assert (response.status_code, response.json()["code"]) == (409, "CAPACITY_BELOW_ENROLLED")
        assert response.json()["seatsTaken"] == 2

    def test_a_draft_is_deleted_and_nothing_else(self, api, tessa, course):
        draft = CourseFactory(tutor=tessa.tutor_profile, status=CourseStatus.DRAFT)

        deleted = api.as_(tessa).delete(f"{TUTORS}/{draft.pk}")
        refused = api.as_(tessa).delete(f"{TUTORS}/{course.pk}")

        assert (deleted.status_code, refused.status_code, refused.json()["code"]) == (204, 409, "COURSE_IN_USE")

    def test_modules_are_listed_ordered_changed_and_taken_out(self, api, tessa, course):
        me, one = api.as_(tessa), f"{TUTORS}/{course.pk}/modules"
        a, b = (str(ModuleFactory(course=course, position=n, title=t).pk) for n, t in ((1, "A"), (2, "B")))

        ordered = me.put(f"{one}/order", {"order": [b, a]}).json()["data"]
        wrong = me.put(f"{one}/order", {"order": [a]})
        changed = me.patch(f"{one}/{a}", {"isRequired": False}).json()["data"]
        gone = me.delete(f"{one}/{b}")
        left = me.get(one).json()

        assert [(each["id"], each["position"]) for each in ordered] == [(b, 1), (a, 2)]
        assert (wrong.status_code, wrong.json()["code"], wrong.json()["modules"]) == (
            400, "INCOMPLETE_ORDER", [int(b), int(a)]
        )  # fmt: skip
        assert (changed["title"], changed["isRequired"]) == ("A", False)
        assert (gone.status_code, left["status"]) == (204, "success")
        assert [(each["id"], each["position"]) for each in left["data"]] == [(a, 1)]

    def test_assessments_are_made_published_and_deleted(self, api, tessa, course):
        me, one = api.as_(tessa), f"{TUTORS}/{course.pk}/assessments"

        made = me.post(one, {"title": "Quiz", "deadline": "2099-01-01T00:00:00+01:00"})
        task = made.json()["data"]
        published = me.patch(f"{one}/{task['id']}", {"isPublished": True}).json()["data"]
        shown = me.get(f"{one}/{task['id']}").json()["data"]
        listed = me.get(one).json()["data"]
        gone = me.delete(f"{one}/{task['id']}")

        assert (made.status_code, task["isPublished"], task["maxAttempts"], task["passGrade"]) == (201, False, 3, 60)
        assert (task["deadline"], task["courseId"]) == ("2098-12-31T23:00:00Z", str(course.pk))
        assert published == shown == listed[0]
        assert (shown["isPublished"], gone.status_code) == (True, 204)

    def test_sessions_are_attached_and_detached(self, api, tessa, course):
        me, one = api.as_(tessa), f"{TUTORS}/{course.pk}/sessions"
        session = SessionFactory(creator=tessa)

        attached = me.post(one, {"sessionId": session.pk})
        twice = me.post(one, {"sessionId": session.pk})
        theirs = me.post(one, {"sessionId": SessionFactory().pk})
        listed = me.get(one).json()["data"]
        gone = me.delete(f"{one}/{session.pk}")

        assert (attached.status_code, attached.json()["data"]["id"]) == (201, str(session.pk))
        assert (twice.status_code, twice.json()["code"]) == (409, "SESSION_IN_COURSE")
        assert theirs.status_code == 404
        assert ([each["id"] for each in listed], gone.status_code) == ([str(session.pk)], 204)

    def test_learners_are_listed_with_how_far_they_are_and_begin_anew(self, api, tessa, course, grace):
        EnrolmentFactory(course=course, learner=grace, completion_percentage=50)
        dropped = EnrolmentFactory(course=course, status=EnrolmentStatus.DROPPED)
        me, one = api.as_(tessa), f"{TUTORS}/{course.pk}/learners"

        everybody = me.get(one).json()
        active = me.get(f"{one}?status=active").json()["data"]
        reset = me.post(f"{one}/{grace.pk}/reset").json()["data"]
        refused = me.post(f"{one}/{dropped.learner_id}/reset")

        assert everybody["metadata"]["total"] == 2
        (shown,) = active
        assert (shown["_id"], shown["name"], shown["status"], shown["completionPercentage"]) == (
            str(grace.pk), "Grace Hopper", "active", 50
        )  # fmt: skip
        assert "email" not in shown
        assert (reset["attempt"], reset["completionPercentage"]) == (2, 0)
        assert (refused.status_code, refused.json()["code"]) == (409, "INVALID_TRANSITION")

    def test_learners_are_told_that_this_is_for_tutors(self, api, grace, course):
        for path in (TUTORS, f"{TUTORS}/{course.pk}", f"{TUTORS}/{course.pk}/learners"):
            response = api.as_(grace).get(path)
            assert (response.status_code, response.json()["code"]) == (403, "TUTOR_ONLY")

    def test_a_naive_deadline_is_refused(self, api, tessa, course):
        body = {"title": "Quiz", "deadline": "2099-01-01T00:00:00"}

        response = api.as_(tessa).post(f"{TUTORS}/{course.pk}/assessments", body)

        assert (response.status_code, response.json()["code"]) == (400, "NAIVE_DATETIME")

    @pytest.mark.parametrize(
        ("field", "value"),
        [("title", ""), ("capacity", 0), ("capacity", 1001), ("level", "expert"), ("timezone", "GMT+1")]
        + [("subjectId", 999_999), ("description", "x" * 5001)],
    )
    def test_what_no_course_can_be_is_refused(self, api, tessa, field, value):
        response = api.as_(tessa).post(TUTORS, {"title": "Algebra", field: value})

        assert (response.status_code, list(response.json()["errors"])) == (400, [field])
        assert not Course.objects.exists()
