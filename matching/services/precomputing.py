"""Working lists out ahead: jobs of all students, or of one, some students at a time.

The tutors are read once for each piece of a job, the students in batches: what is in memory does not grow with them.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import Role, User
from audit.services import record
from common import work
from common.errors import Forbidden
from matching import pool
from matching.errors import JobNotFound, StudentNeeded, StudentNotFound
from matching.models import PrecomputeJob, RecommendationList
from matching.score import Index, best, weights_in_force
from matching.services.recommending import keep
from matching.wishes import wishes_of

Scope = PrecomputeJob.Scope
BATCH = 100
# A piece of a job ends after so many seconds: other work waits for the same thread, and a worker's lease ends.
PIECE_SECONDS = 15
# The clock works a list out anew so long before it is no good any more.
AHEAD = timedelta(hours=4)


@transaction.atomic
def request(*, actor: User, scope: str, student_id: int | None = None) -> PrecomputeJob:
    """Ask for lists to be worked out, by a worker after the commit. Audited. Raises Forbidden, StudentNeeded or
    StudentNotFound.
    """
    if not actor.is_admin:
        raise Forbidden("Only admins may do that.", code="ADMINS_ONLY")
    if scope == Scope.STUDENT and student_id is None:
        raise StudentNeeded
    from matching.tasks import precompute

    wanted = student_id if scope == Scope.STUDENT else None
    if wanted is not None and not students().filter(pk=wanted).exists():
        raise StudentNotFound
    job = _create(Scope(scope), student_id=wanted, requested_by=actor, now=timezone.now())
    record("matching.precompute", actor=actor, obj=job, after={"scope": scope, "student_id": wanted})
    work.after_commit(precompute, job.pk)
    return job


def request_overdue(*, now: datetime) -> PrecomputeJob | None:
    """The clock's own job; None where nothing is overdue, or the last one is not done yet."""
    if not _students_of(Scope.OVERDUE, now).exists():
        return None
    try:
        with transaction.atomic():
            return _create(Scope.OVERDUE, now=now)
    except IntegrityError:
        return None


def request_by_command(scope: Scope, *, student_id: int | None = None, now: datetime) -> PrecomputeJob | None:
    """An operator's job, or the clock's that is under way; None where nothing is overdue. Raises StudentNotFound."""
    if student_id is not None and not students().filter(pk=student_id).exists():
        raise StudentNotFound
    if scope != Scope.OVERDUE:
        return _create(scope, student_id=student_id, now=now)
    running = PrecomputeJob.objects.filter(scope=scope, state=PrecomputeJob.State.DUE).first()
    return running or request_overdue(now=now)


def find(job_id: int) -> PrecomputeJob:
    """Raises JobNotFound."""
    job = PrecomputeJob.objects.filter(pk=job_id).first()
    if job is None:
        raise JobNotFound
    return job


def run(job: PrecomputeJob) -> str:
    """A piece of the job, which the caller has claimed. Raises `NotNow` where more is to be done."""
    until = time.monotonic() + PIECE_SECONDS
    now = timezone.now()
    _begin(job, now)
    tutors: Index | None = None
    while students := _next(job, now):
        tutors = tutors or Index(pool.read(pool.candidates(), now=now))
        work_out(students, tutors, now=now)
        _advance(job, students)
        if time.monotonic() > until and _next(job, now):
            raise work.NotNow(timedelta(0), f"{job.done} of {job.total}")
    PrecomputeJob.objects.filter(pk=job.pk).update(finished_at=timezone.now(), total=job.done)
    return f"{job.done} lists"


def work_out(students: Iterable[User], tutors: Index, *, now: datetime) -> None:
    """Let these students' lists be new."""
    weights = weights_in_force()
    wishes = wishes_of(list(students), now=now)
    keep([(each, best(tutors.near(each), each, weights)) for each in wishes.values()], now=now)


def run_at_once(job: PrecomputeJob, *, progress: Callable[[int], None] = lambda done: None) -> PrecomputeJob:
    """The whole job in this process, for commands; `progress` is told after each piece how many students are done."""
    from matching.tasks import perform_piece

    while perform_piece(job.pk):
        progress(find(job.pk).done)
    return find(job.pk)


def count_students(scope: str, *, student_id: int | None = None, now: datetime) -> int:
    """Whose lists a job of that scope would work out."""
    return _students_of(scope, now, student_id).count()


def students() -> QuerySet[User]:
    """Everybody who may have recommendations."""
    return User.objects.active().filter(role=Role.STUDENT)


def _create(scope: Scope, *, now: datetime, **fields: object) -> PrecomputeJob:
    return PrecomputeJob.objects.create(scope=scope, due_at=now, **fields)


def _students_of(scope: str, now: datetime, student_id: int | None = None) -> QuerySet[User]:
    if scope == Scope.STUDENT:
        return students().filter(pk=student_id or 0)
    if scope == Scope.ALL:
        return students()
    kept = timedelta(hours=settings.MATCHING_KEPT_HOURS) - AHEAD
    good = RecommendationList.objects.filter(computed_at__gt=now - kept)
    return students().exclude(pk__in=good.values("student"))


def _begin(job: PrecomputeJob, now: datetime) -> None:
    if job.started_at is None:
        job.started_at, job.total = now, _students_of(job.scope, now, job.student_id).count()
        job.save(update_fields=["started_at", "total", "updated_at"])


def _next(job: PrecomputeJob, now: datetime) -> list[User]:
    waiting = _students_of(job.scope, now, job.student_id).filter(pk__gt=job.last_student)
    return list(waiting.order_by("pk")[:BATCH])


def _advance(job: PrecomputeJob, done: list[User]) -> None:
    """Each batch is written down, and the lease begins anew: this worker is alive."""
    job.last_student, job.done = done[-1].pk, job.done + len(done)
    PrecomputeJob.objects.filter(pk=job.pk).update(
        last_student=job.last_student,
        done=job.done,
        total=Greatest(F("total"), job.done),
        leased_until=timezone.now() + work.LEASE,
        updated_at=timezone.now(),
    )
