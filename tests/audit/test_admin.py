"""The log in the back office: to be read, never to be written, and readers are written down."""

import pytest
from django.urls import reverse

from audit import services
from audit.models import AuditEntry

pytestmark = pytest.mark.django_db

LIST = "admin:audit_auditentry_changelist"


def page(name, entry):
    return reverse(f"admin:audit_auditentry_{name}", args=[entry.pk])


@pytest.fixture
def entry():
    entry = services.record("session.created", actor=None, after={"title": "Sums"}, reason="A first one.")
    services.seal()
    return entry


def test_an_admin_finds_an_entry_and_reads_it(admin_client, entry):
    services.record("user.suspended", actor=None)

    listed = admin_client.get(reverse(LIST), {"q": "session"})
    read = admin_client.get(page("change", entry))

    assert list(listed.context["cl"].queryset) == [entry]
    assert "A first one." in read.content.decode()


def test_an_entry_is_found_by_its_actor_and_its_object(admin_client, admin_user, entry):
    mine = services.record("user.updated", actor=admin_user, obj=entry)

    by_actor = admin_client.get(reverse(LIST), {"q": str(admin_user.pk), "action__exact": "user.updated"})
    by_object = admin_client.get(reverse(LIST), {"q": str(entry.pk), "action__exact": "user.updated"})

    assert list(by_actor.context["cl"].queryset) == [mine]
    assert list(by_object.context["cl"].queryset) == [mine]


@pytest.mark.parametrize("search", ["'", "%", "\\", "é", "9" * 200, "1 2 3", '"', "-1"])
def test_odd_searches_break_nothing(admin_client, entry, search):
    response = admin_client.get(reverse(LIST), {"q": search})

    assert response.status_code == 200


def test_an_entry_has_a_history_page(admin_client, entry):
    assert admin_client.get(page("history", entry)).status_code == 200


def test_readers_are_written_down(admin_client, admin_user, entry):
    admin_client.get(reverse(LIST))
    admin_client.get(page("change", entry))

    listed, read = AuditEntry.objects.filter(actor_id=admin_user.pk, action__startswith="audit.").order_by("id")
    assert listed.action == "audit.listed"
    assert (read.action, read.object_type, read.object_id) == ("audit.read", "audit.auditentry", str(entry.pk))


def test_a_reader_who_is_refused_is_not_written_down(client, entry):
    client.get(reverse(LIST))
    client.get(page("change", entry))

    assert list(AuditEntry.objects.all()) == [entry]


@pytest.mark.parametrize("key", ["0", "9" * 30, "x"])
def test_an_entry_that_does_not_exist_is_nothing_to_write_down(admin_client, entry, key):
    response = admin_client.get(reverse("admin:audit_auditentry_change", args=[key]))

    assert response.status_code == 302
    assert list(AuditEntry.objects.all()) == [entry]


def test_nobody_can_add_change_or_delete(admin_client, entry):
    statuses = [
        admin_client.get(reverse("admin:audit_auditentry_add")).status_code,
        admin_client.post(page("change", entry), {"reason": "forged"}).status_code,
        admin_client.post(page("delete", entry), {"post": "yes"}).status_code,
    ]

    assert statuses == [403, 403, 403]
    assert AuditEntry.objects.get(pk=entry.pk).reason == "A first one."


def test_the_list_costs_the_same_at_one_row_and_at_thirty(admin_client, entry, django_assert_max_num_queries):
    def statements():
        with django_assert_max_num_queries(30) as captured:
            admin_client.get(reverse(LIST))
        return len(captured)

    statements()
    at_one = statements()
    for _ in range(30):
        services.record("session.created", actor=None)
    services.seal()

    assert statements() == at_one
