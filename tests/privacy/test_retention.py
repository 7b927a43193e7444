"""What is kept for how long (R-GDPR-6): one command knows every clause."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import AuditEntry
from bookings.models import SlotHold
from notifications.models import Delivery
from payments.models import ProviderEvent
from privacy import tasks
from privacy.services import retention
from sessions_app.models import PlaceState, Recording
from tests.factories import (
    DataExportFactory,
    DeliveryFactory,
    GuardianMailFactory,
    MessageFactory,
    ProviderEventFactory,
    RecordingFactory,
    ReminderFactory,
    SlotHoldFactory,
    VerificationDocumentFactory,
    WaitlistEntryFactory,
)

pytestmark = pytest.mark.django_db


def backdate(row, days, **also):
    """A second more than the days, or (negative) less."""
    moment = timezone.now() - timedelta(days=days)
    type(row).objects.filter(pk=row.pk).update(**dict.fromkeys(also.pop("fields", ["created_at"]), moment), **also)


def _message(days):
    backdate(MessageFactory(), days, fields=["deleted_at"], text="", search_text="")


def _document(days):
    document = VerificationDocumentFactory()
    backdate(document, days + 1)
    backdate(document.tutor, days, fields=["decided_at"])


def _export(days):
    backdate(DataExportFactory(file="exports/x.zip"), days - 7, fields=["expires_at"])


OLD = {
    "deleted messages": (30, _message),
    "recordings": (180, lambda days: backdate(RecordingFactory(), days)),
    "verification documents": (90, _document),
    "payloads of webhooks": (90, lambda days: backdate(ProviderEventFactory(payload={"a": 1}), days, state="done")),
    "holds, quotes and offers of seats": (
        30,
        lambda days: backdate(WaitlistEntryFactory(), days, fields=["ended_at"], state=PlaceState.LAPSED),
    ),
    "log of notifications": (180, lambda days: backdate(DeliveryFactory(), days, state="done")),
    "reminders and calendar mails": (180, lambda days: backdate(ReminderFactory(), days, state="done")),
    "mails to guardians": (180, lambda days: backdate(GuardianMailFactory(), days, state="done")),
    "exports of one's own data": (7, _export),
}


def test_every_clause_has_a_test():
    assert {clause.what: clause.kept_for.days for clause in retention.CLAUSES} == {
        what: days for what, (days, _) in OLD.items()
    }


@pytest.mark.parametrize("what", OLD)
def test_what_is_older_goes_and_what_is_younger_stays(what):
    days, make = OLD[what]
    make(days + 1)
    make(days - 1)

    foretold = retention.apply(now=timezone.now(), dry_run=True)
    done = retention.apply(now=timezone.now())

    assert foretold == done
    assert {name: count for name, count in done.items() if count} == {what: 1}
    assert retention.apply(now=timezone.now(), dry_run=True)[what] == 0
    assert AuditEntry.objects.get(action="retention.applied").after == {what: 1}


def test_a_dry_run_changes_nothing_and_the_command_says_what_there_is(capsys):
    backdate(RecordingFactory(), 181)
    backdate(SlotHoldFactory(), 31, fields=["expires_at"])

    call_command("apply_retention", dry_run=True)

    lines = capsys.readouterr().out.splitlines()
    assert "recordings (180 days): 1 due" in lines
    assert "holds, quotes and offers of seats (30 days): 1 due" in lines
    assert Recording.objects.count() == 1
    assert not AuditEntry.objects.filter(action="retention.applied").exists()


def test_a_clause_that_fails_keeps_no_other_from_its_turn_and_is_named_at_the_end(monkeypatch, capsys):
    backdate(SlotHoldFactory(), 31, fields=["expires_at"])
    monkeypatch.setattr(retention.recordings, "delete_old", _storage_is_down)

    with pytest.raises(CommandError, match=r"^recordings: not finished, see the log\.$"):
        call_command("apply_retention")

    assert "holds, quotes and offers of seats (30 days): 1 done" in capsys.readouterr().out.splitlines()
    assert not SlotHold.objects.exists()
    assert AuditEntry.objects.get(action="retention.applied").after == {"holds, quotes and offers of seats": 1}


def test_the_periodic_task_fails_where_a_clause_does(monkeypatch):
    monkeypatch.setattr(retention.recordings, "delete_old", _storage_is_down)

    with pytest.raises(retention.Unfinished):
        tasks.apply_retention()


def _storage_is_down(**kwargs):
    raise ConnectionError


def test_what_still_has_to_be_done_is_kept_however_old_it_is():
    backdate(ProviderEventFactory(payload={"a": 1}), 500, state="due")
    backdate(DeliveryFactory(), 500, state="due")

    retention.apply(now=timezone.now())

    assert ProviderEvent.objects.get().payload == {"a": 1}
    assert Delivery.objects.count() == 1
