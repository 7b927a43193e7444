"""`python -m tests.load.matching`: what it costs to work out the recommendations of 10,000 students among 2,000 tutors.

Prints the seconds (and how many of them this process worked) and the most memory of the free time of all tutors and of
the job, and what requests cost before and after it. `--students` and `--tutors` are other numbers. DATABASE_URL names
the server; the people are in a database of their own beside the named one.

Every tutor teaches two of 40 subjects, is there eight hours a day, and has two lessons to come. A student is interested
in two subjects (one in ten in none), speaks one language or two, and has had a lesson, which says what it may cost.
"""

import argparse
import resource
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.load.plans import filled_database, measured, own_database_url, run_seed, set_up_django

TABLES = (
    *(f"accounts_{table}" for table in ("user", "tutorprofile", "studentprofile", "tutorsubject", "tutorlanguage")),
    *(f"bookings_{table}" for table in ("bookingterms", "weeklyhours", "booking")),
    *(f"sessions_app_{table}" for table in ("tutoringsession", "participant")),
)
FIRST_STUDENT = 1_000_000

SEED = """
    INSERT INTO catalog_subject (name, category, description, created_at, updated_at)
    SELECT 'Subject' || n, 'Category ' || n %% 8, '', now(), now() FROM generate_series(1, 40) n;

    INSERT INTO accounts_user (id, password, is_superuser, created_at, updated_at, email, first_name, last_name, role,
                               phone, timezone, currency, avatar, is_active, is_verified, is_staff, token_version)
    SELECT n, '', false, now(), now(), 'tutor' || n || '@example.com', 'First' || n, 'Last', 'tutor',
           '', 'Europe/Berlin', 'USD', '', true, true, false, 0
    FROM generate_series(1, %(tutors)s) n
    UNION ALL
    SELECT %(first)s + n, '', false, now(), now(), 'student' || n || '@example.com', 'First' || n, 'Last', 'student',
           '', (ARRAY['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'UTC'])[1 + n %% 4], 'USD', '', true, true,
           false, 0
    FROM generate_series(1, %(students)s) n;

    INSERT INTO accounts_tutorprofile
        (id, user_id, status, version, title, headline, bio, description, teaching_philosophy, experience_years,
         hourly_rate, currency, video_url, photo, submissions, rejection_reason, accepts_bookings,
         requested_changes, status_before_suspension, is_listed, search_text, total_sessions, rating_sum, total_reviews,
         average_rating, rated_1, rated_2, rated_3, rated_4, rated_5, ranking_score, decided_at, created_at, updated_at)
    SELECT n, n, 'approved', 1, 'Tutor of ' || (ARRAY['algebra', 'geometry', 'calculus', 'poetry'])[1 + n %% 4],
           'Number ' || n || ' of many', repeat('Lessons with patience, examples and a plan. ', 1 + n %% 9), '', '',
           n %% 31, 10 + n * 7919 %% 9000 / 100.0, 'USD', '', '', 1, '', true, '[]', '', true, '', n %% 40,
           0, 0, 0, 0, 0, 0, 0, 0, 3 + n * 7919 %% 20000 / 10000.0, now() - n %% 100 * interval '1 day',
           now() - interval '1 day', now() - interval '1 day'
    FROM generate_series(1, %(tutors)s) n;

    INSERT INTO accounts_tutorsubject (tutor_id, subject_id, proficiency_level, years_experience)
    SELECT n, (SELECT min(id) FROM catalog_subject) + (n + k * 7) %% 40, 'advanced', 3
    FROM generate_series(1, %(tutors)s) n, generate_series(0, 1) k;

    INSERT INTO accounts_tutorlanguage (tutor_id, code, level)
    SELECT n, 'en', 'native' FROM generate_series(1, %(tutors)s) n
    UNION ALL SELECT n, 'es', 'native' FROM generate_series(1, %(tutors)s) n WHERE n %% 3 = 0;

    INSERT INTO bookings_bookingterms
        (tutor_id, timezone, slot_step_minutes, durations, min_notice_hours, max_advance_days, buffer_before_minutes,
         buffer_after_minutes, cancellation_policy, instant_booking, auto_accept_reschedule, created_at, updated_at)
    SELECT n, 'Europe/Berlin', 30, '[30, 60]', 2, 60, 0, 0, 'standard', false, false, now() - interval '1 day',
           now() - interval '1 day'
    FROM generate_series(1, %(tutors)s) n;

    INSERT INTO bookings_weeklyhours (tutor_id, weekday, start_minute, end_minute, created_at, updated_at)
    SELECT n, weekday, start_minute, start_minute + 240, now(), now()
    FROM generate_series(1, %(tutors)s) n, generate_series(0, 6) weekday, (VALUES (540), (840)) AS w (start_minute);

    INSERT INTO accounts_studentprofile
        (user_id, bio, grade_level, school_name, university, major, year, learning_goals, interests, skills,
         preferred_language, language_preferences, kind, academic_level, academic_subjects, degree_type,
         total_sessions, created_at, updated_at)
    SELECT %(first)s + n, '', '', '', '', '', '', '["patience and examples"]',
           CASE WHEN n %% 10 = 0 THEN '[]'
                ELSE json_build_array('Subject' || 1 + n %% 40, 'Subject' || 1 + n * 3 %% 40)::jsonb END,
           '[]', CASE WHEN n %% 5 = 0 THEN 'es' ELSE 'en' END, '[]', 'student', '', '[]', '', 0, now(), now()
    FROM generate_series(1, %(students)s) n;

    INSERT INTO sessions_app_tutoringsession
        (id, creator_id, kind, title, description, level, starts_at, ends_at, max_participants, seats_taken, status,
         end_reason, version, created_at, updated_at)
    SELECT n, 1 + n %% %(tutors)s, 'private', 'Private lesson', '', 'beginner', starts_at,
           starts_at + interval '1 hour', 1, 1,
           CASE WHEN starts_at > now() THEN 'upcoming' ELSE 'completed' END, '', 1, now() - interval '1 day',
           now() - interval '1 day'
    FROM (SELECT n, date_trunc('day', now()) + interval '9 hours'
                 + CASE WHEN n <= 2 * %(tutors)s THEN (1 + n / %(tutors)s) * interval '1 day'
                        ELSE (-1 - n / %(tutors)s) * interval '1 day' END AS starts_at
          FROM generate_series(1, 2 * %(tutors)s + %(students)s) n) AS planned;

    INSERT INTO bookings_booking
        (session_id, student_id, tutor_id, status, starts_at, ends_at, lesson_type, notes_student, notes_tutor,
         allow_overlap, hourly_rate, price, currency, commission_percent, cancellation_policy,
         buffer_before_minutes, buffer_after_minutes, tutor_timezone, student_timezone, moves_by_student,
         moves_by_tutor, non_refundable, cancelled_by, cancel_reason, dispute_state, uid, sequence, version,
         created_at, updated_at)
    SELECT id, %(first)s + 1 + id %% %(students)s, creator_id,
           CASE WHEN starts_at > now() THEN 'confirmed' ELSE 'completed' END, starts_at, ends_at, 'online', '', '',
           true, 20 + id %% 60, 20 + id %% 60, 'USD', 15, 'standard', 0, 0, 'Europe/Berlin', 'UTC', 0, 0, false, '', '',
           'none', gen_random_uuid(), 0, 1, now(), now()
    FROM sessions_app_tutoringsession
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--tutors", type=int, default=2_000)
    sizes = vars(parser.parse_args())
    url = own_database_url("matching")
    set_up_django(url)
    with filled_database(url, partial(fill, **sizes)):
        report(**sizes)


def fill(*, students: int, tutors: int) -> None:
    from django.db import connection

    from tests.load.seed import column_defaults

    with connection.cursor() as cursor:
        for default in column_defaults():
            cursor.execute(default)
    run_seed(SEED, {"students": students, "tutors": tutors, "first": FIRST_STUDENT}, TABLES)


def report(*, students: int, tutors: int) -> None:
    """Line by line, as it is found."""
    from django.utils import timezone

    from matching import pool
    from matching.models import PrecomputeJob, RecommendationList
    from matching.services import precomputing

    print(f"{students:,} students, {tutors:,} tutors; before: {_memory()} MB", flush=True)
    timed("free time of all tutors", lambda: pool.refresh_free_times(now=timezone.now()))
    print(_requests("worked out in the request", forget=True), flush=True)
    job = PrecomputeJob.objects.create(scope="all", due_at=timezone.now())
    done = timed("the job", lambda: precomputing.run_at_once(job))
    kept = RecommendationList.objects.filter(size__gt=0).count()
    print(f"{done.status}: {done.outcome}, {kept:,} of them with tutors", flush=True)
    print(_requests("from the list that is kept", forget=False), flush=True)


def timed(what: str, work: Callable[[], Any]) -> Any:
    start, worked = time.perf_counter(), time.process_time()
    result = work()
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    print(f"{what}: {seconds:.1f} s, {worked:.1f} of them of this process, at most {_memory()} MB", flush=True)
    return result


def _requests(what: str, *, forget: bool) -> str:
    """What a student's first page costs; with `forget`, what is kept is no good for any of the requests."""
    from django.conf import settings

    from accounts.models import User
    from accounts.services.tokens import open_family

    student = User.objects.get(pk=FIRST_STUDENT + 1)
    token = open_family(student).access
    kept, settings.MATCHING_KEPT_HOURS = settings.MATCHING_KEPT_HOURS, 0 if forget else settings.MATCHING_KEPT_HOURS
    statements, milliseconds = measured("/api/matching/recommendations", Authorization=f"Bearer {token}")
    settings.MATCHING_KEPT_HOURS = kept
    return f"{what}: {len(statements)} statements, {milliseconds:.0f} ms a request"


def _memory() -> int:
    """The most that this process has had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
