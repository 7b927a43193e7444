"""A dozen courses with people in every state of them: by the services, so that everybody is told as they would be."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import cycle
from typing import NamedTuple

from accounts.models import User
from courses.models import Course
from courses.services import assessments, authoring, enrolling, meetings, modules, progress
from peerlearn.demo.people import Cast
from peerlearn.demo.subjects import Topic
from sessions_app.models import TutoringSession

LEARNERS_EACH = 4
# The courses that stay a draft, and that are archived in the end.
DRAFT, ARCHIVED = "The circle of fifths", "Shakespeare aloud"
# The demo tutor's own.
OWN = 2


class Plan(NamedTuple):
    title: str
    subject: str
    level: str
    modules: str
    """With commas between."""
    capacity: int | None = None


PLANS = (
    Plan("Algebra from the start", "Mathematics", "beginner", "Numbers, Equations, Functions, Graphs", 12),
    Plan("Calculus in small steps", "Mathematics", "intermediate", "Limits, Derivatives, Integrals", LEARNERS_EACH),
    Plan("Reading a study", "Statistics", "intermediate", "Samples, Averages, Tests, Charts that lie"),
    Plan("Mechanics you can see", "Physics", "beginner", "Forces, Energy, Rotation", 20),
    Plan("Chemistry at the kitchen table", "Chemistry", "beginner", "Acids, Salts, Reactions, Safety"),
    Plan("Genes and cells", "Biology", "intermediate", "Cells, DNA, Inheritance", 15),
    Plan("Python for people with a project", "Programming in Python", "beginner", "Values, Loops, Functions, Files"),
    Plan("A page that works everywhere", "Web Development", "intermediate", "HTML, CSS, Access, Speed", 10),
    Plan("Graphs and how to walk them", "Algorithms", "advanced", "Breadth first, Depth first, Shortest paths"),
    Plan(ARCHIVED, "English", "intermediate", "Sonnets, Comedies, Tragedies", 8),
    Plan("Spanish for the first journey", "Spanish", "beginner", "Greetings, Food, Directions, Stories", 16),
    Plan(DRAFT, "Music Theory", "beginner", "Keys, Chords, Cadences"),
)


def open_up(cast: Cast, topics: Iterable[Topic], *, hosted: list[TutoringSession], now: datetime) -> list[Course]:
    """The courses, the people in them, and what they have done. `hosted` are sessions of the demo tutor's."""
    subjects = {topic.subject.name.lower(): topic.subject for topic in topics}
    tutors = cycle(cast.hosts)
    courses = []
    for place, plan in enumerate(PLANS):
        tutor = cast.tutor if place < OWN else next(tutors)
        course = authoring.create_course(
            tutor=tutor,
            title=plan.title,
            description=f"{len(plan.modules.split(', '))} modules at your own pace, with a task at the end.",
            subject=subjects.get(plan.subject.lower()),
            level=plan.level,
            capacity=plan.capacity,
        )
        _fill(course, plan)
        if plan.title != DRAFT:
            authoring.publish_course(course.pk, actor=tutor)
            _enrol(course, cast.learners[place * 3 :])
            Course.objects.filter(pk=course.pk).update(published_at=now - timedelta(days=3 * (len(PLANS) - place)))
        courses.append(course)
    meetings.attach(courses[0].pk, hosted[0].pk, actor=cast.tutor)
    _play(cast.student, courses)
    archived = next(course for course in courses if course.title == ARCHIVED)
    authoring.archive_course(archived.pk, actor=archived.tutor.user)
    return courses


def _fill(course: Course, plan: Plan) -> None:
    tutor = course.tutor.user
    for title in plan.modules.split(", "):
        content = f"Read the chapter on {title.lower()}, then try the examples without looking at the answers."
        modules.add_module(course.pk, actor=tutor, title=title, content=content)
    assessments.add_assessment(
        course.pk,
        actor=tutor,
        title="What you have learned",
        description="Show it with a piece of work of your own, and send a link to it.",
        is_published=True,
    )


def _enrol(course: Course, learners: list[User]) -> None:
    """The first is done, the second has left, the others are on their way."""
    inside = learners[:LEARNERS_EACH]
    for learner in inside:
        enrolling.enrol(course.pk, learner=learner)
    done, left, *busy = inside
    _do(course, done)
    enrolling.drop(course.pk, learner=left)
    for steps, learner in enumerate(busy, 1):
        _do(course, learner, steps)


def _play(student: User, courses: list[Course]) -> None:
    """The demo student is on the way in one course, has completed one, has left one, and waits for the second one."""
    first, crowded, completed, dropped, *_ = courses
    for course in (first, completed, dropped):
        enrolling.enrol(course.pk, learner=student)
    _do(first, student, 2)
    _do(completed, student)
    enrolling.drop(dropped.pk, learner=student)
    crowded.refresh_from_db()
    authoring.update_course(crowded.pk, {"capacity": crowded.seats_taken}, actor=crowded.tutor.user)
    enrolling.enrol(crowded.pk, learner=student, waitlist=True)


def _do(course: Course, learner: User, steps: int | None = None) -> None:
    """The first `steps` modules, or all of them."""
    for module in modules.present(course)[:steps]:
        progress.complete_module(course.pk, module.pk, learner=learner)
