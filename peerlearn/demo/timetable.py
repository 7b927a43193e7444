"""The sessions, past and to come, with the people in them.

They are written in bulk, because the services rightly refuse to make a session in the past. What the services
guarantee holds all the same: seats counted, nobody in two places, an audit entry for every step.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import User
from audit.services import record
from peerlearn.demo.material import CANCELLATIONS, DESCRIPTIONS
from peerlearn.demo.people import REASON, Cast
from peerlearn.demo.subjects import OWN_TITLES, Topic
from sessions_app.models import Participant, SeatState, SessionKind, SessionStatus, TutoringSession

UPCOMING, ONGOING, COMPLETED, CANCELLED = SessionStatus
# How many of each; the demo tutor's own are added by `story`.
COUNTS = {ONGOING: 6, COMPLETED: 30, CANCELLED: 13, UPCOMING: 26}
FULL = 8
# Every sixth session is hosted by a student, and some learners gave their seat up again.
PEER_EVERY = 6
LEFT_EVERY = 5


@dataclass
class Plan:
    """A session before it is written, with those who join and those who join and leave."""

    session: TutoringSession
    joined: list[User] = field(default_factory=list)
    left: list[User] = field(default_factory=list)


class Calendar:
    """Keeps everybody in one place at a time."""

    def __init__(self) -> None:
        self._taken: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)

    def is_free(self, user: User, starts_at: datetime, ends_at: datetime) -> bool:
        return all(ends_at <= start or starts_at >= end for start, end in self._taken[user.pk])

    def take(self, user: User, session: TutoringSession) -> None:
        self._taken[user.pk].append((session.starts_at, session.ends_at))


def create(cast: Cast, topics: list[Topic], *, now: datetime) -> list[Plan]:
    plans = list(_plans(cast, topics[OWN_TITLES:], now))
    _write(plans, now)
    for plan in plans:
        _record(plan)
    return plans


def _plans(cast: Cast, topics: list[Topic], now: datetime) -> Iterator[Plan]:
    rng = Random("timetable")  # noqa: S311 - made-up data
    calendar = Calendar()
    tutors, students = cycle(cast.hosts), cycle(cast.learners)
    statuses = [status for status, count in COUNTS.items() for _ in range(count)]
    last_upcoming = len(statuses) - FULL
    for place, (status, topic) in enumerate(zip(statuses, topics, strict=True)):
        of_demo_tutor = status == COMPLETED and place < COUNTS[ONGOING] + 2
        is_peer = place % PEER_EVERY == PEER_EVERY - 1 and not of_demo_tutor
        host = cast.tutor if of_demo_tutor else next(students if is_peer else tutors)
        session = _session(rng, calendar, host, topic, status, now)
        session.kind = SessionKind.PEER if is_peer else SessionKind.GROUP
        calendar.take(host, session)
        plan = Plan(session)
        first = [cast.student] if of_demo_tutor else []
        _fill(rng, calendar, plan, first, cast.learners, full=place >= last_upcoming, leaves=place % LEFT_EVERY == 0)
        yield plan


def _session(
    rng: Random, calendar: Calendar, host: User, topic: Topic, status: SessionStatus, now: datetime
) -> TutoringSession:
    starts_at, ends_at = _time(rng, host, status, now)
    while not calendar.is_free(host, starts_at, ends_at):
        starts_at, ends_at = _time(rng, host, status, now)
    return TutoringSession(
        creator=host,
        title=topic.title,
        description=rng.choice(DESCRIPTIONS),
        subject=topic.subject,
        level=topic.level,
        starts_at=starts_at,
        ends_at=ends_at,
        max_participants=rng.choice((4, 5, 6, 8, 8, 10, 12)),
        status=status,
        end_reason=rng.choice(CANCELLATIONS) if status == CANCELLED else "",
    )


def _time(rng: Random, host: User, status: SessionStatus, now: datetime) -> tuple[datetime, datetime]:
    """Between 8 and 20 o'clock where the host lives; an ongoing one began a while ago."""
    if status == ONGOING:
        starts_at = (now - timedelta(minutes=rng.randint(10, 40))).replace(second=0, microsecond=0)
        starts_at -= timedelta(minutes=starts_at.minute % 5)
        return starts_at, starts_at + timedelta(minutes=90)
    days = {UPCOMING: (1, 21), COMPLETED: (-30, -1), CANCELLED: (-12, 12)}[status]
    offset = rng.choice([day for day in range(days[0], days[1] + 1) if day])
    local_day = now.astimezone(ZoneInfo(host.timezone)) + timedelta(days=offset)
    local_start = local_day.replace(hour=rng.randint(8, 19), minute=rng.choice((0, 30)), second=0, microsecond=0)
    starts_at = local_start.astimezone(UTC)
    return starts_at, starts_at + timedelta(minutes=rng.choice((45, 60, 60, 90)))


