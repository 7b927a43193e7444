"""What the demo tutor and the demo student have done: by the services, so that both have real notifications."""

from datetime import datetime, timedelta

from accounts.models import User
from notifications.models import Notification
from notifications.services import mark_read
from peerlearn.demo.material import DESCRIPTIONS
from peerlearn.demo.people import Cast
from peerlearn.demo.subjects import OWN_TITLES, Topic
from sessions_app.models import SessionKind, TutoringSession
from sessions_app.services import access, course, hosting, seats

# Days from now; one session a day, so the tutor is never in two places.
DAYS = (1, 2, 4, 7, 10)
CLASSMATES = 3


def play(cast: Cast, topics: list[Topic], *, now: datetime) -> list[TutoringSession]:
    """The tutor hosts five sessions; the student joins four of them, and two of others. Returns the tutor's five."""
    hosted = [_host(cast, topic, _at_four(now, days)) for topic, days in zip(topics[:OWN_TITLES], DAYS, strict=True)]
    for session in hosted:
        for classmate in _free(cast.learners, session)[:CLASSMATES]:
            seats.join_session(session.pk, user=classmate)
    for session in hosted[:4]:
        seats.join_session(session.pk, user=cast.student)
    _join_two_of_others(cast, now)
    _change_plans(cast, hosted)
    for user in (cast.tutor, cast.student):
        oldest = Notification.objects.of(user.pk).earliest("created_at", "pk")
        mark_read(oldest.pk, user=user)
    return hosted


def _host(cast: Cast, topic: Topic, starts_at: datetime) -> TutoringSession:
    return hosting.create_session(
        creator=cast.tutor,
        title=topic.title,
        description=DESCRIPTIONS[0],
        subject=topic.subject,
        level=topic.level,
        starts_at=starts_at,
        max_participants=8,
    )


def _at_four(now: datetime, days: int) -> datetime:
    return (now + timedelta(days=days)).replace(hour=16, minute=0, second=0, microsecond=0)


def _free(people: list[User], session: TutoringSession) -> list[User]:
    """Those who would not be in two places."""
    return [user for user in people if not access.clashes(user, session.starts_at, session.ends_at)]


def _join_two_of_others(cast: Cast, now: datetime) -> None:
    open_ones = TutoringSession.objects.open_to(cast.student, now).filter(kind=SessionKind.GROUP)
    to_come = iter(open_ones.exclude(creator=cast.tutor).order_by("starts_at", "pk"))
    joined = 0
    while joined < 2:
        session = next(to_come)
        if _free([cast.student], session):
            seats.join_session(session.pk, user=cast.student)
            joined += 1


def _change_plans(cast: Cast, hosted: list[TutoringSession]) -> None:
    """One classmate leaves; the tutor moves one session and cancels another: of both the student is told."""
    first, moved, _, cancelled, _ = hosted
    leaver = User.objects.filter(seats__session=first).exclude(pk=cast.student.pk).earliest("pk")
    seats.leave_session(first.pk, user=leaver)
    hosting.update_session(moved.pk, {"starts_at": moved.starts_at + timedelta(minutes=30)}, actor=cast.tutor)
    course.cancel_session(cancelled.pk, actor=cast.tutor, reason="The tutor is at a conference.")
