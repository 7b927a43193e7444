"""What the benchmark's database holds. One SQL text per app, run in order; a new app adds its own to `PARTS`.

Everything is computed from row numbers, so that the same sizes always give the same rows, and a case can name a user
or a session without asking the database. What lies ahead begins in 2090: a seeded database stays good.
"""

import hashlib
import inspect
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field
from psycopg.sql import SQL, Composed, Identifier, Literal

PASSWORD = "password123"

# Eight digits that occur nowhere else: `tests.load.statements` finds them in a statement and varies them.
FIRST_SESSION = 10_000_000
FIRST_TUTOR = 20_000_000
FIRST_STUDENT = 30_000_000
FIRST_PROFILE = 40_000_000
FIRST_BOOKING = 50_000_000
# The private sessions of bookings, apart from the others.
FIRST_LESSON = 60_000_000
FIRST_COURSE = 70_000_000
FIRST_MODULE = 80_000_000
FIRST_ENROLMENT = 90_000_000

# Each tutor hosts ten sessions: five in the past, four to join in the future, one private.
SESSIONS_EACH = 10
# Each tutor, and each student, has ten bookings: four completed, one cancelled, one missed, four to come.
BOOKINGS_EACH = 10
# Each tutor has a course of ten modules; each student is in two, the j-th of which is course `n + j`.
MODULES_EACH = 10
COURSES_EACH = 2
# Student (n * 37 + j * 101) sits in session n for each j below `n % 5`; from here on j names one who does not.
FIRST_FREE_J = 5


@dataclass(frozen=True)
class Sizes:
    """How many rows. Students: at least 20, and no multiple of 101."""

    tutors: int = 2_000
    students: int = 2_000
    notifications: int = 100_000

    @property
    def sessions(self) -> int:
        return self.tutors * SESSIONS_EACH

    @property
    def bookings(self) -> int:
        return self.tutors * BOOKINGS_EACH

    def times(self, scale: int) -> "Sizes":
        return Sizes(*(number * scale for number in asdict(self).values()))

    def joinable(self) -> range:
        """The ids of the sessions that have at least seven free seats."""
        return range(FIRST_SESSION + 5 * self.tutors, FIRST_SESSION + 9 * self.tutors)

    def outsider(self, session_id: int, turn: int) -> int:
        """The id of a student who has no seat in that session: another one for each of the turns 0 to 6."""
        number = (session_id - FIRST_SESSION) * 37 + (FIRST_FREE_J + turn) * 101
        return FIRST_STUDENT + number % self.students


def family_of(user_id: int) -> UUID:
    """The sign-in of a student."""
    return UUID(f"00000000-0000-4000-8000-{user_id:012}")


def email_of(user_id: int) -> str:
    return f"person{user_id}@example.com"


ACCOUNTS = """
    INSERT INTO accounts_user (id, password, is_superuser, created_at, updated_at, email, first_name, last_name, role,
                               phone, timezone, currency, avatar, is_active, is_verified, is_staff, token_version)
    SELECT id, %(password)s, false, now(), now(), 'person' || id || '@example.com', 'First' || id %% 500, 'Person',
           role, '', 'UTC', 'USD', '', true, true, false, 0
    FROM (SELECT %(first_tutor)s + n AS id, 'tutor' AS role FROM generate_series(0, %(tutors)s - 1) n
          UNION ALL
          SELECT %(first_student)s + n, 'student' FROM generate_series(0, %(students)s - 1) n) AS people;

    INSERT INTO accounts_tutorprofile
        (id, user_id, status, version, created_at, updated_at, title, headline, bio, description, teaching_philosophy,
         experience_years, hourly_rate, currency, video_url, photo, submissions, rejection_reason, accepts_bookings,
         requested_changes, status_before_suspension, is_listed, search_text, total_sessions, rating_sum,
         total_reviews, average_rating, rated_1, rated_2, rated_3, rated_4, rated_5, ranking_score)
    SELECT %(first_profile)s + id - %(first_tutor)s, id, 'approved', 1, now(), now(), 'Mathematics',
           'Patient lessons', 'I teach.', '', '', id %% 30, 20 + id * 7919 %% 6000 / 100.0, 'USD', '', '', 1, '', true,
           '[]', '', true, ' ' || lower(first_name) || ' person mathematics patient lessons i teach.', 0, 0,
           0, 0, 0, 0, 0, 0, 0, 3 + id %% 2000 / 1000.0
    FROM accounts_user WHERE role = 'tutor' ORDER BY id;

    INSERT INTO accounts_studentprofile
        (user_id, bio, grade_level, school_name, university, major, year, learning_goals, interests, skills,
         preferred_language, language_preferences, kind, academic_level, academic_subjects, degree_type,
         total_sessions, created_at, updated_at)
    SELECT id, '', '', '', '', '', '', '[]', '[]', '[]', '', '[]', 'student', '', '[]', '', 0, now(), now()
    FROM accounts_user WHERE role = 'student' ORDER BY id;

    INSERT INTO accounts_tokenfamily (id, user_id, created_at, expires_at, user_agent)
    SELECT ('00000000-0000-4000-8000-' || lpad(id::text, 12, '0'))::uuid, id, now(), '2100-01-01', ''
    FROM accounts_user WHERE role = 'student' ORDER BY id;
"""