def _fill(
    rng: Random, calendar: Calendar, plan: Plan, first: list[User], learners: list[User], *, full: bool, leaves: bool
) -> None:
    """Seat those in `first`, and as many learners as the state of the session makes likely."""
    session = plan.session
    least = 0 if session.status in (UPCOMING, CANCELLED) else 2
    seats = session.max_participants if full else rng.randint(least, session.max_participants - 1)
    free = [
        user
        for user in rng.sample(learners, len(learners))
        if user != session.creator and calendar.is_free(user, session.starts_at, session.ends_at)
    ]
    plan.joined = [*first, *free][:seats]
    plan.left = free[seats : seats + 1] if leaves else []
    for user in plan.joined:
        calendar.take(user, session)
    session.seats_taken = len(plan.joined)
    # One for itself, and one for every change that the services would have counted.
    session.version = 1 + len(plan.joined) + 2 * len(plan.left) + len(_moves(session))


def _moves(session: TutoringSession) -> list[tuple[SessionStatus, SessionStatus]]:
    return {
        UPCOMING: [],
        ONGOING: [(UPCOMING, ONGOING)],
        COMPLETED: [(UPCOMING, ONGOING), (ONGOING, COMPLETED)],
        CANCELLED: [(UPCOMING, CANCELLED)],
    }[SessionStatus(session.status)]


def _write(plans: list[Plan], now: datetime) -> None:
    rng = Random("seats")  # noqa: S311 - made-up data
    sessions = TutoringSession.objects.bulk_create([plan.session for plan in plans])
    for session in sessions:
        session.created_at = min(session.starts_at, now) - timedelta(
            days=rng.randint(3, 14), minutes=rng.randint(0, 600)
        )
    TutoringSession.objects.bulk_update(sessions, ["created_at"])
    Participant.objects.bulk_create(seat for plan in plans for seat in _seats(rng, plan, now))


def _seats(rng: Random, plan: Plan, now: datetime) -> Iterator[Participant]:
    opened, closed = plan.session.created_at, min(plan.session.starts_at, now)
    for user in [*plan.joined, *plan.left]:
        role = Participant.Role.TUTOR if user.is_tutor else Participant.Role.STUDENT
        seat = Participant(session=plan.session, user=user, role=role)
        seat.joined_at = opened + (closed - opened) * rng.uniform(0.05, 0.8)
        if user in plan.left:
            seat.state = SeatState.LEFT
            seat.left_at = seat.joined_at + (closed - seat.joined_at) / 2
        yield seat


def _record(plan: Plan) -> None:
    """The entries that the services would have left."""
    session = plan.session
    after = {"title": session.title, "starts_at": session.starts_at}
    record("session.created", actor=None, obj=session, after=after, reason=REASON)
    for user in [*plan.joined, *plan.left]:
        record("session.joined", actor=None, obj=session, after={"user_id": user.pk}, reason=REASON)
    for user in plan.left:
        record("session.left", actor=None, obj=session, after={"user_id": user.pk}, reason=REASON)
    for old, new in _moves(session):
        states = {"before": {"status": old}, "after": {"status": new}}
        record(f"session.{new}", actor=None, obj=session, reason=session.end_reason or REASON, **states)
