"""The edustream document on the audit log and on deleted users, at both of the paths that they have."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, User
from accounts.services import moderation
from audit import services
from audit.models import AuditEntry
from tests.factories import AdminFactory, StudentFactory
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db

PREFIXES = ["/api/audit", "/api/admin/audit"]


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def office(api, admin):
    return api.as_(admin)


def actions():
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def gone_for(days, **fields):
    user = StudentFactory(**fields)
    moderation.soft_delete(user.pk, actor=AdminFactory(), now=timezone.now() - timedelta(days=days))
    return user


class TestLogs:
    @pytest.mark.parametrize("prefix", PREFIXES)
    def test_the_newest_entry_comes_first_as_documented(self, office, admin, prefix):
        person = StudentFactory()
        moderation.change_role(person.pk, Role.TUTOR, actor=admin)

        answer = office.get(f"{prefix}/logs", {"action_type": "account.role_changed"}, REMOTE_ADDR="192.168.1.1")

        (entry,) = answer.json()
        assert {name: entry[name] for name in ("user_id", "action", "object_type", "object_id", "ip_address")} == {
            "user_id": admin.pk,
            "action": "account.role_changed",
            "object_type": "accounts.user",
            "object_id": str(person.pk),
            "ip_address": None,  # nobody sent a request
        }
        assert entry["details"]["old_role"] == "student"
        assert entry["details"]["new_role"] == "tutor"
        assert (answer["X-Total-Count"], answer.status_code) == ("1", 200)

    def test_reading_is_an_entry_itself_with_what_was_asked_for(self, office, admin):
        office.get("/api/audit/logs", {"user_id": admin.pk})

        entry = AuditEntry.objects.latest("id")
        assert (entry.action, entry.actor_id, entry.after) == ("audit.listed", admin.pk, {"user_id": str(admin.pk)})
        assert services.came_from(entry).ip == "127.0.0.1"

    def test_fifty_entries_are_a_page_and_the_headers_lead_on(self, office):
        for number in range(51):
            services.record("session.created", actor=None, after={"number": number})

        answer = office.get("/api/audit/logs", {"action_type": "session"})

        assert (len(answer.json()), answer["X-Total-Count"]) == (50, "51")
        assert 'rel="next"' in answer["Link"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"action_type": "account"}, ["account.two", "account.one"]),
            ({"action_type": "account.one"}, ["account.one"]),
            ({"action_type": "acc"}, []),
            ({"object_type": "accounts.user"}, ["account.two"]),
            ({"object_type": "accounts.user", "object_id": "7"}, []),
            ({"from": "2999-01-01"}, []),
            ({"to": "1999-01-01"}, []),
        ],
    )
    def test_filters_narrow_it(self, office, query, found):
        services.record("account.one", actor=None)
        services.record("account.two", actor=None, obj=StudentFactory())
        services.record("accounting.three", actor=None)

        answer = office.get("/api/audit/logs", query)

        assert [entry["action"] for entry in answer.json()] == found

    def test_a_user_is_found_as_who_did_it_and_as_whom_it_was_done_to(self, office):
        person = StudentFactory()
        services.record("one", actor=person)
        services.record("two", actor=None, obj=person)
        services.record("three", actor=None)

        answer = office.get("/api/audit/logs", {"user_id": person.pk})

        assert [entry["action"] for entry in answer.json()] == ["two", "one"]

    def test_it_costs_the_same_however_many_there_are(self, office):
        office.get("/api/audit/logs")  # so that one entry says where it came from
        one = queries_of(office, "/api/audit/logs")
        for _ in range(3):
            services.record("session.created", actor=None)
        services.seal()

        assert queries_of(office, "/api/audit/logs") == one


class TestExport:
    def test_a_table_has_the_entries_and_no_cell_that_a_spreadsheet_reckons_with(self, office):
        for reason in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "fine"):
            services.record("session.created", actor=None, reason=reason)

        answer = office.get("/api/audit/logs/export", {"action_type": "session"})

        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
        reasons = [row["reason"] for row in rows]
        assert reasons == ["fine", "'\t=1", "'@SUM(A1)", "'-1", "'+1", "'=1+1"]
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"].startswith("text/csv")

    def test_lines_of_json_have_the_same(self, office, monkeypatch):
        monkeypatch.setattr("adminpanel.audit_log.export.BATCH", 2)
        for number in range(5):
            services.record("session.created", actor=None, after={"number": number})

        answer = office.get("/api/audit/logs/export", {"type": "json", "action_type": "session"})

        lines = b"".join(answer.streaming_content).decode().splitlines()
        assert [json.loads(line)["details"]["number"] for line in lines] == [4, 3, 2, 1, 0]

    def test_an_export_is_an_entry_and_not_in_itself(self, office, admin):
        answer = office.get("/api/audit/logs/export", {"type": "json"})

        assert b"audit.exported" not in b"".join(answer.streaming_content)
        entry = AuditEntry.objects.latest("id")
        assert (entry.action, entry.actor_id, entry.after) == ("audit.exported", admin.pk, {"type": "json"})

    def test_there_is_no_other_kind(self, office):
        assert office.get("/api/audit/logs/export", {"type": "xml"}).status_code == 400


class TestVerify:
    def test_a_sound_chain_is_said_to_be_and_its_end_is_given(self, office):
        services.record("session.created", actor=None)
        services.seal()
        end = services.checkpoint()

        answer = office.get("/api/audit/verify", {"last_seq": end.seq, "last_hash": end.hash})

        assert answer.json() == {
            "ok": True,
            "checked": end.seq,
            "first_seq": 1,
            "next_seq": None,
            "first_break": None,
            "checkpoint": {"seq": end.seq, "hash": end.hash},
        }
        assert actions()[-1] == "audit.verified"

    def test_another_hash_than_the_checkpoints_is_a_break(self, office):
        services.record("session.created", actor=None)
        services.seal()

        answer = office.get("/api/audit/verify", {"last_seq": services.checkpoint().seq, "last_hash": "0" * 64})

        assert not answer.json()["ok"]
        assert answer.json()["first_break"]["reason"] == "The hash is not the one in the checkpoint."

    def test_a_long_chain_is_verified_in_parts(self, office, monkeypatch):
        monkeypatch.setattr("adminpanel.audit_log.views.MOST_LINKS", 2)
        for _ in range(3):
            services.record("session.created", actor=None)
        services.seal()

        first = office.get("/api/audit/verify").json()
        rest = office.get("/api/audit/verify", {"first_seq": first["next_seq"]}).json()

        assert (first["checked"], first["next_seq"]) == (2, 3)
        assert (rest["ok"], rest["next_seq"]) == (True, None)

    @pytest.mark.parametrize(
        "query", [{"first_seq": 0}, {"first_seq": 2, "last_seq": 1}, {"last_hash": "ab"}, {"last_hash": "0" * 64}]
    )
    def test_a_range_that_is_none_is_refused(self, office, query):
        assert office.get("/api/audit/verify", query).status_code == 400


class TestDeleting:
    @pytest.mark.parametrize("prefix", PREFIXES)
    def test_a_deleted_user_is_signed_out_and_on_the_list(self, api, office, admin, prefix):
        person = StudentFactory()
        theirs = api.as_(person)

        answer = office.post(f"{prefix}/soft-delete-user", {"user_id": person.pk, "reason": "Asked by telephone."})

        assert answer.status_code == 200
        shown = answer.json()
        assert (shown["user_id"], shown["deleted_by"], shown["reason"]) == (person.pk, admin.pk, "Asked by telephone.")
        assert theirs.get("/api/auth/me").status_code == 401
        (listed,) = office.get(f"{prefix}/deleted-users").json()
        assert listed == {name: value for name, value in shown.items() if name != "message"}
        assert AuditEntry.objects.filter(action="account.deleted").count() == 1

    def test_the_address_stays_taken(self, api, office):
        person = StudentFactory()
        office.delete(f"/api/admin/users/{person.pk}")

        answer = api.post("/api/auth/register", {"email": person.email, "password": "Password_1", "name": "Ada L"})

        assert answer.json()["code"] == "EMAIL_TAKEN"

    def test_deleting_twice_is_deleting_once(self, office):
        person = StudentFactory()

        first, second = (office.delete(f"/api/admin/users/{person.pk}") for _ in range(2))

        assert (first.status_code, second.status_code) == (204, 204)
        assert AuditEntry.objects.filter(action="account.deleted").count() == 1

    def test_nobody_deletes_themselves_or_nobody(self, office, admin):
        assert office.delete(f"/api/admin/users/{admin.pk}").json()["code"] == "NOT_ON_YOURSELF"
        assert office.delete("/api/admin/users/99999999").status_code == 404
        assert office.post("/api/audit/soft-delete-user", {"user_id": 99999999, "reason": "x"}).status_code == 404
        assert office.post("/api/audit/soft-delete-user", {"user_id": StudentFactory().pk}).status_code == 400
        assert not User.objects.exclude(deleted_at=None).exists()

    def test_the_list_costs_the_same_however_many_there_are(self, office):
        gone_for(1)
        one = queries_of(office, "/api/audit/deleted-users")
        gone_for(2)
        gone_for(3)

        assert queries_of(office, "/api/audit/deleted-users") == one


class TestRestoring:
    @pytest.mark.parametrize("prefix", PREFIXES)
    def test_within_thirty_days_the_account_is_back(self, api, office, prefix):
        person = gone_for(29)

        answer = office.post(f"{prefix}/restore-user", {"user_id": person.pk})

        assert (answer.status_code, answer.json()["deleted_at"]) == (200, None)
        assert api.as_(User.objects.get(pk=person.pk)).get("/api/auth/me").status_code == 200
        assert office.get("/api/audit/deleted-users").json() == []
        assert AuditEntry.objects.filter(action="account.restored").count() == 1

    def test_later_it_is_not(self, office):
        person = gone_for(30)

        assert office.post("/api/audit/restore-user", {"user_id": person.pk}).json()["code"] == "CLOSED_TOO_LONG_AGO"

    def test_who_is_not_deleted_is_not_restored(self, office):
        answer = office.post("/api/audit/restore-user", {"user_id": StudentFactory().pk})

        assert (answer.status_code, answer.json()["code"]) == (409, "ACCOUNT_NOT_DELETED")


class TestPurging:
    def test_a_dry_run_says_what_it_would_do_and_does_nothing(self, office):
        person = gone_for(31, first_name="Ada", last_name="Lovelace")

        answer = office.post("/api/audit/purge-old-deletes", {})

        assert answer.json()["dry_run"] is True
        assert answer.json()["user_ids"] == [person.pk]
        assert answer.json()["rows"]["accounts.user.pk overwritten"] == 1
        assert User.objects.get(pk=person.pk).full_name == "Ada Lovelace"
        assert actions()[-1] == "accounts.purge_rehearsed"

    def test_the_run_erases_whom_the_dry_run_named(self, office, admin):
        person, recent = gone_for(31), gone_for(29)
        foretold = office.post("/api/audit/purge-old-deletes", {"dry_run": True}).json()

        answer = office.post("/api/audit/purge-old-deletes", {"older_than_days": 30, "dry_run": False})

        assert answer.json() == foretold | {"dry_run": False}
        user = User.objects.get(pk=person.pk)
        assert (user.email, user.full_name) == (f"deleted-{person.pk}@invalid", "")
        assert [one["id"] for one in office.get("/api/audit/deleted-users").json()] == [recent.pk]
        erased = AuditEntry.objects.get(action="account.erased")
        assert (erased.actor_id, erased.object_id) == (admin.pk, str(person.pk))

    def test_what_was_erased_is_not_restored(self, office):
        person = gone_for(31)
        office.post("/api/audit/purge-old-deletes", {"dry_run": False})

        answer = office.post("/api/audit/restore-user", {"user_id": person.pk})

        assert (answer.status_code, answer.json()["code"]) == (410, "ACCOUNT_ERASED")

    def test_less_than_thirty_days_are_refused(self, office):
        assert office.post("/api/audit/purge-old-deletes", {"older_than_days": 29}).status_code == 400
