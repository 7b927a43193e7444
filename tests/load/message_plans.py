"""`python -m tests.load.message_plans`: how PostgreSQL reads 1,000 threads of one person among 1,000,000 messages.

Prints for each kind of question what a request costs and the plans of its statements on conversations and messages.
DATABASE_URL names the server; the messages are in a database of their own beside the named one.

One person (number 1,001 of 2,001, so as often the lower as the higher of a pair) has 1,000 threads: one of 100,000
messages, the others of a hundred each. The other 800,000 messages are in some 9,000 threads of others; one has 50.
"""

from functools import partial

from tests.load.plans import explained, filled_database, measured, own_database_url, run_seed, set_up_django, shown

MESSAGES = 1_000_000
ME, FEW = 1001, 2001
TABLES = ("accounts_user", "messaging_conversation", "messaging_message")

SEED = """
    INSERT INTO accounts_user (id, password, is_superuser, created_at, updated_at, email, first_name, last_name, role,
                               phone, timezone, currency, avatar, is_active, is_verified, is_staff, token_version)
    SELECT n, '', false, now(), now(), 'person' || n || '@example.com', 'First' || n, 'Last', 'student', '', 'UTC',
           'USD', '', true, true, false, 0
    FROM generate_series(1, 2001) n;

    INSERT INTO messaging_conversation (low_id, high_id, opened_by_id, active_at, low_unread, high_unread, low_wrote,
                                        high_wrote, created_at, updated_at)
    SELECT least(n, 1001), greatest(n, 1001), n, now(), 0, 0, true, true, now(), now()
    FROM generate_series(1, 1001) n WHERE n <> 1001 AND n %% 2 = 0
    UNION ALL SELECT 1001, 1001 + n, 1001, now(), 0, 0, true, true, now(), now() FROM generate_series(1, 500) n;

    INSERT INTO messaging_conversation (low_id, high_id, opened_by_id, active_at, low_unread, high_unread, low_wrote,
                                        high_wrote, created_at, updated_at)
    SELECT a, b, a, now(), 0, 0, true, true, now(), now()
    FROM (SELECT a, a + k AS b FROM generate_series(1, 1000) a, generate_series(1, 9) k WHERE a + k < 1001) AS pairs;

    INSERT INTO messaging_conversation (low_id, high_id, opened_by_id, active_at, low_unread, high_unread, low_wrote,
                                        high_wrote, created_at, updated_at)
    SELECT n, 2001, n, now(), 0, 0, true, true, now(), now() FROM generate_series(1502, 1551) n;

    INSERT INTO messaging_message (conversation_id, sender_id, recipient_id, text, search_text, attachment_count,
                                   is_masked, is_held, reactions, removed_text, read_at, created_at, updated_at)
    SELECT conversation.id, CASE WHEN n %% 2 = 0 THEN low_id ELSE high_id END,
           CASE WHEN n %% 2 = 0 THEN high_id ELSE low_id END, said, ' ' || lower(said), 0, false, false, '[]', '',
           CASE WHEN n %% 50 > 0 THEN now() END, at, at
    FROM (SELECT *, 'Lesson ' || n || ' on ' || (ARRAY['algebra', 'geometry', 'calculus', 'poetry'])[1 + n %% 4]
                     || CASE WHEN n %% 5000 = 11 THEN ' with the theremin' ELSE ' at ten, bring homework' END AS said,
                 now() - interval '1 second' * (%(messages)s - n) AS at,
                 CASE WHEN n %% 10 = 0 THEN 1 WHEN n %% 10 = 1 THEN 2 + n / 10 %% 999
                      ELSE 1001 + n / 10 %% (SELECT count(*) - 1000 FROM messaging_conversation) END AS place
          FROM generate_series(1, %(messages)s) n) AS written
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM messaging_conversation) AS conversation USING (place);

    UPDATE messaging_conversation SET last_message_id = last.id, active_at = last.created_at,
           low_unread = last.to_low, high_unread = last.to_high
    FROM (SELECT DISTINCT ON (conversation_id) conversation_id, message.id, message.created_at,
                 count(*) FILTER (WHERE recipient_id = low_id AND read_at IS NULL) OVER pair AS to_low,
                 count(*) FILTER (WHERE recipient_id = high_id AND read_at IS NULL) OVER pair AS to_high
          FROM messaging_message message JOIN messaging_conversation c ON c.id = conversation_id
          WINDOW pair AS (PARTITION BY conversation_id)
          ORDER BY conversation_id, message.id DESC) AS last
    WHERE last.conversation_id = messaging_conversation.id;
"""

# By what is asked for, by whom.
QUESTIONS = {
    "1,000 threads, first page": (ME, "/api/messages/threads"),
    "50 threads": (FEW, "/api/messages/threads"),
    "1,000 threads, last page": (ME, "/api/messages/threads?page=20"),
    "1,000 conversations": (ME, "/api/v1/chat/conversations"),
    "a thread of 100,000, newest page": (ME, "/api/messages/threads/{longest}"),
    "a thread of 100,000, page 1,000": (ME, "/api/messages/threads/{longest}?page=1000"),
    "a thread of 100,000, the oldest by keyset": (ME, "/api/messages/threads/{longest}?before={early}"),
    "a thread of a hundred": (ME, "/api/messages/threads/{other}"),
    "unread count": (ME, "/api/messages/unread/count"),
    "a word of few": (ME, "/api/messages/search?q=theremin"),
    "a word of many": (ME, "/api/messages/search?q=homework"),
    "a word of many, by one with 50 threads": (FEW, "/api/messages/search?q=homework"),
    "two words": (ME, "/api/messages/search?q=theremin+poetry"),
    "a word of nobody": (ME, "/api/messages/search?q=zzzqqq"),
    "two letters": (ME, "/api/messages/search?q=th"),
    "a word with one person": (ME, "/api/messages/search?q=theremin&user_id={longest}"),
}


def main() -> None:
    url = own_database_url("messages")
    set_up_django(url)
    with filled_database(url, partial(run_seed, SEED, {"messages": MESSAGES}, TABLES)):
        places = _places()
        for name, (user_id, path) in QUESTIONS.items():
            print(report(name, user_id, path.format(**places)), end="\n\n", flush=True)


def report(name: str, user_id: int, path: str) -> str:
    """One question: what its request costs, and the plans of what depends on the number of messages."""
    from accounts.models import User
    from accounts.services.tokens import open_family

    token = open_family(User.objects.get(pk=user_id)).access
    statements, milliseconds = measured(path, Authorization=f"Bearer {token}")
    plans = [
        shown("total" if "COUNT(" in statement else "read", explained(statement))
        for statement in statements
        if "messaging_conversation" in statement or "messaging_message" in statement
    ]
    return "\n".join([f"{name} ({path}): {len(statements)} statements, {milliseconds:.1f} ms a request", *plans])


def _places() -> dict[str, int]:
    """Whose ids the questions name: the partner of the long thread, another one, and an early message."""
    from messaging.models import Conversation, Message

    longest, other = Conversation.objects.of(ME).order_by("pk")[:2]
    early = Message.objects.filter(conversation=longest).order_by("pk").values_list("pk", flat=True)[60]
    return {"longest": longest.other_of(ME), "other": other.other_of(ME), "early": early}


if __name__ == "__main__":
    main()
