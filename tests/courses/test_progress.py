import pytest
from django.utils import timezone

from audit.models import AuditEntry
from common.errors import NotFound
from courses.errors import CourseArchived, NotEnrolled
from courses.models import Certificate, CourseStatus, EnrolmentStatus, ModuleCompletion, PointsEntry, SubmissionState
from courses.services import points, progress
from notifications.models import Notification
from tests.factories import AssessmentFactory, CourseFactory, EnrolmentFactory, ModuleFactory, SubmissionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return CourseFactory(title="Algebra", seats_taken=1)


@pytest.fixture
def enrolment(course):
    return EnrolmentFactory(course=course, learner__first_name="Grace", learner__last_name="Hopper")


@pytest.fixture
def modules(course):
    """Three of them."""
    return ModuleFactory.create_batch(3, course=course)


def do(enrolment, *modules):
    for module in modules:
        progress.complete_module(enrolment.course_id, module.pk, learner=enrolment.learner)
    enrolment.refresh_from_db()
    return enrolment.completion_percentage


def passed(enrolment, assessment, grade=60):
    return SubmissionFactory(
        assessment=assessment,
        enrolment=enrolment,
        state=SubmissionState.GRADED,
        grade=grade,
        graded_at=timezone.now(),
    )


def test_the_percentage_is_rounded_down_and_100_only_at_the_end(enrolment, modules):
    assert [do(enrolment, module) for module in modules] == [33, 66, 100]


def test_of_200_modules_199_are_99_percent(course, enrolment):
    modules = ModuleFactory.create_batch(200, course=course)
    ModuleCompletion.objects.bulk_create(
        ModuleCompletion(enrolment=enrolment, module=module, attempt=1, completed_at=timezone.now())
        for module in modules[:198]
    )

    assert do(enrolment, modules[198]) == 99
    assert enrolment.status == EnrolmentStatus.ACTIVE


def test_repeating_a_module_changes_nothing(enrolment, modules):
    do(enrolment, modules[0])
    first = enrolment.last_accessed_at

    assert do(enrolment, modules[0]) == 33

    assert enrolment.last_accessed_at == first
    assert enrolment.completions.count() == 1
    assert points.total_of(enrolment.learner_id) == 5


def test_optional_and_retired_modules_do_not_count(course, enrolment, modules):
    optional = ModuleFactory(course=course, is_required=False)
    ModuleFactory(course=course, retired_at=timezone.now())

    assert do(enrolment, optional) == 0
    assert do(enrolment, modules[0]) == 33


def test_a_module_of_another_course_and_a_retired_one_are_not_found(course, enrolment):
    others = ModuleFactory(), ModuleFactory(course=course, retired_at=timezone.now())

    for module in others:
        with pytest.raises(NotFound):
            do(enrolment, module)

    assert not ModuleCompletion.objects.exists()


def test_completing_a_course_gives_the_certificate_the_points_and_the_news(course, enrolment, modules):
    do(enrolment, *modules)

    certificate = Certificate.objects.get()
    assert (enrolment.status, enrolment.completed_at) == (EnrolmentStatus.COMPLETED, certificate.issued_at)
    assert (certificate.learner_name, certificate.course_title) == ("Grace Hopper", "Algebra")
    assert certificate.tutor_name == course.tutor.user.display_name
    assert len(certificate.code) == 32
    assert points.total_of(enrolment.learner_id) == 3 * 5 + 50
    told = Notification.objects.filter(type="course_completed").values_list("recipient_id", flat=True)
    assert set(told) == {enrolment.learner_id, course.tutor.user_id}
    entry = AuditEntry.objects.get(action="enrolment.completed")
    assert (entry.actor_id, entry.before, entry.after) == (
        enrolment.learner_id,
        {"status": "active"},
        {"status": "completed"},
    )
    course.refresh_from_db()
    assert course.seats_taken == 0


def test_a_required_assessment_must_be_passed_as_well(course, enrolment, modules):
    task = AssessmentFactory(course=course, is_required=True)
    AssessmentFactory(course=course, is_required=True, is_published=False)
    AssessmentFactory(course=course)
    passed(enrolment, task, grade=59)

    assert do(enrolment, *modules) == 99
    assert enrolment.status == EnrolmentStatus.ACTIVE
    assert not Certificate.objects.exists()

    enrolment.submissions.update(grade=60)
    progress.recompute(course.pk)

    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.completion_percentage) == (EnrolmentStatus.COMPLETED, 100)


