"""The subjects. Those that are there already, whatever their case, are used as they are."""

from itertools import chain, zip_longest
from typing import NamedTuple

from catalog.models import Subject
from peerlearn.demo.material import COURSES, Course

# Kept for the demo tutor's own sessions (`story`).
OWN_TITLES = 5


class Topic(NamedTuple):
    """What a session may be about."""

    title: str
    subject: Subject
    level: str


def create() -> list[Topic]:
    """One topic for every title, the subjects taking turns; the first five are all mathematics."""
    there = {subject.name.lower(): subject for subject in Subject.objects.all()}
    missing = [course for course in COURSES if course.subject.lower() not in there]
    made = Subject.objects.bulk_create(
        [Subject(name=course.subject, category=course.category, description=_describe(course)) for course in missing]
    )
    there |= {subject.name.lower(): subject for subject in made}
    columns = [
        [Topic(title, there[course.subject.lower()], course.level) for title in course.titles] for course in COURSES
    ]
    own, columns[0] = columns[0][:OWN_TITLES], columns[0][OWN_TITLES:]
    return own + [topic for topic in chain.from_iterable(zip_longest(*columns)) if topic]


def _describe(course: Course) -> str:
    return f"From {course.titles[0].lower()} to {course.titles[-1].lower()}."
