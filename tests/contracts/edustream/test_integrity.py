"""`GET /api/health/integrity` of the edustream document: admins look, and repair with a token only."""

import pytest

from adminpanel.integrity.check import REPAIRED
from audit.models import AuditEntry
from sessions_app.models import TutoringSession
from tests.factories import AdminFactory, ParticipantFactory, StudentFactory
from tests.support.golden import differences
from tests.support.next_auth import signed_in
from tests.support.snapshot import everything

pytestmark = pytest.mark.django_db

PATH = "/api/health/integrity"
ANSWER = {
    "status": "healthy",
    "report": {
        "health_status": "healthy",
        "total_users": 1000,
        "role_counts": {"student": 800, "tutor": 150, "admin": 50},
        "issues": [],
        "timestamp": "2025-01-24T10:30:00Z",
    },
}


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def miscounted():
    """A session with one person in it that counts three."""
    session = ParticipantFactory().session
    TutoringSession.objects.filter(pk=session.pk).update(seats_taken=3)
    return session


def test_a_sound_system_answers_as_documented(api, admin):
    StudentFactory()

    answer = api.as_(admin).get(PATH)

    assert answer.status_code == 200
    report = answer.json()["report"]
    counted = ANSWER["report"] | {"total_users": 2, "role_counts": {"student": 1, "tutor": 0, "admin": 1}}
    assert differences(answer.json(), ANSWER | {"report": counted | {"timestamp": report["timestamp"]}}) == []
    assert report["timestamp"].endswith("Z")


def test_looking_names_what_is_wrong_and_changes_no_row(api, admin, miscounted):
    client = api.as_(admin)
    before = everything()

    answer = client.get(PATH, {"repair": "false"})

    assert everything() == before
    assert answer.json()["status"] == answer.json()["report"]["health_status"] == "unhealthy"
    assert answer.json()["report"]["issues"] == [
        {
            "check": "sessions.seats",
            "message": "It should be that sessions count the people who have a seat, are offered one and wait.",
            "count": 1,
            "can_repair": True,
            "repaired": 0,
            "remaining": 1,
            "examples": [
                {
                    "object": f"sessions_app.tutoringsession:{miscounted.pk}",
                    "message": f"sessions_app.tutoringsession:{miscounted.pk} has seats_taken 3; "
                    "the rows behind it say 1.",
                }
            ],
        }
    ]


def test_repairing_mends_and_is_on_record_with_who_did_it(api, admin, miscounted):
    answer = api.as_(admin).get(PATH, {"repair": "true"})

    (issue,) = answer.json()["report"]["issues"]
    miscounted.refresh_from_db()
    entry = AuditEntry.objects.get(action=REPAIRED)
    assert answer.json()["status"] == "healthy"
    assert (issue["repaired"], issue["remaining"], miscounted.seats_taken) == (1, 0, 1)
    assert (entry.actor_id, entry.object_id, entry.reason) == (admin.pk, str(miscounted.pk), "sessions.seats")
    assert (entry.before, entry.after) == ({"seats_taken": 3}, {"seats_taken": 1})
    assert AuditEntry.objects.filter(action="integrity.repair", actor_id=admin.pk).count() == 1
    assert api.as_(admin).get(PATH).json()["report"]["issues"] == []


@pytest.mark.parametrize("carrier", ["session", "next_auth"])
def test_a_cookie_may_look_but_never_repair(client, admin, miscounted, carrier):
    browser = client if carrier == "session" else signed_in(admin)
    if carrier == "session":
        client.force_login(admin)

    refused = browser.get(PATH, {"repair": "true"})

    assert (refused.status_code, refused.json()["code"]) == (403, "BEARER_TOKEN_REQUIRED")
    assert browser.get(PATH).status_code == 200
    miscounted.refresh_from_db()
    assert miscounted.seats_taken == 3
    assert not AuditEntry.objects.filter(action__startswith="integrity.").exists()


def test_asking_for_the_headers_only_repairs_nothing(api, admin, miscounted):
    assert api.as_(admin).head(f"{PATH}?repair=true").status_code == 200

    miscounted.refresh_from_db()
    assert miscounted.seats_taken == 3


def test_nobody_but_an_admin_looks(api):
    refused = api.as_(StudentFactory()).get(PATH, {"repair": "true"})

    assert (refused.status_code, refused.json()["code"]) == (403, "ADMINS_ONLY")
    assert api.get(PATH).status_code == 401


@pytest.mark.parametrize("name", ["repair", "thorough"])
def test_what_is_no_yes_or_no_is_refused(api, admin, name):
    refused = api.as_(admin).get(PATH, {name: "perhaps"})

    assert (refused.status_code, list(refused.json()["errors"])) == (400, [name])


def test_a_sound_system_is_looked_at_in_as_many_statements_whatever_its_size(api, admin, django_assert_max_num_queries):
    client = api.as_(admin)
    counts = []
    for _ in range(2):
        for _ in range(3):
            ParticipantFactory()
        with django_assert_max_num_queries(50) as captured:
            assert client.get(PATH).json()["status"] == "healthy"
        counts.append(len(captured))

    assert counts[0] == counts[1]