def test_a_course_of_assessments_alone_is_measured_by_them(course, enrolment):
    first, _ = AssessmentFactory.create_batch(2, course=course, is_required=True)
    passed(enrolment, first)

    progress.recompute(course.pk)

    enrolment.refresh_from_db()
    assert enrolment.completion_percentage == 50


def test_a_course_that_asks_for_nothing_is_never_completed(course, enrolment):
    progress.recompute(course.pk)

    enrolment.refresh_from_db()
    assert (enrolment.completion_percentage, enrolment.status) == (0, EnrolmentStatus.ACTIVE)


def test_a_module_added_later_lowers_what_is_active_and_leaves_what_is_completed(course, enrolment, modules):
    other = EnrolmentFactory(course=course)
    do(enrolment, *modules)
    do(other, modules[0])

    ModuleFactory(course=course)
    progress.recompute(course.pk)

    for one in (enrolment, other):
        one.refresh_from_db()
    assert (other.completion_percentage, enrolment.completion_percentage) == (25, 100)
    assert enrolment.status == EnrolmentStatus.COMPLETED


def test_what_was_added_to_a_completed_course_can_be_done_and_changes_nothing_else(course, enrolment, modules):
    do(enrolment, *modules)
    added = ModuleFactory(course=course)

    assert do(enrolment, added) == 100

    assert enrolment.completions.count() == 4
    assert Certificate.objects.count() == 1
    assert points.total_of(enrolment.learner_id) == 4 * 5 + 50


def test_who_had_done_the_rest_completes_when_the_last_module_is_retired(course, enrolment, modules):
    course.seats_taken = 2
    course.save()
    behind = EnrolmentFactory(course=course)
    do(enrolment, *modules[:2])
    modules[2].retired_at = timezone.now()
    modules[2].save()

    progress.recompute(course.pk)

    for one in (enrolment, behind, course):
        one.refresh_from_db()
    assert (enrolment.status, behind.status) == (EnrolmentStatus.COMPLETED, EnrolmentStatus.ACTIVE)
    assert course.seats_taken == 1
    assert AuditEntry.objects.get(action="enrolment.completed").actor_id is None


def test_another_attempt_begins_at_nothing_and_gives_no_points_twice(enrolment, modules):
    do(enrolment, modules[0])
    enrolment.attempt = 2
    enrolment.save()

    progress.recompute(enrolment.course_id)
    enrolment.refresh_from_db()
    assert enrolment.completion_percentage == 0

    assert do(enrolment, modules[0]) == 33
    assert points.total_of(enrolment.learner_id) == 5


@pytest.mark.parametrize("status", [EnrolmentStatus.DROPPED, EnrolmentStatus.WAITLISTED])
def test_who_is_not_in_the_course_cannot_go_on(course, modules, status):
    enrolment = EnrolmentFactory(course=course, status=status, waiting_since=timezone.now())

    with pytest.raises(NotEnrolled):
        do(enrolment, modules[0])

    assert not ModuleCompletion.objects.exists()
    assert not PointsEntry.objects.exists()


def test_an_archived_course_can_only_be_read(course, enrolment, modules):
    course.status = CourseStatus.ARCHIVED
    course.save()

    with pytest.raises(CourseArchived):
        do(enrolment, modules[0])

    assert not ModuleCompletion.objects.exists()


def test_to_a_stranger_the_course_is_as_if_it_were_not_there(course, modules):
    stranger = EnrolmentFactory().learner

    for course_id in (course.pk, 10**6):
        with pytest.raises(NotFound, match="Course not found"):
            progress.complete_module(course_id, modules[0].pk, learner=stranger)


def test_recomputing_many_takes_as_many_statements_as_one(course, enrolment, modules, django_assert_num_queries):
    for people in (0, 5):
        EnrolmentFactory.create_batch(people, course=course)
        # A savepoint and its release, the course, the enrolments, what is asked for, the update, who is complete.
        with django_assert_num_queries(7):
            progress.recompute(course.pk)