# `k` is the tutor's first to tenth session; the multiplication by a prime scatters `created_at` over the ids.
SESSIONS = """
    INSERT INTO catalog_subject (name, category, description, created_at, updated_at)
    SELECT 'Subject ' || n, '', '', now(), now() FROM generate_series(1, 20) n;

    INSERT INTO sessions_app_tutoringsession
        (id, creator_id, kind, title, description, subject_id, level, starts_at, ends_at, max_participants,
         seats_taken, status, end_reason, version, created_at, updated_at)
    SELECT %(first_session)s + n, %(first_tutor)s + n %% %(tutors)s,
           CASE WHEN k = 9 THEN 'private' ELSE 'group' END,
           'Session ' || n || ' of this place', repeat('Bring your questions and a friend. ', 4),
           (SELECT min(id) FROM catalog_subject) + n %% 20, 'advanced',
           starts_at, starts_at + interval '1 hour',
           CASE WHEN k = 9 THEN 1 ELSE 12 + n %% 9 END,
           CASE WHEN k = 9 THEN 1 ELSE n %% 5 END,
           CASE WHEN k = 0 THEN 'cancelled' WHEN k < 5 THEN 'completed' ELSE 'upcoming' END,
           '', 1, created_at, created_at
    FROM (SELECT n, k,
                 CASE WHEN k < 5 THEN timestamptz '2025-01-01' ELSE timestamptz '2090-01-01' END
                     + k * interval '7 days' + n %% 120 * interval '1 hour' AS starts_at,
                 timestamptz '2025-01-01' + (n::bigint * 7919) %% %(sessions)s * interval '20 seconds' AS created_at
          FROM (SELECT n, n / %(tutors)s AS k FROM generate_series(0, %(sessions)s - 1) n) AS numbers) AS planned;

    INSERT INTO sessions_app_participant (session_id, user_id, role, state, joined_at)
    SELECT session.id, %(first_student)s + ((session.id - %(first_session)s) * 37 + j * 101) %% %(students)s,
           'student', 'joined', session.created_at
    FROM sessions_app_tutoringsession session, generate_series(0, session.seats_taken - 1) j
    ORDER BY session.id, j;
"""

