"""Sealing, and what verification finds."""

import hashlib
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit import checkpoints, services, tasks
from audit.chain import GENESIS, canonical
from audit.models import AuditEntry, AuditLink
from tests.support.audit import TABLES, changeable

pytestmark = pytest.mark.django_db


def record(count):
    return [services.record("session.created", actor=None, after={"number": n, "é": 1.5}) for n in range(count)]


def forge(statement, *params):
    """Do what only the owner of the database can: take the triggers away and write."""
    with changeable(TABLES), connection.cursor() as cursor:
        cursor.execute(statement, params)


def remove(seq):
    entry_id = AuditLink.objects.get(seq=seq).entry_id
    forge("DELETE FROM audit_auditlink WHERE seq = %s", seq)
    forge("DELETE FROM audit_auditentry WHERE id = %s", entry_id)


def chain():
    return list(AuditLink.objects.values_list("seq", "entry_id", "prev_hash", "hash"))


def test_sealing_links_every_entry_once_oldest_first():
    first, second = record(2)

    sealed = services.seal()

    one, two = AuditLink.objects.all()
    assert sealed == 2
    assert (one.seq, one.entry, one.prev_hash) == (1, first, GENESIS)
    assert (two.seq, two.entry, two.prev_hash) == (2, second, one.hash)
    first.refresh_from_db()
    assert one.hash == hashlib.sha256((GENESIS + canonical(first)).encode()).hexdigest()


def test_sealing_again_adds_nothing():
    record(2)
    services.seal()
    before = chain()

    assert services.seal() == 0
    assert chain() == before


def test_sealing_goes_on_batch_by_batch_until_nothing_is_left(monkeypatch):
    monkeypatch.setattr(services, "BATCH", 2)
    record(5)

    tasks.seal_audit_log()

    assert [seq for seq, *_ in chain()] == [1, 2, 3, 4, 5]
    assert services.verify() == services.Verification(checked=5)


def test_an_entry_that_commits_late_is_sealed_after_newer_ones():
    (sealed,) = record(1)
    services.seal()
    late = AuditEntry.objects.create(
        id=sealed.pk - 1, action="late", created_at=sealed.created_at - timedelta(minutes=5)
    )

    services.seal()

    assert AuditLink.objects.last().entry == late
    assert services.verify().ok


def test_entries_are_sealed_however_long_the_sealer_stood_still():
    AuditEntry.objects.create(action="old", created_at=timezone.now() - timedelta(days=30))
    services.seal()
    AuditEntry.objects.create(action="missed", created_at=timezone.now() - timedelta(days=29))
    record(1)

    assert services.seal() == 2
    assert services.verify().ok


def test_a_clock_that_ran_ahead_hides_no_later_entry():
    AuditEntry.objects.create(action="ahead", created_at=timezone.now() + timedelta(days=1))
    services.seal()
    record(1)

    assert services.seal() == 1


def test_a_clock_that_runs_behind_hides_no_earlier_entry():
    record(1)
    services.seal()
    record(1)
    AuditEntry.objects.create(action="behind", created_at=timezone.now() - timedelta(minutes=50))

    assert services.seal() == 2


def test_an_entry_that_was_left_out_is_reported_until_a_full_search_seals_it(capsys):
    (sealed,) = record(1)
    services.seal()
    left_out = AuditEntry.objects.create(id=sealed.pk - 1, action="old", created_at=timezone.now() - timedelta(days=2))

    assert services.seal() == 0
    assert services.verify().first_break == (None, f"Entry {left_out.pk} was never sealed.")
    call_command("seal_audit", all=True)
    assert capsys.readouterr().out == "1 sealed\n"
    assert services.verify().ok


def test_an_entry_that_waits_for_the_next_sealing_is_no_break():
    record(1)

    assert services.verify() == services.Verification(checked=0)


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'forged'",
        "actor_id = 8",
        "action = 'session.creates'",
        "ip = '192.0.2.9'",
        "created_at = '2001-01-01 00:00:00+00:00'",
    ],
)
def test_an_edited_entry_is_located(change):
    entries = record(4)
    services.seal()

    forge(f"UPDATE audit_auditentry SET {change} WHERE id = %s", entries[2].pk)

    assert services.verify() == services.Verification(2, (3, f"Entry {entries[2].pk} is not what was sealed."))


def test_an_edited_detail_is_located():
    entries = record(3)
    services.seal()

    forge("""UPDATE audit_auditentry SET after = '{"number": 1, "é": 1.6}' WHERE id = %s""", entries[1].pk)

    assert services.verify().first_break == (2, f"Entry {entries[1].pk} is not what was sealed.")


def test_a_removed_entry_is_located():
    record(4)
    services.seal()

    remove(seq=2)

    assert services.verify() == services.Verification(1, (2, "The link or its entry is missing."))


def test_a_removed_entry_is_located_even_when_the_rest_moves_up():
    record(4)
    services.seal()

    remove(seq=2)
    forge("UPDATE audit_auditlink SET seq = 2 WHERE seq = 3")
    forge("UPDATE audit_auditlink SET seq = 3 WHERE seq = 4")

    assert services.verify().first_break == (2, "The link does not continue the one before it.")


def test_two_swapped_links_are_located():
    record(4)
    services.seal()

    for old, new in [(2, 99), (3, 2), (99, 3)]:
        forge("UPDATE audit_auditlink SET seq = %s WHERE seq = %s", new, old)

    assert services.verify().first_break == (2, "The link does not continue the one before it.")


