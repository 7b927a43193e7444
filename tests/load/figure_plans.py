"""`python -m tests.load.figure_plans`: what the back office's figures cost after 1,000,000 lessons.

Prints how long the roll-up takes to build, and for each route what a request costs, with and without the roll-up, and
the plans of its statements. DATABASE_URL names the server; the rows are in a database of their own beside it.

The lessons lie within two years and the 60 days to come, at 2,000 tutors. Each was requested and confirmed; most were
paid for (1.9 million postings), took place and were reviewed by every third student; there are as many messages, and
1,500,000 entries of the audit log.
"""

import sys
import time
from functools import partial

from tests.load.plans import explained, filled_database, measured, own_database_url, run_seed, set_up_django, shown

BOOKINGS = 1_000_000
ADMIN = 1
TABLES = (
    *("accounts_user", "accounts_tutorprofile", "sessions_app_tutoringsession", "bookings_booking"),
    *("bookings_bookingevent", "bookings_review", "payments_posting", "payments_ledgerline", "payments_earning"),
    *("messaging_message", "audit_auditentry", "accounts_tokenfamily"),
)

SEED = """
    INSERT INTO catalog_subject (name, category, description, created_at, updated_at)
    SELECT 'Subject ' || n, 'STEM', '', now(), now() FROM generate_series(1, 20) n;

    INSERT INTO accounts_user (id, password, email, first_name, last_name, role, is_active, is_verified, created_at,
                               updated_at)
    SELECT n, '', 'person' || n || '@example.com', 'First' || n, 'Last',
           CASE WHEN n = 1 THEN 'admin' WHEN n <= 2001 THEN 'tutor' ELSE 'student' END, true, true,
           now() - n %% 1000 * interval '18 hours', now()
    FROM generate_series(1, 52001) n;

    INSERT INTO accounts_tutorprofile (id, user_id, status, is_listed, average_rating, total_reviews, rating_sum,
                                       requested_changes, created_at, updated_at)
    SELECT n, n + 1, 'approved', true, 3 + n %% 200 / 100.0, 50, 200, '[]', now(), now()
    FROM generate_series(1, 2000) n;

    INSERT INTO sessions_app_tutoringsession
        (id, creator_id, kind, title, subject_id, starts_at, ends_at, max_participants, seats_taken, status, modules,
         created_at, updated_at)
    SELECT n, 2 + (k / 10 + d * 37) %% 2000, 'private', 'Private lesson',
           (SELECT min(id) FROM catalog_subject) + (n * 7) %% 20, starts_at, starts_at + interval '1 hour', 1, 1,
           CASE WHEN n %% 100 >= 86 THEN 'cancelled' WHEN starts_at < now() - interval '2 hours' THEN 'completed'
                ELSE 'upcoming' END,
           '[]', starts_at - (60 + n %% 14) * interval '1 day', now()
    FROM (SELECT n, n / 790 AS k, n %% 790 AS d,
                 date_trunc('day', now()) + (n %% 790 - 730) * interval '1 day'
                     + (8 + n / 790 %% 10) * interval '1 hour' AS starts_at
          FROM generate_series(1, %(bookings)s) n) AS planned;

    INSERT INTO bookings_booking
        (id, session_id, student_id, tutor_id, status, starts_at, ends_at, hourly_rate, price, currency,
         commission_percent, cancellation_policy, tutor_timezone, student_timezone, cancelled_by, uid, created_at,
         updated_at)
    SELECT id, id, 2002 + (id / 7900 * 7 + id %% 790 * 101) %% 50000, creator_id - 1,
           CASE WHEN status = 'upcoming' THEN 'confirmed' WHEN status = 'completed' AND id %% 25 = 0
                THEN 'no_show_student' WHEN status = 'completed' AND id %% 50 = 1 THEN 'no_show_tutor'
                WHEN status = 'completed' THEN 'completed' WHEN id %% 100 < 94 THEN 'cancelled'
                WHEN id %% 100 < 97 THEN 'declined' ELSE 'expired' END,
           starts_at, ends_at, 40, 40, CASE WHEN id %% 4 = 0 THEN 'EUR' ELSE 'USD' END, 20, 'standard', 'UTC', 'UTC',
           CASE WHEN id %% 100 BETWEEN 86 AND 90 THEN 'student' WHEN id %% 100 BETWEEN 91 AND 93 THEN 'tutor'
                ELSE '' END,
           gen_random_uuid(), created_at, now()
    FROM sessions_app_tutoringsession;

    INSERT INTO bookings_bookingevent (booking_id, kind, party, from_status, to_status, data, created_at)
    SELECT id, 'created', 'student', '', 'pending', '{}'::jsonb, created_at FROM bookings_booking
    UNION ALL
    SELECT id, CASE WHEN status IN ('declined', 'expired') THEN status ELSE 'confirmed' END, 'tutor', 'pending',
           'confirmed', '{}', created_at + id %% 300 * interval '1 minute' FROM bookings_booking;

    INSERT INTO bookings_review (booking_id, tutor_id, student_id, kind, state, rating, created_at, updated_at)
    SELECT id, tutor_id, student_id, 'lesson', 'published', 1 + id %% 5, ends_at, ends_at
    FROM bookings_booking WHERE status = 'completed' AND id %% 3 = 0;

    INSERT INTO payments_posting (id, key, kind, currency, created_at)
    SELECT id * 3, 'capture:' || id, 'capture', currency, created_at FROM bookings_booking
    UNION ALL SELECT id * 3 + 1, 'earning:' || id, 'earning', currency, ends_at FROM bookings_booking
    WHERE status = 'completed'
    UNION ALL SELECT id * 3 + 2, 'refund:' || id, 'refund', currency, least(starts_at, now()) FROM bookings_booking
    WHERE status IN ('cancelled', 'declined', 'expired');

    INSERT INTO payments_ledgerline (posting_id, account, amount, currency)
    SELECT id, account, amount, currency
    FROM payments_posting JOIN (VALUES ('capture', 'processor', 40), ('capture', 'student_credit', -40),
        ('earning', 'student_credit', 40), ('earning', 'tutor_payable', -32), ('earning', 'platform_revenue', -8),
        ('refund', 'student_credit', 40), ('refund', 'refunds', -40)) AS line (kind, account, amount) USING (kind);

    INSERT INTO payments_earning (tutor_id, source, description, gross, commission, net, currency, status,
                                  available_at, created_at, updated_at)
    SELECT tutor_id, 'booking:' || id, 'Lesson', 40, 8, 32, currency, 'available', ends_at, ends_at, ends_at
    FROM bookings_booking WHERE status = 'completed';

    INSERT INTO messaging_conversation (low_id, high_id, opened_by_id, active_at, created_at, updated_at)
    SELECT n, n + 2000, n, now(), now(), now() FROM generate_series(2, 20001) n;

    INSERT INTO messaging_message (conversation_id, sender_id, recipient_id, text, search_text, reactions, created_at,
                                   updated_at)
    SELECT c.id, low_id, high_id, 'See you', '', '[]', at, at
    FROM (SELECT n, now() - n * interval '63 seconds' AS at FROM generate_series(1, %(bookings)s) n) AS written
    JOIN messaging_conversation c ON c.id = (SELECT min(id) FROM messaging_conversation) + n * 7919::bigint %% 20000;

    INSERT INTO audit_auditentry (created_at, actor_id, actor_role, action, object_type, object_id, before, after)
    SELECT now() - n * interval '42 seconds', 2 + n * 7919::bigint %% 52000, 'student', 'booking.created', '', '', '{}',
           '{}'
    FROM generate_series(1, %(bookings)s * 3 / 2) n;

    INSERT INTO accounts_tokenfamily (id, user_id, created_at, expires_at)
    SELECT gen_random_uuid(), 2 + n, now() - n * interval '1 minute', '2100-01-01' FROM generate_series(1, 10000) n
"""

