"""The enrolment machine: coming in, leaving, coming back, beginning anew."""

import pytest

from accounts.models import TutorProfile, TutorStatus
from audit.models import AuditEntry
from common.errors import InvalidTransition, NotFound
from courses.errors import (
    AlreadyEnrolled,
    AlreadyWaiting,
    CourseClosed,
    CourseFull,
    NotEnrolled,
    OwnCourse,
    WaitlistFull,
)
from courses.models import Certificate, CourseStatus, Enrolment, EnrolmentStatus
from courses.models.enrolment import TRANSITIONS
from courses.services import authoring, enrolling, modules, progress, queue
from notifications.models import Notification
from tests.factories import (
    AdminFactory,
    BlockFactory,
    CourseFactory,
    EnrolmentFactory,
    ModuleFactory,
    StudentFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db


def enrol(course, **options):
    """A new student; returns the enrolment."""
    return enrolling.enrol(course.pk, learner=StudentFactory(), **options).enrolment


def wait(course):
    return enrol(course, waitlist=True)


def again(row):
    row.refresh_from_db()
    return row


def seats_of(course):
    """As counted, and as there are rows."""
    return again(course).seats_taken, Enrolment.objects.active().filter(course=course).count()


@pytest.fixture
def full():
    """A course whose one seat is taken; `full.first` has it."""
    course = CourseFactory(title="Algebra", capacity=1)
    course.first = enrol(course)
    return course


class TestBlocks:
    def test_who_is_blocked_finds_the_course_closed(self):
        course, blocked = CourseFactory(), StudentFactory()
        BlockFactory(blocker=course.tutor.user, blocked=blocked)

        with pytest.raises(CourseClosed):
            enrolling.enrol(course.pk, learner=blocked)

        assert seats_of(course) == (0, 0)

    def test_who_was_blocked_while_waiting_is_passed_over(self, full):
        blocked, next_one = wait(full), wait(full)
        BlockFactory(blocker=full.tutor.user, blocked=blocked.learner)

        enrolling.drop(full.pk, learner=full.first.learner)

        assert (again(blocked).status, again(next_one).status) == (EnrolmentStatus.DROPPED, EnrolmentStatus.ACTIVE)

    def test_nobody_is_let_in_while_the_tutor_does_not_teach(self, full):
        waiting = wait(full)
        TutorProfile.objects.update(status=TutorStatus.SUSPENDED)

        enrolling.drop(full.pk, learner=full.first.learner)

        assert again(waiting).status == EnrolmentStatus.WAITLISTED


class TestComingIn:
    def test_takes_a_seat_tells_the_tutor_and_is_audited(self):
        course = CourseFactory(title="Algebra", capacity=2)
        learner = StudentFactory(first_name="Ada", last_name="L")

        enrolled = enrolling.enrol(course.pk, learner=learner)

        assert (enrolled.enrolment.status, enrolled.enrolment.attempt, enrolled.position) == ("active", 1, None)
        assert seats_of(course) == (1, 1)
        told = Notification.objects.get()
        assert (told.recipient, told.type, told.message) == (
            course.tutor.user, "course_enrolled", "Ada L is now in Algebra."
        )  # fmt: skip
        assert AuditEntry.objects.get(action="enrolment.created").actor_id == learner.pk

    def test_a_course_without_a_capacity_takes_everybody(self):
        course = CourseFactory()

        for _ in range(3):
            enrol(course)

        assert seats_of(course) == (3, 3)

    @pytest.mark.parametrize("status", [EnrolmentStatus.ACTIVE, EnrolmentStatus.COMPLETED])
    def test_nobody_enrols_twice_and_the_counted_seat_is_given_back(self, status):
        enrolment = EnrolmentFactory(status=status, completed_at="2026-01-01T00:00:00Z")

        with pytest.raises(AlreadyEnrolled):
            enrolling.enrol(enrolment.course_id, learner=enrolment.learner)

        assert again(enrolment.course).seats_taken == 0
        assert not Notification.objects.exists()

    def test_somebody_in_a_full_course_is_told_that_they_are_in_it_not_that_it_is_full(self, full):
        with pytest.raises(AlreadyEnrolled):
            enrolling.enrol(full.pk, learner=full.first.learner, waitlist=True)

    def test_the_tutor_of_a_course_takes_no_seat_in_it(self):
        course = CourseFactory()

        with pytest.raises(OwnCourse):
            enrolling.enrol(course.pk, learner=course.tutor.user)

        assert seats_of(course) == (0, 0)

    @pytest.mark.parametrize("status", [CourseStatus.DRAFT, CourseStatus.ARCHIVED])
    def test_a_course_that_is_not_published_is_not_there(self, status):
        course = CourseFactory(status=status)

        with pytest.raises(NotFound):
            enrol(course)

    def test_an_archived_course_takes_nobody_back(self):
        dropped = EnrolmentFactory(status=EnrolmentStatus.DROPPED, course__status=CourseStatus.ARCHIVED)

        for waitlist in (False, True):
            with pytest.raises(CourseClosed):
                enrolling.enrol(dropped.course_id, learner=dropped.learner, waitlist=waitlist)

        assert again(dropped).status == EnrolmentStatus.DROPPED

    @pytest.mark.parametrize("status", ["suspended", "closed"])
    def test_a_course_whose_tutor_does_not_teach_is_not_on_offer(self, status):
        course = CourseFactory(tutor__status=status)

        with pytest.raises(NotFound):
            enrol(course)

        assert seats_of(course) == (0, 0)

    def test_a_course_whose_tutor_is_deactivated_is_not_on_offer(self):
        course = CourseFactory(tutor__user__is_active=False)

        with pytest.raises(NotFound):
            enrol(course)


class TestTheQueue:
    def test_a_full_course_says_whether_one_may_wait(self, full):
        with pytest.raises(CourseFull) as refusal:
            enrol(full)

        assert refusal.value.extra == {"waitlist_available": True, "waiting": 0}
        assert seats_of(full) == (1, 1)

    def test_who_asks_for_it_waits_and_knows_the_place(self, full):
        first, second = (enrolling.enrol(full.pk, learner=StudentFactory(), waitlist=True) for _ in range(2))

        assert [(each.enrolment.status, each.position) for each in (first, second)] == [
            ("waitlisted", 1),
            ("waitlisted", 2),
        ]
        assert seats_of(full) == (1, 1)

    def test_who_would_wait_but_finds_a_free_seat_gets_it(self):
        assert wait(CourseFactory(capacity=1)).status == EnrolmentStatus.ACTIVE

    def test_who_waits_already_is_told_where(self, full):
        wait(full)
        mine = wait(full)

        for waitlist in (False, True):
            with pytest.raises(AlreadyWaiting) as refusal:
                enrolling.enrol(full.pk, learner=mine.learner, waitlist=waitlist)
            assert refusal.value.extra == {"position": 2}

    def test_three_may_wait_for_each_seat(self, full):
        for _ in range(3):
            wait(full)

        with pytest.raises(WaitlistFull):
            wait(full)
        with pytest.raises(CourseFull) as refusal:
            enrol(full)

        assert refusal.value.extra == {"waitlist_available": False, "waiting": 3}
        assert queue.length(full) == 3

    def test_a_seat_that_becomes_free_goes_to_who_waits_first_and_both_sides_are_told(self, full):
        first, second = wait(full), wait(full)
        Notification.objects.all().delete()

        enrolling.drop(full.pk, learner=full.first.learner)

        assert (again(first).status, first.waiting_since) == (EnrolmentStatus.ACTIVE, None)
        assert again(second).status == EnrolmentStatus.WAITLISTED
        assert queue.position(second) == 1
        assert seats_of(full) == (1, 1)
        told = Notification.objects.get(recipient=first.learner)
        assert (told.type, told.message) == ("course_seat", "A seat in Algebra became free, and it is yours.")
        tutors = Notification.objects.filter(recipient=full.tutor.user).order_by("type")
        assert [row.type for row in tutors] == ["course_enrolled", "course_left"]
        assert AuditEntry.objects.filter(action="enrolment.seated").count() == 1

    def test_a_seat_that_a_completed_learner_frees_goes_to_who_waits(self, full):
        module = ModuleFactory(course=full)
        first = wait(full)

        progress.complete_module(full.pk, module.pk, learner=full.first.learner)

        assert again(full.first).status == EnrolmentStatus.COMPLETED
        assert again(first).status == EnrolmentStatus.ACTIVE
        assert seats_of(full) == (1, 1)
        assert Certificate.objects.count() == 1

    def test_no_newcomer_gets_past_those_who_wait(self, full):
        waiting = wait(full)
        # Whatever went wrong before: a seat is free, and somebody waits.
        Enrolment.objects.filter(pk=full.first.pk).update(status=EnrolmentStatus.DROPPED)
        type(full).objects.update(seats_taken=0)

        with pytest.raises(CourseFull):
            enrol(full)
        behind = wait(full)

        assert (again(waiting).status, behind.status) == (EnrolmentStatus.WAITLISTED, EnrolmentStatus.WAITLISTED)

    def test_more_seats_let_in_as_many_as_wait_first(self, full):
        waiting = [wait(full) for _ in range(3)]

        authoring.update_course(full.pk, {"capacity": 3}, actor=full.tutor.user)

        assert [again(each).status for each in waiting] == ["active", "active", "waitlisted"]
        assert seats_of(full) == (3, 3)

    def test_a_course_that_takes_everybody_from_now_on_lets_all_in(self, full):
        waiting = [wait(full) for _ in range(3)]

        authoring.update_course(full.pk, {"capacity": None}, actor=full.tutor.user)

        assert {again(each).status for each in waiting} == {"active"}
        assert seats_of(full) == (4, 4)

    def test_who_is_not_there_any_more_is_passed_over(self, full):
        gone, next_one = wait(full), wait(full)
        gone.learner.is_active = False
        gone.learner.save()

        enrolling.drop(full.pk, learner=full.first.learner)

        assert again(gone).status == EnrolmentStatus.DROPPED
        assert again(next_one).status == EnrolmentStatus.ACTIVE
        assert seats_of(full) == (1, 1)

    def test_who_withdraws_leaves_the_queue_and_nobody_gets_a_seat_by_that(self, full):
        first, second = wait(full), wait(full)

        enrolling.drop(full.pk, learner=first.learner)

        assert again(first).status == EnrolmentStatus.DROPPED
        assert queue.position(again(second)) == 1
        assert seats_of(full) == (1, 1)

    def test_who_leaves_and_waits_again_is_last(self, full):
        first, second = wait(full), wait(full)
        enrolling.drop(full.pk, learner=first.learner)

        back = enrolling.enrol(full.pk, learner=first.learner, waitlist=True)

        assert back.position == 2
        assert queue.position(again(second)) == 1

    def test_archiving_dismisses_who_waits_and_tells_them(self, full):
        waiting = wait(full)
        Notification.objects.all().delete()

        authoring.archive_course(full.pk, actor=full.tutor.user)

        assert again(waiting).status == EnrolmentStatus.DROPPED
        told = {row.recipient: row.message for row in Notification.objects.filter(type="course_archived")}
        assert told == {
            waiting.learner: "Algebra is archived: nobody gets a seat in it any more.",
            full.first.learner: "Algebra is archived. You can still read it.",
        }


class TestLeaving:
    def test_keeps_what_was_done_and_frees_the_seat(self):
        course = CourseFactory(title="Algebra", capacity=5)
        done, _ = ModuleFactory.create_batch(2, course=course)
        enrolment = enrol(course)
        progress.complete_module(course.pk, done.pk, learner=enrolment.learner)

        enrolling.drop(course.pk, learner=enrolment.learner)

        assert (again(enrolment).status, enrolment.completion_percentage) == ("dropped", 50)
        assert enrolment.dropped_at is not None
        assert enrolment.completions.count() == 1
        assert seats_of(course) == (0, 0)
        assert Notification.objects.filter(recipient=course.tutor.user, type="course_left").count() == 1

    def test_a_learner_who_dropped_a_course_can_come_back_and_goes_on(self):
        course = CourseFactory(capacity=5)
        done, _ = ModuleFactory.create_batch(2, course=course)
        enrolment = enrol(course)
        progress.complete_module(course.pk, done.pk, learner=enrolment.learner)
        enrolling.drop(course.pk, learner=enrolment.learner)
        modules.add_module(course.pk, actor=course.tutor.user, title="New")
        modules.add_module(course.pk, actor=course.tutor.user, title="Newer")

        back = enrolling.enrol(course.pk, learner=enrolment.learner).enrolment

        assert (back.pk, back.status, back.attempt) == (enrolment.pk, "active", 1)
        assert (again(back).completion_percentage, back.dropped_at) == (25, None)
        assert seats_of(course) == (1, 1)

    def test_who_comes_back_afresh_begins_a_new_attempt(self):
        course = CourseFactory(capacity=5)
        done, _ = ModuleFactory.create_batch(2, course=course)
        enrolment = enrol(course)
        progress.complete_module(course.pk, done.pk, learner=enrolment.learner)
        enrolling.drop(course.pk, learner=enrolment.learner)

        back = enrolling.enrol(course.pk, learner=enrolment.learner, fresh=True).enrolment

        assert (again(back).attempt, back.completion_percentage) == (2, 0)
        assert list(back.completions.values_list("attempt", flat=True)) == [1]

    @pytest.mark.parametrize("status", [None, EnrolmentStatus.DROPPED])
    def test_who_is_not_in_a_course_cannot_leave_it(self, status):
        course, learner = CourseFactory(seats_taken=0), StudentFactory()
        if status:
            EnrolmentFactory(course=course, learner=learner, status=status)

        with pytest.raises(NotEnrolled):
            enrolling.drop(course.pk, learner=learner)

        assert again(course).seats_taken == 0

    def test_what_is_completed_stays_so(self):
        enrolment = EnrolmentFactory(status=EnrolmentStatus.COMPLETED, completed_at="2026-01-01T00:00:00Z")

        with pytest.raises(InvalidTransition) as refusal:
            enrolling.drop(enrolment.course_id, learner=enrolment.learner)

        assert refusal.value.extra == {"current_state": "completed", "allowed": []}
        assert again(enrolment).status == EnrolmentStatus.COMPLETED

    def test_an_archived_course_can_be_left(self):
        enrolment = EnrolmentFactory(course__status=CourseStatus.ARCHIVED, course__seats_taken=1)

        enrolling.drop(enrolment.course_id, learner=enrolment.learner)

        assert seats_of(enrolment.course) == (0, 0)


class TestResetting:
    def test_begins_the_next_attempt_keeps_the_former_and_tells_the_learner(self):
        course = CourseFactory(title="Algebra")
        done, _ = ModuleFactory.create_batch(2, course=course)
        enrolment = enrol(course)
        progress.complete_module(course.pk, done.pk, learner=enrolment.learner)

        enrolling.reset(course.pk, enrolment.learner_id, actor=course.tutor.user)

        assert (again(enrolment).attempt, enrolment.completion_percentage, enrolment.status) == (2, 0, "active")
        assert enrolment.completions.count() == 1
        assert Notification.objects.filter(recipient=enrolment.learner, type="course_reset").count() == 1
        assert seats_of(course) == (1, 1)

    def test_an_admin_may_too_but_no_other_tutor(self):
        enrolment = EnrolmentFactory()

        with pytest.raises(NotFound):
            enrolling.reset(enrolment.course_id, enrolment.learner_id, actor=TutorFactory())
        enrolling.reset(enrolment.course_id, enrolment.learner_id, actor=AdminFactory())

        assert again(enrolment).attempt == 2

    @pytest.mark.parametrize("status", sorted(set(EnrolmentStatus) - {EnrolmentStatus.ACTIVE}))
    def test_only_who_is_at_work_begins_anew(self, status):
        moment = "2026-01-01T00:00:00Z"
        enrolment = EnrolmentFactory(status=status, completed_at=moment, waiting_since=moment)

        with pytest.raises(InvalidTransition):
            enrolling.reset(enrolment.course_id, enrolment.learner_id, actor=enrolment.course.tutor.user)

        assert again(enrolment).attempt == 1

    def test_who_was_never_in_it_is_not_there(self):
        course = CourseFactory()

        with pytest.raises(NotFound):
            enrolling.reset(course.pk, StudentFactory().pk, actor=course.tutor.user)


def test_every_state_has_its_moves():
    assert set(TRANSITIONS) | {EnrolmentStatus.COMPLETED} == set(EnrolmentStatus)
