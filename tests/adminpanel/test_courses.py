"""Courses in the back office: what is changed there goes through the services, too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import TutorStatus, User
from audit.models import AuditEntry
from courses.models import Assessment, Course, CourseStatus, Enrolment, EnrolmentStatus, Module
from courses.services import enrolling, progress
from notifications.models import Notification
from tests.adminpanel.test_admin_walk import url
from tests.adminpanel.test_moderation import act, again, said
from tests.factories import CourseFactory, EnrolmentFactory, ModuleFactory, StudentFactory, TutorProfileFactory
from tests.support.forms import filled_in

pytestmark = pytest.mark.django_db


def save(office, row, **changes):
    """Change those fields on the object's own page."""
    model = type(row)
    shown = office.get(url(model, "change", row.pk)).content.decode()
    fields = filled_in(shown, f"{model._meta.model_name}_form")
    return office.post(url(model, "change", row.pk), fields | changes)


def make(office, model, **described):
    """Fill in the page for a new one."""
    shown = office.get(url(model, "add")).content.decode()
    return office.post(url(model, "add"), filled_in(shown, f"{model._meta.model_name}_form") | described)


def test_a_course_is_made_for_its_tutor_as_a_draft(office):
    tutor = TutorProfileFactory()

    response = make(office, Course, tutor=tutor.pk, title="Algebra", capacity="12", timezone="Europe/Berlin")

    course = Course.objects.get()
    assert said(office, response)[0].endswith("was added successfully.")
    assert (course.tutor, course.title, course.capacity, course.status) == (tutor, "Algebra", 12, CourseStatus.DRAFT)
    assert (course.timezone, course.search_text) == ("Europe/Berlin", " algebra")
    entry = AuditEntry.objects.get(action="course.created")
    assert (entry.actor_id, entry.object_id) == (User.objects.get(email="boss@example.com").pk, str(course.pk))


def test_tutors_are_offered_by_name_and_address_at_the_same_cost_for_one_and_for_many(office):
    asked = {"term": "lovelace", "app_label": "courses", "model_name": "course", "field_name": "tutor"}

    def offered():
        with CaptureQueriesContext(connection) as captured:
            answer = office.get("/admin/autocomplete/", asked)
        return [choice["text"] for choice in answer.json()["results"]], len(captured)

    TutorProfileFactory(user__first_name="Ada", user__last_name="Lovelace", user__email="ada@example.com")
    offered()
    names, at_one = offered()
    TutorProfileFactory.create_batch(3, user__last_name="Lovelace")

    assert names == ["Ada Lovelace (ada@example.com)"]
    assert (len(offered()[0]), offered()[1]) == (4, at_one)


def test_a_suspended_tutor_gets_no_course_and_an_unknown_time_zone_is_refused(office):
    suspended = TutorProfileFactory(status=TutorStatus.SUSPENDED)

    refused = make(office, Course, tutor=suspended.pk, title="Algebra")
    told = said(office, refused)
    unknown = make(office, Course, tutor=TutorProfileFactory().pk, title="Algebra", timezone="Mars/Olympus")

    assert told == ["Your tutor account is suspended or not approved"]
    assert "timezone" in unknown.context["adminform"].form.errors
    assert not Course.objects.exists()


def test_a_module_is_added_at_the_end_and_learners_have_more_to_do(office):
    enrolment = EnrolmentFactory()
    course = enrolment.course
    first, _ = ModuleFactory(course=course), ModuleFactory(course=course)
    progress.complete_module(course.pk, first.pk, learner=enrolment.learner)

    make(office, Module, course=course.pk, title="Functions", content="f(x)", is_required="on")

    assert list(Module.objects.values_list("title", "position"))[2:] == [("Functions", 3)]
    assert again(enrolment).completion_percentage == 33
    assert again(course).version == 2


def test_an_assessment_is_added_and_learners_hear_of_it(office):
    enrolment = EnrolmentFactory()

    make(office, Assessment, course=enrolment.course_id, title="Quiz", is_published="on", max_attempts="2")

    assert Assessment.objects.values_list("title", "max_attempts", "pass_grade").get() == ("Quiz", 2, 60)
    assert Notification.objects.get(recipient=enrolment.learner).type == "course_changed"


def test_a_course_is_published_and_archived(office):
    course = CourseFactory(status=CourseStatus.DRAFT)

    act(office, "publish", course)
    assert again(course).status == CourseStatus.PUBLISHED
    act(office, "archive", course)

    assert again(course).status == CourseStatus.ARCHIVED
    assert AuditEntry.objects.filter(action__in=["course.published", "course.archived"]).count() == 2


def test_what_the_machine_refuses_is_said(office):
    course = CourseFactory()

    response = act(office, "publish", course)

    assert said(office, response) == [f"{course}: Cannot publish a course that is published"]


def test_more_seats_let_in_who_waits_and_fewer_than_learners_are_refused(office):
    course = CourseFactory(capacity=1)
    enrolling.enrol(course.pk, learner=StudentFactory())
    waiting = enrolling.enrol(course.pk, learner=StudentFactory(), waitlist=True).enrolment

    save(office, course, capacity="2")
    refused = save(office, course, capacity="1")

    assert again(waiting).status == EnrolmentStatus.ACTIVE
    assert said(office, refused) == ["More learners are in this course than that"]
    assert Course.objects.get().capacity == 2


def test_a_module_is_changed_and_taken_out(office):
    module = ModuleFactory()

    save(office, module, title="Functions")
    assert again(module).title == "Functions"
    act(office, "remove", module)

    assert not Module.objects.exists()
    assert Course.objects.get().version == 3


def test_a_learner_begins_anew(office):
    enrolment = EnrolmentFactory(completion_percentage=50)

    act(office, "reset", enrolment)

    assert list(Enrolment.objects.values_list("attempt", "completion_percentage")) == [(2, 0)]
