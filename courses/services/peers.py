"""Who learns the same."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from accounts.models import Role, User
from courses.models import Enrolment
from messaging.models import Block


def peers_of(learner: User, *, course_id: int | None = None, search: str = "") -> QuerySet[User]:
    """The learners who are, or have completed, a course in which this one is or which they have completed; by name.

    Whoever does not want to be found is not among them, nor whoever blocks this learner or is blocked by them.
    `course_id` narrows it to one course of the learner's; `search` is a part of the name.
    """
    shared = Enrolment.objects.with_access().filter(course__in=courses_of(learner), learner=OuterRef("pk"))
    if course_id is not None:
        shared = shared.filter(course=course_id)
    students = User.objects.filter(Exists(shared), role=Role.STUDENT, is_active=True, deleted_at=None)
    found = not_blocked(students, learner).exclude(pk=learner.pk).exclude(learner_settings__show_to_peers=False)
    for word in search.split():
        found = found.alias(name=Concat("first_name", Value(" "), "last_name")).filter(name__icontains=word)
    return found.order_by("first_name", "last_name", "pk")


def not_blocked(users: QuerySet[User], viewer: User) -> QuerySet[User]:
    """Those who have not blocked the viewer, and whom the viewer has not."""
    blocked = Block.objects.filter(
        Q(blocker=viewer, blocked=OuterRef("pk")) | Q(blocker=OuterRef("pk"), blocked=viewer)
    )
    return users.filter(~Exists(blocked))


def courses_of(learner: User) -> QuerySet:
    """The ids of the courses in which the learner is, or which they have completed."""
    return Enrolment.objects.with_access().filter(learner=learner).values("course")