# `k` is the tutor's first to tenth booking, each in another week. In one week a student is in one place only, because
# students go round as tutors do. All lessons are in the tutor's hours.
MARKET = """
    INSERT INTO accounts_tutorsubject (tutor_id, subject_id, proficiency_level, years_experience)
    SELECT id, (SELECT min(id) FROM catalog_subject) + (id + k * 7) %% 20, 'advanced', 3
    FROM accounts_tutorprofile, generate_series(0, 1) k;

    INSERT INTO accounts_tutorlanguage (tutor_id, code, level) SELECT id, 'en', 'native' FROM accounts_tutorprofile;

    INSERT INTO bookings_bookingterms
        (tutor_id, timezone, slot_step_minutes, durations, min_notice_hours, max_advance_days, buffer_before_minutes,
         buffer_after_minutes, cancellation_policy, instant_booking, auto_accept_reschedule, created_at, updated_at)
    SELECT id, 'Europe/Berlin', 30, '[30, 60]', 2, 32000, 0, 0, 'standard', false, false, now(), now()
    FROM accounts_tutorprofile;

    INSERT INTO bookings_weeklyhours (tutor_id, weekday, start_minute, end_minute, created_at, updated_at)
    SELECT id, weekday, start_minute, start_minute + 240, now(), now()
    FROM accounts_tutorprofile, generate_series(0, 6) weekday, (VALUES (540), (840)) AS windows (start_minute);

    INSERT INTO sessions_app_tutoringsession
        (id, creator_id, kind, title, description, subject_id, level, starts_at, ends_at, max_participants,
         seats_taken, status, end_reason, version, created_at, updated_at)
    SELECT %(first_lesson)s + n, %(first_tutor)s + n %% %(tutors)s, 'private', 'Private lesson', '', NULL, 'beginner',
           starts_at, starts_at + interval '1 hour', 1, 1,
           CASE WHEN k = 4 THEN 'cancelled' WHEN k < 6 THEN 'completed' ELSE 'upcoming' END, '', 1, now(), now()
    FROM (SELECT n, k,
                 CASE WHEN k < 6 THEN timestamptz '2025-06-02 08:00Z' ELSE timestamptz '2090-06-05 08:00Z' END
                     + (k * 7 + n %% 7) * interval '1 day' + n / 7 %% 3 * interval '1 hour' AS starts_at
          FROM (SELECT n, n / %(tutors)s AS k FROM generate_series(0, %(bookings)s - 1) n) AS numbers) AS planned;

    INSERT INTO bookings_booking
        (id, session_id, student_id, tutor_id, status, starts_at, ends_at, lesson_type, notes_student, notes_tutor,
         allow_overlap, expires_at, hourly_rate, price, currency, commission_percent, cancellation_policy,
         buffer_before_minutes, buffer_after_minutes, tutor_timezone, student_timezone, moves_by_student,
         moves_by_tutor, non_refundable, cancelled_by, cancel_reason, dispute_state, uid, sequence, version,
         created_at, updated_at)
    SELECT %(first_booking)s + n, lesson.id, %(first_student)s + (n::bigint * 37 + k * 101) %% %(students)s,
           %(first_profile)s + n %% %(tutors)s,
           (ARRAY['completed', 'completed', 'completed', 'completed', 'cancelled', 'no_show_student', 'confirmed',
                  'confirmed', 'confirmed', 'pending'])[1 + k],
           starts_at, ends_at, 'online', 'Quadratic equations, please.', '', false,
           CASE WHEN k = 9 THEN starts_at - interval '1 hour' END, 40, 40, 'USD', 15, 'standard', 0, 0,
           'Europe/Berlin', 'UTC', 0, 0, false, CASE WHEN k = 4 THEN 'student' ELSE '' END, '', 'none',
           gen_random_uuid(), 0, 1, now(), now()
    FROM (SELECT *, id - %(first_lesson)s AS n, (id - %(first_lesson)s) / %(tutors)s AS k
          FROM sessions_app_tutoringsession WHERE id >= %(first_lesson)s) AS lesson;

    INSERT INTO sessions_app_participant (session_id, user_id, role, state, joined_at)
    SELECT session_id, student_id, 'student', 'joined', created_at FROM bookings_booking ORDER BY session_id;
"""

NOTIFICATIONS = """
    INSERT INTO notifications_notification
        (recipient_id, type, title, message, link, data, about, is_read, dedupe_key, created_at, updated_at)
    SELECT CASE WHEN n %% 2 = 0 THEN %(first_tutor)s + n / 2 %% %(tutors)s
                ELSE %(first_student)s + n / 2 %% %(students)s END,
           'session_joined', 'New participant', 'Somebody joined a session of yours.', '/sessions/1',
           '{"session_id": 1, "status": "upcoming"}', '', n %% 4 > 0, 'seed:' || n, created_at, created_at
    FROM (SELECT n, timestamptz '2025-01-01' + n * interval '10 seconds' AS created_at
          FROM generate_series(0, %(notifications)s - 1) n) AS planned;

    INSERT INTO notifications_eventcounter (user_id, last_seq)
    SELECT recipient_id, count(*) FROM notifications_notification GROUP BY recipient_id ORDER BY recipient_id;
"""