ROUTES = (
    "/api/admin/dashboard/stats",
    "/api/admin/dashboard/session-metrics",
    "/api/admin/dashboard/session-metrics?format=list",
    "/api/admin/dashboard/subject-distribution",
    "/api/admin/dashboard/monthly-revenue?months=24",
    "/api/admin/dashboard/user-growth?months=24",
    "/api/admin/dashboard/recent-activities",
    "/api/admin/dashboard/upcoming-sessions",
    "/api/admin/analytics/dashboard",
    "/api/admin/analytics/revenue?from={year_ago}&by=day",
    "/api/admin/analytics/usage",
    "/api/admin/analytics/usage?from={year_ago}&by=day",
    "/api/admin/analytics/usage?from={year_ago}&by=month",
    "/api/admin/analytics/performance?from={year_ago}&by=day",
    "/api/admin/mentors/performance",
    "/api/admin/mentors/performance?from={year_ago}&sort=completion_rate",
)


def main() -> None:
    """With `--plans`, the plans too."""
    url = own_database_url("figures")
    set_up_django(url)
    with filled_database(url, partial(fill, BOOKINGS)):
        print(f"with the roll-up: built in {built():.0f} s")
        for route in ROUTES:
            print(report(route, with_plans="--plans" in sys.argv), flush=True)
        from adminpanel.models import RollUpState

        RollUpState.objects.all().delete()
        print("without")
        for route in ROUTES:
            print(report(route, with_plans=False), flush=True)


def fill(number: int) -> None:
    from django.db import connection

    from tests.load.seed import column_defaults

    with connection.cursor() as cursor:
        for default in column_defaults():
            cursor.execute(default)
    run_seed(SEED, {"bookings": number}, TABLES)


def built() -> float:
    """How many seconds the roll-up took."""
    from adminpanel.analytics import folding

    start = time.perf_counter()
    folding.fold()
    return time.perf_counter() - start


def report(route: str, *, with_plans: bool) -> str:
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import User
    from accounts.services.tokens import open_family

    path = route.format(year_ago=(timezone.now() - timedelta(days=364)).date())
    token = open_family(User.objects.get(pk=ADMIN)).access
    statements, milliseconds = measured(path, Authorization=f"Bearer {token}")
    plans = [shown("read", explained(each)) for each in statements if each.startswith("SELECT")] if with_plans else []
    return "\n".join([f"{path}: {len(statements)} statements, {milliseconds:.0f} ms a request", *plans])


if __name__ == "__main__":
    main()