def test_two_swapped_entries_are_located():
    first, second = record(2)
    (spare,) = record(1)
    services.seal(limit=2)

    for seq, entry in [(1, spare), (2, first), (1, second)]:
        forge("UPDATE audit_auditlink SET entry_id = %s WHERE seq = %s", entry.pk, seq)

    assert services.verify().first_break == (1, f"Entry {second.pk} is not what was sealed.")


def test_a_range_is_verified_by_itself():
    entries = record(5)
    services.seal()

    forge("UPDATE audit_auditentry SET reason = 'forged' WHERE id = %s", entries[0].pk)

    assert services.verify(2, 4) == services.Verification(checked=3)
    assert services.verify(1, 4).first_break.seq == 1


def test_a_range_whose_beginning_hangs_on_nothing_is_a_break():
    record(3)
    services.seal()

    remove(seq=1)

    assert services.verify(first_seq=2).first_break == (2, "The link does not continue the one before it.")


def test_a_checkpoint_shows_that_the_end_was_cut_off():
    record(3)
    services.seal()
    seq, last_hash = services.checkpoint()

    remove(seq=3)

    assert services.verify().ok
    assert services.verify(1, seq, last_hash=last_hash).first_break == (3, "The link or its entry is missing.")


def test_a_checkpoint_shows_that_the_chain_was_computed_anew():
    entries = record(3)
    services.seal()
    seq, last_hash = services.checkpoint()

    forge("DELETE FROM audit_auditlink")
    forge("UPDATE audit_auditentry SET reason = 'forged' WHERE id = %s", entries[0].pk)
    services.seal()

    assert services.verify().ok
    assert services.verify(1, seq, last_hash=last_hash).first_break == (3, "The hash is not the one in the checkpoint.")


def test_the_daily_checkpoint_goes_to_the_log(caplog):
    caplog.set_level("INFO", logger="peerlearn.audit")
    tasks.log_audit_checkpoint()
    record(1)
    services.seal()

    tasks.log_audit_checkpoint()

    (line,) = caplog.records
    assert (line.message, line.seq, line.hash) == ("audit_checkpoint", 1, AuditLink.objects.get().hash)


def test_the_checkpoint_is_mailed_to_who_keeps_it_and_proves_the_log_later(settings, mailoutbox, capsys):
    settings.AUDIT_CHECKPOINT_RECIPIENTS = ["keeper@example.com"]
    record(2)
    services.seal()

    call_command("checkpoint_audit")

    text = capsys.readouterr().out.strip()
    (mail,) = mailoutbox
    assert (mail.to, text in mail.body) == (["keeper@example.com"], True)
    call_command("verify_audit", checkpoint=[text])
    assert capsys.readouterr().out == "2 links are sound\n"


def test_a_dry_run_says_which_checkpoint_would_go_where_and_sends_none(settings, mailoutbox, caplog, capsys):
    caplog.set_level("INFO", logger="peerlearn.audit")
    settings.AUDIT_CHECKPOINT_RECIPIENTS = ["keeper@example.com"]
    record(2)
    services.seal()

    call_command("checkpoint_audit", dry_run=True)

    link = AuditLink.objects.get(seq=2)
    assert capsys.readouterr().out == (
        f"2:{link.hash} would go to the log, keeper@example.com. Nothing was changed: a dry run.\n"
    )
    assert (mailoutbox, caplog.records) == ([], [])


def test_the_checkpoint_is_logged_even_where_the_mail_server_is_away(settings, caplog, monkeypatch):
    caplog.set_level("INFO", logger="peerlearn.audit")
    settings.AUDIT_CHECKPOINT_RECIPIENTS = ["keeper@example.com"]
    monkeypatch.setattr("common.mailing.send", Mock(side_effect=ConnectionRefusedError))
    record(1)
    services.seal()

    with pytest.raises(ConnectionRefusedError):
        tasks.log_audit_checkpoint()

    assert [line.seq for line in caplog.records] == [1]


def test_checkpoints_show_newest_rows_that_were_cut_off(capsys):
    record(3)
    services.seal()
    old = checkpoints.written(services.checkpoint())
    record(2)
    services.seal()
    new = checkpoints.written(services.checkpoint())

    remove(seq=5)
    remove(seq=4)

    call_command("verify_audit", checkpoint=[old])
    with pytest.raises(CommandError, match="seq 4: The link or its entry is missing. 3 links before it are sound"):
        call_command("verify_audit", checkpoint=[new, old])


@pytest.mark.parametrize("text", ["", "1", "0:" + "0" * 64, "1:" + "0" * 63, "1:" + "g" * 64])
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(CommandError, match="is no checkpoint"):
        call_command("verify_audit", checkpoint=[text])


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_checkpoint_of_an_empty_log_is_none(capsys, dry_run):
    call_command("checkpoint_audit", dry_run=dry_run)

    assert capsys.readouterr().out == "nothing is sealed yet\n"


def test_the_command_counts_the_sound_links(capsys):
    record(3)
    services.seal()

    call_command("verify_audit")

    assert capsys.readouterr().out == "3 links are sound\n"


def test_the_command_fails_where_the_chain_is_broken():
    entries = record(3)
    services.seal()
    forge("UPDATE audit_auditentry SET reason = 'forged' WHERE id = %s", entries[1].pk)

    with pytest.raises(
        CommandError, match=r"seq 2: Entry \d+ is not what was sealed. 1 links before it are sound."
    ) as e:
        call_command("verify_audit")

    assert e.value.returncode == 1
