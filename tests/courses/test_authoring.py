"""Making and changing courses, modules, assessments and meetings."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from catalog.services import update_subject
from common.errors import InvalidTransition, NotFound, StaleVersion
from courses.errors import (
    AssessmentUsed,
    CapacityBelowEnrolled,
    CourseInUse,
    IncompleteOrder,
    SessionInCourse,
    TooManyModules,
)
from courses.models import TRANSITIONS, Assessment, Course, CourseStatus, EnrolmentStatus, Module
from courses.services import assessments, authoring, enrolling, meetings, modules, progress
from notifications.models import Notification
from sessions_app.errors import InstructorsOnly, TutorSuspended
from sessions_app.models import SessionKind
from tests.factories import (
    AdminFactory,
    AssessmentFactory,
    CourseFactory,
    EnrolmentFactory,
    ModuleFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    SubmissionFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db


def again(row):
    row.refresh_from_db()
    return row


@pytest.fixture
def tutor():
    return TutorFactory(timezone="Europe/London")


@pytest.fixture
def course(tutor):
    return CourseFactory(tutor=tutor.tutor_profile, title="Algebra")


class TestACourse:
    def test_begins_as_a_draft_in_the_tutors_zone(self, tutor):
        course = authoring.create_course(tutor=tutor, title="Algebra", subject=SubjectFactory(name="Mathematics"))

        assert (course.status, course.version, course.timezone, course.capacity) == ("draft", 1, "Europe/London", None)
        assert course.search_text == " algebra mathematics"
        assert AuditEntry.objects.get(action="course.created").object_id == str(course.pk)

    def test_is_made_by_tutors_who_may_teach_only(self):
        with pytest.raises(InstructorsOnly):
            authoring.create_course(tutor=StudentFactory(), title="Algebra")
        with pytest.raises(TutorSuspended):
            authoring.create_course(tutor=TutorFactory(profile__status="suspended"), title="Algebra")

        assert not Course.objects.exists()

    def test_is_changed_by_its_tutor_and_admins_only(self, course, tutor):
        with pytest.raises(NotFound):
            authoring.update_course(course.pk, {"title": "Mine"}, actor=TutorFactory())

        authoring.update_course(course.pk, {"title": "Better"}, actor=tutor)
        authoring.update_course(course.pk, {"level": "advanced"}, actor=AdminFactory())

        assert (again(course).title, course.level, course.version) == ("Better", "advanced", 3)
        assert course.search_text == " better"

    def test_a_change_to_what_it_is_already_changes_nothing(self, course, tutor):
        authoring.update_course(course.pk, {"title": "Algebra"}, actor=tutor)

        assert again(course).version == 1
        assert not AuditEntry.objects.exists()

    def test_somebody_elses_change_in_between_is_not_overwritten(self, course, tutor):
        authoring.update_course(course.pk, {"title": "Better"}, actor=tutor, version=1)

        with pytest.raises(StaleVersion):
            authoring.update_course(course.pk, {"title": "Best"}, actor=tutor, version=1)

        assert again(course).title == "Better"

    def test_never_has_fewer_seats_than_learners(self, course, tutor):
        for _ in range(2):
            enrolling.enrol(course.pk, learner=StudentFactory())

        with pytest.raises(CapacityBelowEnrolled) as refusal:
            authoring.update_course(course.pk, {"capacity": 1}, actor=tutor)
        authoring.update_course(course.pk, {"capacity": 2}, actor=tutor)

        assert refusal.value.extra == {"seats_taken": 2}
        assert again(course).capacity == 2

    def test_another_title_is_told_to_those_at_work_in_it(self, course, tutor):
        learner = EnrolmentFactory(course=course).learner
        EnrolmentFactory(course=course, status=EnrolmentStatus.DROPPED)

        authoring.update_course(course.pk, {"title": "Groups"}, actor=tutor)

        told = Notification.objects.get()
        assert (told.recipient, told.type, told.message) == (
            learner, "course_changed", "Algebra is now called Groups."
        )  # fmt: skip

    @pytest.mark.parametrize("target", [CourseStatus.PUBLISHED, CourseStatus.ARCHIVED])
    @pytest.mark.parametrize("status", CourseStatus)
    def test_moves_as_the_machine_says(self, course, tutor, status, target):
        Course.objects.update(status=status)
        move = authoring.publish_course if target == CourseStatus.PUBLISHED else authoring.archive_course

        if target in TRANSITIONS[status]:
            assert move(course.pk, actor=tutor).status == target
            assert AuditEntry.objects.filter(action=f"course.{target}").count() == 1
        else:
            with pytest.raises(InvalidTransition):
                move(course.pk, actor=tutor)
            assert again(course).status == status

    def test_is_not_published_by_a_suspended_tutor(self):
        course = CourseFactory(status=CourseStatus.DRAFT, tutor__status="suspended")

        with pytest.raises(TutorSuspended):
            authoring.publish_course(course.pk, actor=course.tutor.user)

        assert again(course).status == CourseStatus.DRAFT

    def test_is_deleted_as_a_draft_that_nobody_was_ever_in(self, tutor):
        draft = CourseFactory(tutor=tutor.tutor_profile, status=CourseStatus.DRAFT)
        ModuleFactory(course=draft)

        authoring.delete_course(draft.pk, actor=tutor)

        assert not Course.objects.exists()
        assert AuditEntry.objects.filter(action="course.deleted").exists()

    def test_is_not_deleted_once_it_was_published_or_somebody_was_in_it(self, course, tutor):
        draft = CourseFactory(tutor=tutor.tutor_profile, status=CourseStatus.DRAFT)
        EnrolmentFactory(course=draft, status=EnrolmentStatus.DROPPED)

        for each in (course, draft):
            with pytest.raises(CourseInUse):
                authoring.delete_course(each.pk, actor=tutor)

        assert Course.objects.count() == 2

    def test_follows_another_name_of_its_subject(self, tutor):
        subject = SubjectFactory(name="Sums")
        course = authoring.create_course(tutor=tutor, title="Algebra", subject=subject)

        update_subject(subject.pk, {"name": "Mathematics"}, actor=None)

        assert again(course).search_text == " algebra mathematics"


class TestModules:
    def add(self, course, title, **options):
        return modules.add_module(course.pk, actor=course.tutor.user, title=title, **options)

    def titles(self, course):
        return [(module.position, module.title) for module in modules.present(course)]

    def test_are_put_at_the_end_or_where_it_is_said(self, course):
        for title in "AB":
            self.add(course, title)
        self.add(course, "first", position=1)
        self.add(course, "far", position=99)

        assert self.titles(course) == [(1, "first"), (2, "A"), (3, "B"), (4, "far")]
        assert again(course).version == 5

    def test_a_new_one_lowers_what_is_done_and_is_told(self, course):
        enrolment = EnrolmentFactory(course=course)
        done, _ = self.add(course, "A"), self.add(course, "B")
        progress.complete_module(course.pk, done.pk, learner=enrolment.learner)

        self.add(course, "C")

        assert again(enrolment).completion_percentage == 33
        told = Notification.objects.filter(recipient=enrolment.learner).latest("pk")
        assert (told.type, told.message) == ("course_changed", "Algebra has a new module: C.")

    def test_there_are_two_hundred_at_most(self, course, monkeypatch):
        monkeypatch.setattr(modules, "MOST_MODULES", 2)
        ModuleFactory.create_batch(2, course=course)

        with pytest.raises(TooManyModules):
            self.add(course, "C")

        assert course.modules.count() == 2

    def test_one_that_is_required_no_more_does_not_count(self, course):
        enrolment = EnrolmentFactory(course=course)
        done, other, _ = (self.add(course, title) for title in "ABC")
        progress.complete_module(course.pk, done.pk, learner=enrolment.learner)

        modules.update_module(course.pk, other.pk, {"is_required": False}, actor=course.tutor.user)

        assert again(enrolment).completion_percentage == 50

    def test_change_what_is_sent_and_move(self, course):
        first, second = self.add(course, "A"), self.add(course, "B")

        modules.update_module(course.pk, second.pk, {"title": "Z", "position": 1}, actor=course.tutor.user)

        assert self.titles(course) == [(1, "Z"), (2, "A")]
        assert again(first).position == 2

    def test_one_that_nobody_completed_is_deleted(self, course):
        first, _ = self.add(course, "A"), self.add(course, "B")

        modules.remove_module(course.pk, first.pk, actor=course.tutor.user)

        assert self.titles(course) == [(1, "B")]
        assert Module.objects.count() == 1

    def test_one_that_somebody_completed_is_retired_and_counts_no_more(self, course):
        enrolment = EnrolmentFactory(course=course)
        done, _, _ = (self.add(course, title) for title in "ABC")
        progress.complete_module(course.pk, done.pk, learner=enrolment.learner)

        modules.remove_module(course.pk, done.pk, actor=course.tutor.user)

        assert self.titles(course) == [(1, "B"), (2, "C")]
        assert again(done).retired_at is not None
        assert again(enrolment).completion_percentage == 0
        assert enrolment.completions.count() == 1

    def test_taking_the_last_open_one_away_completes_the_course_for_who_did_the_rest(self, course):
        enrolment = EnrolmentFactory(course=course)
        Course.objects.update(seats_taken=1)
        done, other = self.add(course, "A"), self.add(course, "B")
        progress.complete_module(course.pk, done.pk, learner=enrolment.learner)

        modules.remove_module(course.pk, other.pk, actor=course.tutor.user)

        assert again(enrolment).status == EnrolmentStatus.COMPLETED
        assert again(course).seats_taken == 0

    def test_a_retired_one_is_not_there(self, course):
        retired = ModuleFactory(course=course, retired_at=timezone.now())

        for deed in (modules.update_module, lambda *args, **who: modules.remove_module(*args[:2], **who)):
            with pytest.raises(NotFound):
                deed(course.pk, retired.pk, {"title": "New"}, actor=course.tutor.user)

    def test_one_of_another_course_is_not_there(self, course):
        other = ModuleFactory()

        with pytest.raises(NotFound):
            modules.update_module(course.pk, other.pk, {"title": "Mine"}, actor=course.tutor.user)

        assert again(other).title != "Mine"

    def test_are_put_into_another_order(self, course):
        a, b, c = (self.add(course, title) for title in "ABC")

        modules.reorder(course.pk, [c.pk, a.pk, b.pk], actor=course.tutor.user)

        assert self.titles(course) == [(1, "C"), (2, "A"), (3, "B")]

    def test_an_order_names_every_module_once(self, course):
        a, b = self.add(course, "A"), self.add(course, "B")

        for order in ([a.pk], [a.pk, a.pk], [a.pk, b.pk, 999], []):
            with pytest.raises(IncompleteOrder):
                modules.reorder(course.pk, order, actor=course.tutor.user)

        assert self.titles(course) == [(1, "A"), (2, "B")]


class TestAssessments:
    def add(self, course, **described):
        return assessments.add_assessment(course.pk, actor=course.tutor.user, title="Quiz", **described)

    def test_a_draft_is_told_to_nobody_until_it_is_published(self, course):
        EnrolmentFactory(course=course)
        draft = self.add(course)
        assert not Notification.objects.exists()

        assessments.update_assessment(course.pk, draft.pk, {"is_published": True}, actor=course.tutor.user)

        assert Notification.objects.get().message == "Algebra has a new assessment: Quiz."
        assert again(draft).is_published

    def test_another_deadline_is_told(self, course):
        EnrolmentFactory(course=course)
        task = AssessmentFactory(course=course, title="Quiz")

        deadline = timezone.now() + timedelta(days=7)
        assessments.update_assessment(course.pk, task.pk, {"deadline": deadline}, actor=course.tutor.user)

        assert Notification.objects.get().message == "The deadline of Quiz in Algebra has changed."

    def test_a_required_one_keeps_a_course_from_being_complete(self, course):
        enrolment = EnrolmentFactory(course=course)
        Course.objects.update(seats_taken=1)
        module = ModuleFactory(course=course)
        task = self.add(course, is_required=True, is_published=True)
        progress.complete_module(course.pk, module.pk, learner=enrolment.learner)
        assert again(enrolment).completion_percentage == 99

        assessments.update_assessment(course.pk, task.pk, {"is_published": False}, actor=course.tutor.user)

        assert again(enrolment).status == EnrolmentStatus.COMPLETED

    def test_a_change_of_its_words_alone_is_kept(self, course):
        task = AssessmentFactory(course=course)

        assessments.update_assessment(course.pk, task.pk, {"description": "Solve them."}, actor=course.tutor.user)

        assert again(task).description == "Solve them."
        assert again(course).version == 2

    def test_is_deleted_if_no_work_was_handed_in(self, course):
        unused, used = AssessmentFactory.create_batch(2, course=course)
        SubmissionFactory(assessment=used)

        assessments.remove_assessment(course.pk, unused.pk, actor=course.tutor.user)
        with pytest.raises(AssessmentUsed):
            assessments.remove_assessment(course.pk, used.pk, actor=course.tutor.user)

        assert list(Assessment.objects.all()) == [used]


class TestMeetings:
    def test_are_the_tutors_own_group_sessions(self, course, tutor):
        mine, theirs = SessionFactory(creator=tutor), SessionFactory()
        private = SessionFactory(
            creator=tutor, kind=SessionKind.PRIVATE, max_participants=1, starts_at=mine.ends_at + timedelta(hours=1)
        )

        meetings.attach(course.pk, mine.pk, actor=tutor)
        for other in (theirs, private):
            with pytest.raises(NotFound):
                meetings.attach(course.pk, other.pk, actor=tutor)

        assert list(meetings.meetings_of(course, StudentFactory())) == [mine]

    def test_a_session_belongs_to_one_course(self, course, tutor):
        session, other = SessionFactory(creator=tutor), CourseFactory(tutor=tutor.tutor_profile)
        meetings.attach(course.pk, session.pk, actor=tutor)

        for each in (course, other):
            with pytest.raises(SessionInCourse):
                meetings.attach(each.pk, session.pk, actor=tutor)

        assert again(session).course_link.course == course

    def test_a_session_that_is_taken_out_stays(self, course, tutor):
        session = SessionFactory(creator=tutor)
        meetings.attach(course.pk, session.pk, actor=tutor)

        meetings.detach(course.pk, session.pk, actor=tutor)

        assert not meetings.meetings_of(course, tutor).exists()
        assert again(session).status == "upcoming"
        with pytest.raises(NotFound):
            meetings.detach(course.pk, session.pk, actor=tutor)