COURSES = """
    INSERT INTO courses_course
        (id, tutor_id, title, description, subject_id, level, status, seats_taken, timezone, published_at, version,
         search_text, created_at, updated_at)
    SELECT %(first_course)s + n, %(first_profile)s + n, 'Course ' || n || ' of this place',
           repeat('At your own pace. ', 8), (SELECT min(id) FROM catalog_subject) + n %% 20, 'beginner', 'published', 0,
           'UTC', made_at, 1, ' course ' || n || ' of this place at your own pace.', made_at, made_at
    FROM (SELECT n, timestamptz '2025-01-01' + (n::bigint * 7919) %% %(tutors)s * interval '1 minute' AS made_at
          FROM generate_series(0, %(tutors)s - 1) n) AS planned;

    INSERT INTO courses_module (id, course_id, position, title, content, is_required, created_at, updated_at)
    SELECT %(first_module)s + (id - %(first_course)s) * %(modules_each)s + k, id, k + 1, 'Module ' || k + 1,
           repeat('Read this with a pencil. ', 20), true, created_at, created_at
    FROM courses_course, generate_series(0, %(modules_each)s - 1) k ORDER BY id, k;

    INSERT INTO courses_enrolment
        (id, learner_id, course_id, status, attempt, completion_percentage, enrolled_at, created_at, updated_at)
    SELECT %(first_enrolment)s + n * %(courses_each)s + j, %(first_student)s + n,
           %(first_course)s + (n + j) %% %(tutors)s, 'active', 1, 0, now(), now(), now()
    FROM generate_series(0, %(students)s - 1) n, generate_series(0, %(courses_each)s - 1) j ORDER BY n, j;

    UPDATE courses_course
    SET seats_taken = (SELECT count(*) FROM courses_enrolment WHERE course_id = courses_course.id);
"""

SEQUENCES = """
    SELECT setval(pg_get_serial_sequence('accounts_user', 'id'), (SELECT max(id) FROM accounts_user));
    SELECT setval(pg_get_serial_sequence('accounts_tutorprofile', 'id'), (SELECT max(id) FROM accounts_tutorprofile));
    SELECT setval(pg_get_serial_sequence('sessions_app_tutoringsession', 'id'),
                  (SELECT max(id) FROM sessions_app_tutoringsession));
    SELECT setval(pg_get_serial_sequence('bookings_booking', 'id'), (SELECT max(id) FROM bookings_booking));
    SELECT setval(pg_get_serial_sequence('courses_course', 'id'), (SELECT max(id) FROM courses_course));
    SELECT setval(pg_get_serial_sequence('courses_module', 'id'), (SELECT max(id) FROM courses_module));
    SELECT setval(pg_get_serial_sequence('courses_enrolment', 'id'), (SELECT max(id) FROM courses_enrolment));
"""

PARTS = (ACCOUNTS, SESSIONS, MARKET, COURSES, NOTIFICATIONS, SEQUENCES)


def fill(sizes: Sizes) -> None:
    """Write all rows into the empty tables of the default connection, which is PostgreSQL."""
    values = asdict(sizes) | {
        "sessions": sizes.sessions,
        "bookings": sizes.bookings,
        "first_session": FIRST_SESSION,
        "first_tutor": FIRST_TUTOR,
        "first_student": FIRST_STUDENT,
        "first_profile": FIRST_PROFILE,
        "first_booking": FIRST_BOOKING,
        "first_lesson": FIRST_LESSON,
        "first_course": FIRST_COURSE,
        "first_module": FIRST_MODULE,
        "first_enrolment": FIRST_ENROLMENT,
        "modules_each": MODULES_EACH,
        "courses_each": COURSES_EACH,
        "password": make_password(PASSWORD),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a request's is for requests
        for default in column_defaults():
            cursor.execute(default)
        for part in PARTS:
            for statement in part.split(";"):
                if statement.strip():
                    cursor.execute(statement, values)


def column_defaults() -> Iterator[Composed]:
    """Statements that let the database know the models' plain defaults: a new column need not be named above."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            value = _plain_default(field)
            if value is not None:
                yield SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}").format(
                    Identifier(model._meta.db_table), Identifier(field.column), Literal(value)
                )


def _plain_default(field: Field) -> Any:
    """None for a field without a default, or with one that is computed row by row."""
    if field.null or field.primary_key or field.is_relation:
        return None
    default = field.get_default()
    if isinstance(default, list | dict):
        return json.dumps(default)
    return default if type(default) in (bool, int, str, Decimal) else getattr(default, "value", None)


def fingerprint(sizes: Sizes) -> str:
    """Changes when the rows or the tables would be others."""
    digest = hashlib.sha256(inspect.getsource(sys.modules[__name__]).encode())
    for migration in sorted(MigrationLoader(None).disk_migrations.values(), key=str):
        digest.update(Path(inspect.getfile(type(migration))).read_bytes())
    return f"{digest.hexdigest()[:16]} {sizes}"
