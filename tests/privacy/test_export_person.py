"""`manage.py export_person`: the copy of one's data for who cannot sign in any more."""

import hashlib
import json
import stat
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from common import files
from privacy import archive
from privacy.models import DataExport
from privacy.services import exporting
from tests.factories import MessageFactory, StudentFactory, TutorCertificationFactory, UserFactory
from tests.support.snapshot import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def output(tmp_path):
    return tmp_path / "ada.zip"


def export(person, output, **options):
    out = StringIO()
    call_command("export_person", str(person), output=output, stdout=out, **options)
    return out.getvalue().splitlines()


def manifest(path):
    return json.loads(zipfile.ZipFile(path).read("manifest.json"))


def close(user):
    User.objects.filter(pk=user.pk).update(is_active=False, deleted_at=timezone.now())


def erase(user):
    close(user)
    User.objects.filter(pk=user.pk).update(erased_at=timezone.now())


class TestWriting:
    def test_it_is_the_archive_that_they_could_fetch_themselves(self, output):
        grace = UserFactory(first_name="Grace", last_name="Hopper")
        ada = StudentFactory()
        MessageFactory(sender=ada, recipient=grace, text="Dear Grace Hopper.")

        export(ada.email, output)

        written = zipfile.ZipFile(output)
        (message,) = json.loads(written.read("data/messaging.message.sender.json"))
        assert message["text"] == f"Dear {message['recipient_id']}."
        assert manifest(output)["user_id"] == ada.pk
        assert set(manifest(output)["rows"]) == set(archive.count_rows(ada))
        assert {file["path"] for file in manifest(output)["files"]} == set(written.namelist()) - {"manifest.json"}

    @pytest.mark.parametrize("named", [lambda user: user.pk, lambda user: f" {user.email.upper()} "])
    def test_a_person_is_named_by_number_or_by_address(self, output, named):
        ada, _ = StudentFactory(), StudentFactory()

        export(named(ada), output)

        assert manifest(output)["user_id"] == ada.pk

    def test_who_closed_the_account_may_still_have_it(self, output):
        ada = StudentFactory()
        close(ada)

        export(ada.email, output)

        assert manifest(output)["user_id"] == ada.pk

    def test_it_is_readable_to_its_owner_alone(self, output):
        export(StudentFactory().pk, output)

        assert stat.S_IMODE(output.stat().st_mode) == 0o600
        assert list(output.parent.iterdir()) == [output]

    def test_it_is_on_record_with_what_was_handed_out(self, output):
        ada = StudentFactory()

        (said,) = export(ada.pk, output)

        content = output.read_bytes()
        entry = AuditEntry.objects.get(action="export.handed_out")
        assert (entry.actor_id, entry.object_type, entry.object_id) == (None, "accounts.user", str(ada.pk))
        assert entry.after == {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        assert said.endswith(f"{len(content)} bytes, SHA-256 {entry.after['sha256']}")

    def test_it_takes_nobody_the_one_of_today(self, output):
        export(StudentFactory().pk, output)

        assert not DataExport.objects.exists()


class TestRefusing:
    @pytest.mark.parametrize("dry_run", [False, True])
    @pytest.mark.parametrize("named", ["nobody@peerlearn.test", "nobody", "0", "9" * 30])
    def test_nobody_is_found_by_an_unknown_name(self, output, named, dry_run):
        with pytest.raises(CommandError, match=f"Nobody has the address or number '{named}'") as refused:
            export(named, output, dry_run=dry_run)

        assert refused.value.returncode == 1
        assert list(output.parent.iterdir()) == []

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_of_who_is_erased_nothing_is_written(self, output, dry_run):
        ada = StudentFactory()
        erase(ada)

        with pytest.raises(CommandError, match=f"Account {ada.pk} is erased"):
            export(ada.pk, output, dry_run=dry_run)

        assert list(output.parent.iterdir()) == []
        assert not AuditEntry.objects.filter(action="export.handed_out").exists()

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_a_file_that_is_there_stays_as_it_is(self, output, dry_run):
        output.write_text("the letter to Ada")

        with pytest.raises(CommandError, match="is there already"):
            export(StudentFactory().pk, output, dry_run=dry_run)

        assert output.read_text() == "the letter to Ada"
        assert not AuditEntry.objects.filter(action="export.handed_out").exists()

    def test_a_file_that_comes_meanwhile_stays_as_it_is(self, output, monkeypatch):
        ada = StudentFactory()
        real = exporting.write_archive

        def slow(*args, **kwargs):
            output.write_text("the letter to Ada")
            return real(*args, **kwargs)

        monkeypatch.setattr(exporting, "write_archive", slow)
        with pytest.raises(CommandError, match="is there already"):
            export(ada.pk, output)

        assert output.read_text() == "the letter to Ada"
        assert list(output.parent.iterdir()) == [output]

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_a_folder_that_is_missing_is_not_made(self, output, dry_run):
        with pytest.raises(CommandError, match="is no folder that can be written to"):
            export(StudentFactory().pk, output.parent / "missing" / "ada.zip", dry_run=dry_run)

        assert list(output.parent.iterdir()) == []


class TestFailing:
    def test_a_storage_that_is_down_leaves_no_half_file(self, output, monkeypatch):
        scan = TutorCertificationFactory(file="certificates/x.pdf")

        def refuse(name):
            raise files.StorageUnavailable

        monkeypatch.setattr(files, "opened", refuse)
        with pytest.raises(CommandError, match="Files cannot be stored or fetched"):
            export(scan.tutor.user.pk, output)

        assert list(output.parent.iterdir()) == []
        assert not AuditEntry.objects.filter(action="export.handed_out").exists()

    def test_a_full_disk_is_said_and_leaves_no_half_file(self, output, monkeypatch):
        def refuse(*args, **kwargs):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(exporting, "write_archive", refuse)
        with pytest.raises(CommandError, match="cannot be written: No space left on device"):
            export(StudentFactory().pk, output)

        assert list(output.parent.iterdir()) == []

    def test_what_cannot_be_audited_is_not_handed_out(self, output, monkeypatch):
        ada = StudentFactory()

        def refuse(entry, **kwargs):
            raise DatabaseError("the disk is full")

        monkeypatch.setattr(AuditEntry, "save", refuse)
        with pytest.raises(DatabaseError):
            export(ada.pk, output)

        assert list(output.parent.iterdir()) == []


class TestTrying:
    def test_a_dry_run_says_how_many_rows_of_what_there_would_be_and_writes_nothing(self, output):
        ada = StudentFactory()
        MessageFactory(sender=ada)
        MessageFactory(sender=ada)
        before = everything()

        *sections, total = export(ada.email, output, dry_run=True)

        assert everything() == before
        assert list(output.parent.iterdir()) == []
        assert {"accounts.user.pk: 1", "messaging.message.sender: 2"} <= set(sections)
        assert total.endswith(f"would be in {output}. Nothing was changed: a dry run.")

    def test_what_a_dry_run_counts_is_what_is_written(self, output):
        ada = StudentFactory()
        MessageFactory(sender=ada)
        *sections, total = export(ada.pk, output, dry_run=True)

        export(ada.pk, output)

        rows = manifest(output)["rows"]
        assert sections == [f"{name}: {count}" for name, count in rows.items() if count]
        assert total.startswith(f"{sum(rows.values())} rows in {len(sections)} of {len(rows)} sections")
