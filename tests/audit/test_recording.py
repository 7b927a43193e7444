"""What `record` writes, and what it keeps out."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from audit import services
from audit.chain import canonical
from audit.masking import MASK, is_hidden
from audit.models import AuditEntry, PersonalPart
from audit.origin import Origin, acting_from, acting_in_place_of

pytestmark = pytest.mark.django_db

TUTOR = SimpleNamespace(pk=7, role="tutor", email="tutor@example.com")


def test_an_entry_says_who_did_what_to_what():
    thing = ContentType.objects.create(app_label="zoo", model="tiger")

    services.record("tiger.fed", actor=TUTOR, obj=thing, reason="It was hungry.")

    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_role) == (7, "tutor")
    assert (entry.action, entry.reason) == ("tiger.fed", "It was hungry.")
    assert (entry.object_type, entry.object_id) == ("contenttypes.contenttype", str(thing.pk))


@pytest.mark.parametrize(("actor", "role"), [(None, "system"), (AnonymousUser(), "anonymous")])
def test_nobody_signed_in_is_no_number(actor, role):
    entry = services.record("login.failed", actor=actor)

    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor_role) == (None, role)
    assert (entry.object_type, entry.object_id) == ("", "")


def test_only_what_changed_is_kept():
    services.record(
        "session.updated",
        actor=TUTOR,
        before={"level": "Beginner", "seats": 4, "price": Decimal("9.50")},
        after={"level": "Beginner", "seats": 5, "starts_at": datetime(2030, 1, 1, tzinfo=UTC)},
    )

    entry = AuditEntry.objects.get()
    assert entry.before == {"seats": 4, "price": "9.50"}
    assert entry.after == {"seats": 5, "starts_at": "2030-01-01T00:00:00Z"}


def test_a_related_object_stands_as_its_primary_key():
    thing = ContentType.objects.create(app_label="zoo", model="tiger")

    services.record("session.updated", actor=TUTOR, before={"kind": None}, after={"kind": thing, "all": [thing]})

    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == ({"kind": None}, {"kind": thing.pk, "all": [thing.pk]})


def test_secret_and_personal_values_are_hidden_at_any_depth():
    before = {"password": "old", "profile": {"accessToken": "abc", "level": 2}, "rows": [{"code": "123456"}]}
    after = {"password": "new", "email": "ada@example.com", "otp_secret": None, "email_verified": True}

    services.record("user.updated", actor=TUTOR, before=before, after=after)

    entry = AuditEntry.objects.get()
    assert entry.before == {"password": MASK, "profile": {"accessToken": MASK, "level": 2}, "rows": [{"code": MASK}]}
    assert entry.after == {"password": MASK, "email": MASK, "otp_secret": None, "email_verified": True}


def test_of_what_people_write_only_that_it_changed_is_kept():
    before = {"title": "Sums", "description": "", "modules": ["One"], "comment": "Dull.", "notes": None}
    after = {"title": "Sums", "description": "At my place", "modules": [], "comment": "Good.", "notes": "Late."}

    services.record("session.updated", actor=TUTOR, before=before, after=after)

    entry = AuditEntry.objects.get()
    assert entry.before == {"description": "", "modules": MASK, "comment": MASK, "notes": None}
    assert entry.after == {"description": MASK, "modules": [], "comment": MASK, "notes": MASK}


@pytest.mark.parametrize(
    "name",
    ["Password", "new_password", "refreshToken", "client_secret", "otp", "reset_code", "cardNumber", "last_name"]
    + ["title", "description", "content", "comment", "notes", "modules", "meetingLink", "meeting_id", "headline"],
)
def test_such_a_name_is_hidden(name):
    assert is_hidden(name)


@pytest.mark.parametrize(
    "name",
    ["module", "text_version", "currency_code", "countryCode", "footprint", "encoded", "discard", "name", "noted"],
)
def test_such_a_name_is_shown(name):
    assert not is_hidden(name)


def test_an_entry_says_where_it_came_from():
    with acting_from(Origin(ip="192.0.2.1", user_agent="Agent" * 1000, request_id="abc")):
        services.record("user.updated", actor=TUTOR)
    services.record("user.swept", actor=None)

    first, second = AuditEntry.objects.order_by("id")
    assert services.came_from(first) == ("192.0.2.1", ("Agent" * 1000)[:300], "abc")
    assert services.came_from(second) == ("", "", "")


def test_who_acts_in_somebodys_place_is_who_did_it():
    admin = SimpleNamespace(pk=1, role="admin")
    with acting_in_place_of(TUTOR.pk, helper=admin):
        services.record("session.created", actor=TUTOR, after={"level": "Beginner"})
        services.record("session.swept", actor=None)
        services.record("session.seen", actor=SimpleNamespace(pk=8, role="student"))
    services.record("session.created", actor=TUTOR)

    entries = AuditEntry.objects.order_by("id").values_list("actor_id", "actor_role", "after")
    assert list(entries) == [
        (1, "admin", {"level": "Beginner", "in_place_of": 7}),
        (None, "system", {}),
        (8, "student", {}),
        (7, "tutor", {}),
    ]


def test_who_acts_in_their_own_place_is_nobody_elses_helper():
    with acting_in_place_of(TUTOR.pk, helper=TUTOR):
        entry = services.record("session.created", actor=TUTOR)

    assert (entry.actor_id, entry.after) == (7, {})


def test_a_character_that_a_database_cannot_hold_does_not_make_the_change_fail():
    with acting_from(Origin(user_agent="a\0b")):
        services.record("user.updated", actor=TUTOR, after={"level": "x\0y"}, reason="\0")

    entry = AuditEntry.objects.get()
    assert services.came_from(entry).user_agent == "a\ufffdb"
    assert (entry.after, entry.reason) == ({"level": "x\ufffdy"}, "\ufffd")


def test_who_acts_again_from_the_same_place_has_the_same_token(django_capture_on_commit_callbacks):
    with acting_from(Origin(ip="192.0.2.1")), django_capture_on_commit_callbacks(execute=True):
        first = services.record("user.updated", actor=TUTOR)
    with acting_from(Origin(ip="192.0.2.1")):
        again = services.record("user.updated", actor=TUTOR)
        other = services.record("user.updated", actor=SimpleNamespace(pk=8, role="student"))

    assert first.origin_token == again.origin_token != other.origin_token
    assert PersonalPart.objects.count() == 2


def test_what_is_rolled_back_leaves_no_token_behind():
    with acting_from(Origin(ip="192.0.2.1")):
        with suppress(ZeroDivisionError), transaction.atomic():
            services.record("user.updated", actor=TUTOR)
            raise ZeroDivisionError
        entry = services.record("user.updated", actor=TUTOR)

    assert services.came_from(entry).ip == "192.0.2.1"


class TestThePersonalPart:
    @pytest.fixture
    def entry(self):
        with acting_from(Origin(ip="192.0.2.1", user_agent="Browser/1")):
            entry = services.record("user.updated", actor=TUTOR)
        services.seal()
        return entry

    def test_goes_without_breaking_the_chain(self, entry):
        PersonalPart.objects.filter(subject_id=TUTOR.pk).delete()

        assert services.came_from(entry) == Origin()
        assert services.verify() == services.Verification(checked=1)

    def test_is_nowhere_in_the_entry(self, entry):
        assert "192.0.2.1" not in canonical(entry)
        assert "Browser/1" not in canonical(entry)

    @pytest.mark.parametrize("change", [{"ip": "192.0.2.9"}, {"user_agent": "Other"}, {"subject_id": 9}])
    def test_cannot_be_edited_unnoticed(self, entry, change):
        PersonalPart.objects.update(**change)

        assert services.verify().first_break.reason.endswith("is not what was recorded.")

    def test_entries_from_before_it_was_kept_apart_still_fit_their_hashes(self):
        old = AuditEntry.objects.create(action="old", ip="192.0.2.1", user_agent="Browser/1")
        assert "origin_token" not in canonical(old)
        services.seal()

        assert services.verify().ok
        assert services.came_from(old).ip == "192.0.2.1"
