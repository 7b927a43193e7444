"""R-MSG-5: what may be sent with a message, what becomes of it, and what is refused."""

import io
import time

import pytest
from django.core.files.storage import default_storage
from PIL import ExifTags, Image

from common.errors import DomainError, Invalid
from messaging import services
from messaging.errors import AttachmentTooLarge, TooManyAttachments
from messaging.files import examine
from messaging.models import Attachment, Message
from messaging.services import attachments
from tests.factories import StudentFactory
from tests.support.files import BAD, GOOD, PDF, sent
from tests.support.uploads import HOSTILE, MEGABYTE, picture


@pytest.mark.parametrize("what", GOOD)
def test_a_file_on_the_list_is_told_by_its_content_and_kept_under_a_harmless_name(what):
    good = GOOD[what]

    [file] = examine([sent(good.make(), good.name)])

    assert (file.name, file.media_type) == (good.kept_as, good.media_type)


@pytest.mark.parametrize("what", BAD)
def test_a_hostile_file_is_refused_soon(what):
    bad = BAD[what]
    content = bad.make()
    began = time.process_time()

    with pytest.raises(Invalid) as refusal:
        examine([sent(content, bad.name)])

    assert refusal.value.code == bad.code
    assert time.process_time() - began < 2


@pytest.mark.parametrize("what", [what for what, hostile in HOSTILE.items() if not hostile.code])
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_picture_is_drawn_anew_without_what_else_it_was(what):
    content = HOSTILE[what].make()

    [file] = examine([sent(content, "me.png")])

    kept = Image.open(io.BytesIO(file.content))
    if "frames" not in what:  # an animation stays as it is
        assert not kept.getexif()
        assert b"EICAR" not in file.content
        assert b"\x7fELF" not in file.content


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_a_picture_says_nothing_of_where_it_was_taken_and_stands_upright(format_name):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[1] = "N"

    [file] = examine([sent(picture(format_name, (60, 40), exif=exif), "me.png")])

    kept = Image.open(io.BytesIO(file.content))
    assert (kept.format, kept.size) == (format_name, (40, 60))
    assert not kept.getexif()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_colour_survives(mode):
    drawn = Image.new("RGB", (30, 30), "red").convert(mode) if mode != "I;16" else Image.new(mode, (30, 30), 999)
    written = io.BytesIO()
    drawn.save(written, "PNG")

    [file] = examine([sent(written.getvalue(), "me.png")])

    kept = Image.open(io.BytesIO(file.content))
    assert kept.mode == Image.open(io.BytesIO(written.getvalue())).mode
    assert kept.convert("RGBA").tobytes() == drawn.convert("RGBA").tobytes()


def test_at_most_five_files_of_25_mb_together():
    with pytest.raises(TooManyAttachments):
        examine([sent(b"Notes", "a.txt")] * 6)
    with pytest.raises(AttachmentTooLarge):
        examine([sent(b"a" * 9 * MEGABYTE, "a.txt") for _ in range(3)])


# --- Keeping ------------------------------------------------------------------------------------------------------


def stored_keys():
    try:
        return default_storage.listdir("attachments")[1]
    except FileNotFoundError:
        return []


@pytest.fixture
def pair(db):
    return StudentFactory(), StudentFactory()


def send(pair, *files, **fields):
    return services.send(
        sender=pair[0],
        recipient_id=pair[1].pk,
        files=examine([sent(*file) for file in files]),
        **({"text": ""} | fields),
    )


def test_files_are_stored_under_keys_that_say_nothing(pair):
    before = set(stored_keys())
    message = send(pair, (PDF, "homework.pdf"), (b"Notes", "notes.txt"))

    assert (message.text, message.attachment_count) == ("", 2)
    assert [file.name for file in message.attachments.all()] == ["homework.pdf", "notes.txt"]
    new = set(stored_keys()) - before
    assert len(new) == 2
    assert all(len(key) == 32 and "homework" not in key for key in new)


@pytest.mark.parametrize("refused", ["type", "recipient", "text"])
def test_nothing_is_stored_of_a_message_that_is_refused(pair, refused):
    before = set(stored_keys())
    files = [(b"Notes", "notes.txt"), (b"MZ\x90\0", "a.exe")] if refused == "type" else [(b"Notes", "notes.txt")]
    if refused == "recipient":
        services.block(pair[0].pk, user=pair[1])

    with pytest.raises(DomainError):
        send(pair, *files, text="x" * 5001 if refused == "text" else "")

    assert set(stored_keys()) == before
    assert not Message.objects.exists()


def test_a_repeated_message_stores_its_files_once(pair):
    send(pair, (b"Notes", "notes.txt"), client_msg_id="a")
    before = set(stored_keys())

    send(pair, (b"Notes", "notes.txt"), client_msg_id="a")

    assert set(stored_keys()) == before
    assert Attachment.objects.count() == 1


def test_without_a_scanner_a_file_says_that_nobody_has_looked_at_it(pair):
    attachment = send(pair, (b"Notes", "notes.txt")).attachments.get()

    assert attachment.scan_state == "not_scanned"
    assert attachments.find(attachment.pk, pair[1]) == attachment
