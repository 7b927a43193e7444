"""Lists that are worked out ahead: in pieces, by whoever has the time, and once for everybody."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from common import work
from matching import tasks
from matching.models import FreeTime, PrecomputeJob, RecommendationList
from matching.services import precomputing, recommending
from matching.wishes import wishes_of
from tests.factories import AdminFactory, PrecomputeJobFactory, StudentFactory, TutorFactory
from tests.support.threads import at_once, waiting_after

pytestmark = pytest.mark.django_db


def finished(job):
    return precomputing.find(job.pk)


def lists():
    return set(RecommendationList.objects.values_list("student", flat=True))


def test_everybodys_are_worked_out_with_the_numbers_that_they_would_have_live(tutor, student, now):
    made = tutor()
    other, gone = StudentFactory(), StudentFactory(is_active=False)
    TutorFactory()
    job = PrecomputeJobFactory()

    tasks.precompute(job.pk)

    done = finished(job)
    assert (done.status, done.done, done.total, done.outcome) == ("done", 2, 2, "2 lists")
    assert done.started_at <= done.finished_at
    assert lists() == {student.pk, other.pk}
    assert gone.pk not in lists()
    kept = RecommendationList.objects.get(student=student)
    live = recommending.rank_live(wishes_of([student], now=kept.computed_at)[student.pk], now=kept.computed_at)
    assert kept.entries == [[made.pk, [list(value) for value in live.matches[0].values]]]


def test_one_students_is_worked_out_alone(tutor, student):
    StudentFactory()

    tasks.precompute(PrecomputeJobFactory(scope="student", student=student).pk)

    assert lists() == {student.pk}


def test_a_job_goes_on_where_it_was_left(student, monkeypatch):
    """Each piece is over at once, and the second worker dies."""
    StudentFactory.create_batch(2)
    monkeypatch.setattr(precomputing, "PIECE_SECONDS", -1)
    monkeypatch.setattr(precomputing, "BATCH", 1)
    job = PrecomputeJobFactory()

    assert tasks.perform_piece(job.pk)
    between = finished(job)
    assert (between.status, between.done, between.total, between.attempts) == ("running", 1, 3, 0)
    monkeypatch.setattr(precomputing, "work_out", lambda *_, **__: 1 / 0)
    assert not tasks.perform_piece(job.pk)
    assert finished(job).done == 1
    monkeypatch.undo()
    PrecomputeJob.objects.update(due_at=timezone.now())
    tasks.resume_jobs()

    assert (finished(job).status, finished(job).done, len(lists())) == ("done", 3, 3)


def test_a_job_that_goes_wrong_again_and_again_is_given_up(student, monkeypatch):
    monkeypatch.setattr(precomputing, "work_out", lambda *_, **__: 1 / 0)
    job = PrecomputeJobFactory(attempts=PrecomputeJob.MAX_ATTEMPTS - 1)

    tasks.precompute(job.pk)

    assert (finished(job).status, "ZeroDivisionError" in finished(job).outcome) == ("failed", True)


def test_the_clock_sees_to_what_is_missing_or_soon_too_old(student, tutor, now):
    tutor()
    old, young = StudentFactory(), StudentFactory()
    for each, hours in ((old, 21), (young, 3)):
        recommending.keep([(wishes_of([each], now=now)[each.pk], recommending.Ranking([]))], now=now)
        RecommendationList.objects.filter(student=each).update(computed_at=now - timedelta(hours=hours))

    tasks.precompute_overdue()
    tasks.precompute_overdue()

    job = PrecomputeJob.objects.get()
    assert (job.scope, job.done, job.requested_by) == ("overdue", 2, None)
    assert RecommendationList.objects.get(student=young).computed_at == now - timedelta(hours=3)


def test_the_clock_asks_for_no_second_job_while_one_is_under_way(student, now):
    first = precomputing.request_overdue(now=now)

    assert precomputing.request_overdue(now=now) is None
    assert PrecomputeJob.objects.get() == first


def test_the_clock_has_the_free_time_of_all_tutors_at_hand(tutor):
    tutor(), tutor(accepts_bookings=False), tutor()

    tasks.refresh_free_times()

    assert FreeTime.objects.count() == 2


@pytest.mark.parametrize(("options", "count"), [({}, 2), ({"all": True}, 2), ({"student": True}, 1)])
def test_the_command_does_a_whole_job(student, capsys, options, count):
    StudentFactory()

    call_command("precompute_recommendations", **options | ({"student": student.pk} if "student" in options else {}))

    assert capsys.readouterr().out == f"{count} students\n"
    assert len(lists()) == count
    if not options:
        call_command("precompute_recommendations")
        assert capsys.readouterr().out == "nothing is overdue\n"


def test_the_command_says_what_is_wrong(student, monkeypatch):
    with pytest.raises(CommandError, match="Student not found"):
        call_command("precompute_recommendations", student=AdminFactory().pk)

    monkeypatch.setattr(precomputing, "work_out", lambda *_, **__: 1 / 0)
    with pytest.raises(CommandError, match="running, 0 of 1 students: ZeroDivisionError"):
        call_command("precompute_recommendations", all=True)


class TestAtOnce:
    @pytest.mark.django_db(transaction=True)
    def test_two_jobs_of_one_student_leave_one_list(self, tutor, student):
        tutor()
        jobs = [PrecomputeJobFactory(scope="student", student=student) for _ in range(2)]

        results = at_once([lambda job=job: tasks.precompute(job.pk) for job in jobs])

        assert results == [None, None]
        assert [finished(job).status for job in jobs] == ["done", "done"]
        assert RecommendationList.objects.get().size == 1

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_control_keeping_by_looking_first_fails_for_one_of_them(self, student, monkeypatch):
        """Both have seen that there is no list before either writes one."""
        look = waiting_after(lambda: RecommendationList.objects.filter(student=student).exists())

        def unguarded(worked_out, *, now):
            assert not look()
            for wishes, ranking in worked_out:
                RecommendationList.objects.create(
                    student_id=wishes.student_id, size=len(ranking), fingerprint="", computed_at=now
                )

        monkeypatch.setattr(precomputing, "keep", unguarded)
        jobs = [PrecomputeJobFactory(scope="student", student=student) for _ in range(2)]

        at_once([lambda job=job: tasks.precompute(job.pk) for job in jobs])

        assert sorted(finished(job).status for job in jobs) == ["done", "running"]
        assert any("IntegrityError" in finished(job).outcome for job in jobs)
        assert timedelta(seconds=precomputing.PIECE_SECONDS) < work.LEASE
