"""`python -m tests.load.search_plans`: how PostgreSQL searches 50,000 tutors.

Prints for each kind of search what a request costs and the plan of its two statements that depend on the size: the
page, and the total. DATABASE_URL names the server; the tutors are in a database of their own beside the named one.
"""

from functools import partial

from tests.load.plans import explained, filled_database, measured, own_database_url, run_seed, set_up_django, shown

TUTORS = 50_000

SEED = """
    INSERT INTO catalog_subject (name, category, description, created_at, updated_at)
    SELECT 'Subject ' || n, 'STEM', '', now(), now() FROM generate_series(1, 40) n;

    INSERT INTO accounts_user (password, is_superuser, created_at, updated_at, email, first_name, last_name, role,
                               phone, timezone, currency, avatar, is_active, is_verified, is_staff, token_version)
    SELECT '', false, now(), now(), 'tutor' || n || '@example.com', 'First' || n %% 997, 'Last' || n %% 4999, 'tutor',
           '', 'UTC', 'USD', '', true, true, false, 0
    FROM generate_series(1, %(tutors)s) n;

    INSERT INTO accounts_tutorprofile
        (user_id, status, version, title, headline, bio, description, teaching_philosophy, experience_years,
         hourly_rate, currency, video_url, photo, submissions, rejection_reason, accepts_bookings,
         requested_changes, status_before_suspension, is_listed,
         search_text, total_sessions, rating_sum, total_reviews, average_rating, rated_1, rated_2, rated_3, rated_4,
         rated_5, ranking_score, created_at, updated_at)
    SELECT id, 'approved', 1, title, headline, bio, '', '', id %% 31, 10 + id * 7919 %% 9000 / 100.0, 'USD', '', '', 1,
           '', true, '[]', '', id %% 20 > 0, lower(concat_ws(' ', '', first_name, last_name, title, headline, bio)),
           id %% 400, id %% 50 * 4, id %% 50, 3 + id %% 200 / 100.0, 0, 0, 0, 0, 0,
           3 + id * 7919 %% 20000 / 10000.0, now(), now()
    FROM (SELECT *, 'Tutor of ' || (ARRAY['algebra', 'geometry', 'calculus', 'poetry', 'botany'])[1 + id %% 5] AS title,
                 'Number ' || id || ' of many, and glad to help' AS headline,
                 repeat('Lessons with patience, examples and a plan for every week. ', 8)
                     || CASE WHEN id %% 1000 = 7 THEN 'I play the theremin.' ELSE '' END AS bio
          FROM accounts_user) AS people;

    INSERT INTO accounts_tutorsubject (tutor_id, subject_id, proficiency_level, years_experience)
    SELECT DISTINCT tutor.id, (SELECT min(id) FROM catalog_subject) + tutor.id * k * 31 %% 40, 'advanced', 3
    FROM accounts_tutorprofile tutor, generate_series(1, 3) k;

    INSERT INTO accounts_tutorlanguage (tutor_id, code, level)
    SELECT id, 'en', 'native' FROM accounts_tutorprofile WHERE id %% 10 > 0
    UNION ALL SELECT id, 'es', 'native' FROM accounts_tutorprofile WHERE id %% 4 = 0
    UNION ALL SELECT id, 'fy', 'native' FROM accounts_tutorprofile WHERE id %% 2500 = 3;

    INSERT INTO accounts_tutoreducation (tutor_id, degree, institution, file)
    SELECT id, 'Master of Education', 'University of Example', '' FROM accounts_tutorprofile;
"""

# By what is asked for. `{last}` is the last page, `{subject}` a subject's id.
SEARCHES = {
    "by rating, first page": "",
    "by rating, last page": "page={last}",
    "worst rated first": "sort=-rating",
    "by rate, first page": "sort=rate",
    "by rate, last page": "sort=rate&page={last}",
    "by experience, first page": "sort=experience",
    "by experience, last page": "sort=experience&page={last}",
    "a subject": "subject_id={subject}",
    "a language of most": "languages=en",
    "a language of few": "languages=fy",
    "two languages": "languages=fy,es",
    "a price range": "min_rate=20&max_rate=25",
    "a price range, the cheapest first": "min_rate=20&max_rate=25&sort=rate",
    "words of many": "search=algebra+patience",
    "a word of few": "search=theremin",
    "a name": "search=first77+last77",
    "a word of nobody": "search=zzzqqq",
    "two letters": "search=th",
    "two letters of nobody": "search=zq",
    "one letter": "search=t",
    "no letter": "search=%25",
    "all at once": "subject_id={subject}&languages=en&min_rate=20&max_rate=60&min_rating=4&experience_years=5"
    "&search=algebra",
}


def main() -> None:
    url = own_database_url("search")
    set_up_django(url)
    with filled_database(url, partial(fill, TUTORS)):
        for name, query in SEARCHES.items():
            print(report(name, query), end="\n\n", flush=True)


def report(name: str, query: str) -> str:
    """One search: what its request costs, and the plans of what depends on the number of tutors."""
    statements, milliseconds = measured("/api/tutors?" + query.format(last=_last_page(), subject=_a_subject()))
    plans = [shown(kind, plan) for kind, plan in plans_of(statements).items()]
    return "\n".join([f"{name} (?{query}): {len(statements)} statements, {milliseconds:.1f} ms a request", *plans])


def plans_of(statements: list[str]) -> dict[str, list[str]]:
    """EXPLAIN's lines for the total and the page."""
    kinds = {"total": "SELECT COUNT(", "page": 'SELECT "accounts_tutorprofile"."id"'}
    found = {
        kind: next((each for each in statements if each.startswith(beginning)), None)
        for kind, beginning in kinds.items()
    }
    return {kind: explained(statement) for kind, statement in found.items() if statement}


def fill(number: int) -> None:
    """Write so many tutors into the empty tables of the default connection, one of twenty not listed."""
    tables = ("user", "tutorprofile", "tutorsubject", "tutorlanguage", "tutoreducation")
    run_seed(SEED, {"tutors": number}, tuple(f"accounts_{table}" for table in tables))


def _last_page() -> int:
    from accounts.models import TutorProfile

    return -(-TutorProfile.objects.listed().count() // 20)


def _a_subject() -> int:
    from catalog.models import Subject

    return Subject.objects.values_list("pk", flat=True)[7]


if __name__ == "__main__":
    main()
