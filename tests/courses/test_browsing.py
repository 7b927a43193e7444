"""Finding courses: search, orders, pages, and what each costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Course, CourseStatus, EnrolmentStatus
from tests.factories import (
    AdminFactory,
    AssessmentFactory,
    CourseFactory,
    EnrolmentFactory,
    ModuleFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
)
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db

PATH = "/api/v1/courses"
MANY = 30


def titles(api, query=""):
    return [each["title"] for each in api.get(f"{PATH}?{query}").json()["data"]]


@pytest.fixture
def three():
    """Of different age, popularity and title."""
    now = timezone.now()
    for place, (title, seats) in enumerate((("Chemistry", 5), ("algebra", 1), ("Botany", 3))):
        CourseFactory(title=title, seats_taken=seats, published_at=now - timedelta(days=place))


class TestOrders:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["Chemistry", "algebra", "Botany"]),
            ("sortBy=newest", ["Chemistry", "algebra", "Botany"]),
            ("sortBy=newest&order=desc", ["Chemistry", "algebra", "Botany"]),
            ("sortBy=newest&order=asc", ["Botany", "algebra", "Chemistry"]),
            ("order=asc", ["Botany", "algebra", "Chemistry"]),
            ("sortBy=popular", ["Chemistry", "Botany", "algebra"]),
            ("sortBy=popular&order=asc", ["algebra", "Botany", "Chemistry"]),
            ("sort_by=popular", ["Chemistry", "Botany", "algebra"]),
        ],
    )
    def test_are_as_asked(self, api, three, query, expected):
        assert titles(api, query) == expected

    def test_by_title_is_one_order_and_its_reverse(self, api, three):
        forwards = titles(api, "sortBy=title")

        assert forwards[:2] in (["Botany", "Chemistry"], ["algebra", "Botany"])  # as the database collates
        assert titles(api, "sortBy=title&order=asc") == forwards
        assert titles(api, "sortBy=title&order=desc") == forwards[::-1]

    @pytest.mark.parametrize("query", ["sortBy=price", "order=up", "level=expert"])
    def test_others_are_refused(self, api, query):
        assert api.get(f"{PATH}?{query}").status_code == 400

    def test_pages_of_equals_have_each_course_once(self, api):
        now = timezone.now()
        CourseFactory.create_batch(7, title="Same", published_at=now)

        for query in ("", "sortBy=title", "sortBy=popular&order=asc"):
            pages = [api.get(f"{PATH}?{query}&limit=3&page={page}").json()["data"] for page in (1, 2, 3, 4)]
            ids = [each["id"] for page in pages for each in page]
            assert len(ids) == len(set(ids)) == 7


class TestSearch:
    @pytest.fixture(autouse=True)
    def _courses(self):
        CourseFactory(title="Linear Algebra", description="Vectors and matrices.")
        CourseFactory(title="Poems", subject=SubjectFactory(name="Literature"))

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("algebra", ["Linear Algebra"]),
            ("ALGEBRA linear", ["Linear Algebra"]),
            ("matri", ["Linear Algebra"]),
            ("literat", ["Poems"]),
            ("li", ["Poems", "Linear Algebra"]),
            ("ar", []),
            ("algebra poems", []),
            ("%", []),
        ],
    )
    def test_finds_words_in_title_description_and_subject(self, api, words, expected):
        assert titles(api, f"search={words.replace('%', '%25')}") == expected


class TestWhoSeesWhat:
    def test_drafts_archived_ones_and_those_of_tutors_who_are_gone_are_not_offered(self, api):
        CourseFactory(status=CourseStatus.DRAFT)
        CourseFactory(status=CourseStatus.ARCHIVED)
        CourseFactory(tutor__status="suspended")
        CourseFactory(tutor__user__is_active=False)
        CourseFactory(title="Here", tutor__status="draft")

        assert titles(api) == ["Here"]
        assert titles(api.as_(AdminFactory())) == ["Here"]

    def test_a_draft_is_there_for_its_tutor_and_admins(self, api):
        draft = CourseFactory(status=CourseStatus.DRAFT)
        ModuleFactory(course=draft, content="Read.", retired_at=timezone.now())

        for user, status in (
            (draft.tutor.user, 200),
            (AdminFactory(), 200),
            (TutorFactory(), 404),
            (StudentFactory(), 404),
        ):
            assert api.as_(user).get(f"{PATH}/{draft.pk}").status_code == status
        shown = api.as_(draft.tutor.user).get(f"{PATH}/{draft.pk}").json()["data"]
        assert [each["content"] for each in shown["modules"]] == ["Read."]

    @pytest.mark.parametrize(
        ("status", "reads"),
        [
            (EnrolmentStatus.ACTIVE, True),
            (EnrolmentStatus.COMPLETED, True),
            (EnrolmentStatus.DROPPED, False),
            (EnrolmentStatus.WAITLISTED, False),
        ],
    )
    def test_only_those_in_a_course_read_what_is_in_it(self, api, status, reads):
        moment = timezone.now()
        enrolment = EnrolmentFactory(status=status, completed_at=moment, waiting_since=moment)
        ModuleFactory(course=enrolment.course, content="Read.")

        shown = api.as_(enrolment.learner).get(f"{PATH}/{enrolment.course_id}").json()["data"]

        assert shown["modules"][0]["content"] == ("Read." if reads else None)

    def test_a_token_that_is_no_good_is_told(self, api):
        assert api.get(PATH, HTTP_AUTHORIZATION="Bearer nonsense").status_code == 401


class TestWhatItCosts:
    @pytest.fixture
    def student(self):
        return StudentFactory()

    def fill(self, tutor, student, count):
        for _ in range(count):
            course = CourseFactory(tutor=tutor.tutor_profile, subject=SubjectFactory())
            ModuleFactory.create_batch(2, course=course)
            EnrolmentFactory(course=course, learner=student)

    def test_the_list_costs_the_same_however_long_it_is(self, api, student):
        tutor = TutorFactory()
        paths = [PATH, f"{PATH}?search=course&sortBy=title", "/api/v1/tutor/courses"]
        clients = [api.as_(student), api, api.as_(tutor)]
        self.fill(tutor, student, 1)
        at_one = [queries_of(client, f"{path}{'&' if '?' in path else '?'}limit=100") for client, path in zip(
            clients, paths, strict=True)]  # fmt: skip
        self.fill(tutor, student, MANY)

        at_many = [queries_of(client, f"{path}{'&' if '?' in path else '?'}limit=100") for client, path in zip(
            clients, paths, strict=True)]  # fmt: skip

        assert at_many == at_one == [3, 2, 3]  # who asks, how many, which

    def test_one_course_costs_the_same_however_much_is_in_it(self, api, student):
        course = EnrolmentFactory(learner=student).course
        me = api.as_(student)

        def grow(count):
            ModuleFactory.create_batch(count, course=course)
            AssessmentFactory.create_batch(count, course=course)
            EnrolmentFactory.create_batch(count, course=course)

        grow(1)
        at_one = queries_of(me, f"{PATH}/{course.pk}")
        grow(MANY)

        assert queries_of(me, f"{PATH}/{course.pk}") == at_one == 6

    def test_lists_of_a_course_cost_the_same_however_long_they_are(self, api):
        course = CourseFactory()
        me = api.as_(course.tutor.user)
        one = f"/api/v1/tutor/courses/{course.pk}"
        paths = [f"{one}/{part}" for part in ("learners", "assessments", "modules", "sessions")]

        def grow(count, first):
            for place in range(first, first + count):
                EnrolmentFactory(course=course)
                AssessmentFactory(course=course)
                ModuleFactory(course=course)
                begin = timezone.now() + timedelta(days=place)
                course.meetings.create(session=SessionFactory(creator=course.tutor.user, starts_at=begin))

        grow(1, 1)
        at_one = [queries_of(me, path) for path in paths]
        grow(5, 2)

        assert [queries_of(me, path) for path in paths] == at_one == [4, 4, 3, 5]


def test_taking_a_seat_is_one_update_of_the_row_itself():
    course = CourseFactory(capacity=1)

    with CaptureQueriesContext(connection) as captured:
        assert Course.objects.take_seat(course.pk, now=timezone.now())
        assert not Course.objects.take_seat(course.pk, now=timezone.now())

    sql = captured[0]["sql"]
    assert len(captured) == 2
    # Not by ids that a subquery found: those conditions nobody would look at again after a wait.
    assert '"courses_course"."id" IN (' not in sql
    assert "JOIN" not in sql.split("EXISTS")[0]
