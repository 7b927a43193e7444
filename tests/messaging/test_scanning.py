"""R-MSG-5: what a scanner says of a file, and what is handed out meanwhile."""

import pytest
import time_machine
from django.core.files.storage import default_storage

from common.errors import NotFound
from messaging import services
from messaging.errors import AttachmentInfected, ScanFailed, ScanPending
from messaging.files import examine
from messaging.models import AttachmentScan, ScanState
from messaging.services import attachments
from messaging.tasks import scan_attachment, scan_due_attachments
from tests.factories import AdminFactory, AttachmentFactory, StudentFactory
from tests.support.clamd import scanner
from tests.support.files import sent
from tests.support.uploads import EICAR

pytestmark = pytest.mark.django_db

NOWHERE = "tcp://127.0.0.1:1"


@pytest.fixture
def clamd(settings, socket_enabled):
    with scanner() as running:
        settings.CLAMAV_URL = running.url
        yield running


def send_file(content=b"Notes", name="notes.pdf"):
    message = services.send(
        sender=StudentFactory(), recipient_id=StudentFactory().pk, files=examine([sent(b"%PDF-1.7 " + content, name)])
    )
    return message.attachments.get()


def scanned(attachment):
    attachment.refresh_from_db()
    return attachment.scan_state


def test_a_file_waits_for_the_scanner_and_is_handed_out_when_it_is_clean(clamd, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        attachment = send_file()
    with pytest.raises(ScanPending):
        attachments.find(attachment.pk, attachment.message.recipient)

    for callback in callbacks:
        callback()

    assert scanned(attachment) == ScanState.CLEAN
    assert clamd.seen == [b"%PDF-1.7 Notes"]
    assert attachments.find(attachment.pk, attachment.message.recipient) == attachment
    assert AttachmentScan.objects.get().outcome == "clean"


def test_an_infected_file_is_gone_for_everybody_at_once(clamd, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        attachment = send_file(EICAR)
    key = attachment.file.name

    assert scanned(attachment) == ScanState.INFECTED
    assert attachment.file.name == ""
    assert not default_storage.exists(key)
    for viewer in (attachment.message.sender, attachment.message.recipient, AdminFactory()):
        with pytest.raises(AttachmentInfected):
            attachments.find(attachment.pk, viewer)
    with pytest.raises(NotFound):
        attachments.find(attachment.pk, StudentFactory())
    assert AttachmentScan.objects.get().outcome == "infected: Eicar-Test-Signature"


def test_a_scanner_on_a_unix_socket_is_asked_as_well(
    settings, tmp_path, socket_enabled, django_capture_on_commit_callbacks
):
    with scanner(str(tmp_path / "clamd.ctl")) as running:
        settings.CLAMAV_URL = running.url
        with django_capture_on_commit_callbacks(execute=True):
            attachment = send_file()

    assert scanned(attachment) == ScanState.CLEAN


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR", b"", b"what?"])
def test_what_is_no_verdict_is_tried_again(clamd, answer):
    attachment = send_file()
    clamd.answer = answer or None
    if not answer:
        clamd.answer = b" "
    scan_attachment(AttachmentScan.objects.get().pk)

    row = AttachmentScan.objects.get()
    assert (scanned(attachment), row.state, row.attempts) == (ScanState.PENDING, "due", 1)


def test_a_scanner_that_is_away_is_asked_again_and_in_the_end_given_up(settings, socket_enabled):
    settings.CLAMAV_URL = NOWHERE
    attachment = send_file()
    row = AttachmentScan.objects.get()
    for attempt in range(1, AttachmentScan.MAX_ATTEMPTS + 1):
        with time_machine.travel(row.due_at, tick=False):
            scan_attachment(row.pk)
        row.refresh_from_db()
        assert row.attempts == attempt

    assert (row.state, scanned(attachment)) == ("dead", ScanState.FAILED)
    with pytest.raises(ScanFailed):
        attachments.find(attachment.pk, attachment.message.recipient)


def test_the_sweep_scans_what_a_lost_message_left_behind(clamd):
    attachment = send_file()  # nothing runs: this transaction is never committed

    scan_due_attachments()

    assert scanned(attachment) == ScanState.CLEAN


def test_a_file_that_was_scanned_is_not_scanned_again(clamd):
    attachment = AttachmentFactory(scan_state=ScanState.CLEAN)
    row = AttachmentScan.objects.create(attachment=attachment, due_at=attachment.created_at)

    scan_attachment(row.pk)

    row.refresh_from_db()
    assert (row.outcome, clamd.seen) == ("nothing to do: clean", [])
