"""The meetings of a course: sessions of its tutor's, joined as any other."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from audit.services import record
from common.errors import NotFound
from courses.errors import SessionInCourse
from courses.models import Course, CourseSession
from courses.services import access, authoring
from sessions_app.models import SessionKind, TutoringSession


def meetings_of(course: Course, viewer: User) -> QuerySet[TutoringSession]:
    """Those that the viewer may see, the earliest first."""
    sessions = TutoringSession.objects.visible_to(viewer).filter(course_link__course=course)
    return sessions.order_by("starts_at", "id")


def attach(course_id: int, session_id: int, *, actor: User) -> TutoringSession:
    """Make a group session of the course's tutor one of the course. Raises NotFound or SessionInCourse."""
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        hosted = TutoringSession.objects.hosted_by(course.tutor.user).exclude(kind=SessionKind.PRIVATE)
        session = hosted.filter(pk=session_id).first()
        if session is None:
            raise NotFound("Session not found")
        _link(course, session)
        authoring.save(course)
        record("course.session_attached", actor=actor, obj=course, after={"session": session.pk})
        authoring.tell_of_change(course, f"{course.title} has a new session: {session.title}.")
    return session


def detach(course_id: int, session_id: int, *, actor: User) -> None:
    """The session stays, but is none of the course's any more. Raises NotFound."""
    with transaction.atomic():
        course = access.lock_own(course_id, actor)
        if not CourseSession.objects.filter(course=course, session=session_id).delete()[0]:
            raise NotFound("Session not found")
        authoring.save(course)
        record("course.session_detached", actor=actor, obj=course, before={"session": session_id})


def _link(course: Course, session: TutoringSession) -> None:
    try:
        with transaction.atomic():
            CourseSession.objects.create(course=course, session=session)
    except IntegrityError:
        raise SessionInCourse from None
