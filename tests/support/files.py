"""Files that are sent with messages: good ones, and those that no server should hand on."""

import io
import zipfile
from collections.abc import Callable
from typing import NamedTuple

from tests.support.uploads import EICAR, HOSTILE, MEGABYTE, PHP, SCRIPT, SVG, picture, upload

TYPE, UNSAFE = "ATTACHMENT_TYPE_NOT_ALLOWED", "ATTACHMENT_UNSAFE"
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def archive(*names: str, content: bytes = b"hello") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names or ("a.txt",):
            made.writestr(name, content)
    return written.getvalue()


def office(part: str, *more: str) -> bytes:
    return archive("[Content_Types].xml", part, *more)


def many_entries() -> bytes:
    return archive(*(f"{n}.txt" for n in range(5001)))


class Sent(NamedTuple):
    make: Callable[[], bytes]
    name: str
    kept_as: str
    media_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument."
# What is sent, and how it is kept.
GOOD: dict[str, Sent] = {
    "PDF": Sent(lambda: PDF, "homework.PDF", "homework.pdf", "application/pdf"),
    "PNG": Sent(lambda: picture("PNG"), "board.png", "board.png", "image/png"),
    "JPEG": Sent(lambda: picture("JPEG"), "board.jpeg", "board.jpg", "image/jpeg"),
    "GIF": Sent(lambda: picture("GIF"), "board.gif", "board.gif", "image/gif"),
    "WebP": Sent(lambda: picture("WEBP"), "board.webp", "board.webp", "image/webp"),
    "text": Sent(lambda: "Été".encode(), "notes.txt", "notes.txt", "text/plain"),
    "text without an ending": Sent(lambda: b"Notes", "README", "README.txt", "text/plain"),
    "text with a mark at its start": Sent(lambda: b"\xef\xbb\xbfNotes", "a.txt", "a.txt", "text/plain"),
    "Markdown": Sent(lambda: b"# Notes", "notes.md", "notes.md", "text/markdown"),
    "CSV": Sent(lambda: b"a,b\n1,2\n", "marks.csv", "marks.csv", "text/csv"),
    "Word": Sent(lambda: office("word/document.xml"), "a.docx", "a.docx", f"{_OFFICE}wordprocessingml.document"),
    "Excel": Sent(lambda: office("xl/workbook.xml"), "a.xlsx", "a.xlsx", f"{_OFFICE}spreadsheetml.sheet"),
    "PowerPoint": Sent(
        lambda: office("ppt/presentation.xml"), "a.pptx", "a.pptx", f"{_OFFICE}presentationml.presentation"
    ),
    "ZIP": Sent(archive, "all.zip", "all.zip", "application/zip"),
    "a PNG called a PDF": Sent(lambda: picture("PNG"), "board.pdf", "board.png", "image/png"),
    "a name of two endings": Sent(lambda: picture("PNG"), "me.php.png", "me_php.png", "image/png"),
    "a name that climbs": Sent(lambda: b"Notes", "../../../../etc/notes.txt", "notes.txt", "text/plain"),
    "a name that climbs on Windows": Sent(lambda: b"Notes", "C:\\windows\\notes.txt", "notes.txt", "text/plain"),
    "a name with a NUL": Sent(lambda: picture("PNG"), "me.php\0.png", "me_php.png", "image/png"),
    "a name that ends a header": Sent(
        lambda: b"Notes", 'a"\r\nSet-Cookie: b=c.txt', "a___Set-Cookie_ b=c.txt", "text/plain"
    ),
    "a name that is a script": Sent(
        lambda: picture("PNG"), '"><script>alert(1)<script>.png', "script_alert(1)_script.png", "image/png"
    ),
    "a name that reads backwards": Sent(lambda: picture("PNG"), "photo\u202egnp.exe", "photo_gnp.png", "image/png"),
    "a name of a thousand letters": Sent(lambda: b"Notes", "a" * 1000 + ".txt", "a" * 116 + ".txt", "text/plain"),
    "no name to speak of": Sent(lambda: picture("PNG"), ".", "file.png", "image/png"),
}


class Bad(NamedTuple):
    make: Callable[[], bytes]
    code: str
    name: str = "notes.txt"


# What is refused, and with which code. Those of pictures that are refused as avatars are refused here, too.
BAD: dict[str, Bad] = {
    "no bytes": Bad(lambda: b"", "FILE_EMPTY"),
    "10 MB and a byte": Bad(lambda: b"a" * (10 * MEGABYTE + 1), "ATTACHMENT_TOO_LARGE"),
    "HTML": Bad(lambda: b"<!DOCTYPE html><html>" + SCRIPT, TYPE, "page.html"),
    "HTML called a text": Bad(lambda: b"\n\n  <HTML>" + SCRIPT, TYPE),
    "a script called a text": Bad(lambda: b"Notes\n" + SCRIPT, TYPE),
    "SVG": Bad(lambda: SVG, TYPE, "drawing.svg"),
    "SVG called a text": Bad(lambda: SVG, TYPE),
    "SVG called a PNG": Bad(lambda: b'<?xml version="1.0"?>' + SVG, TYPE, "drawing.png"),
    "PHP": Bad(lambda: PHP, TYPE, "a.php"),
    "PHP called a text": Bad(lambda: PHP, TYPE),
    "a shell script called a text": Bad(lambda: b"#!/bin/sh\nrm -rf /\n", TYPE),
    "JavaScript": Bad(lambda: b"alert(1)", TYPE, "a.js"),
    "a batch file": Bad(lambda: b"del *.*", TYPE, "a.bat"),
    "a program": Bad(lambda: b"MZ" + b"\x90\0" * 500, TYPE, "a.exe"),
    "a program called a text": Bad(lambda: b"MZ" + b"\x90\0" * 500, TYPE),
    "another program": Bad(lambda: b"\x7fELF\2\1\1" + b"\0" * 500, TYPE),
    "noughts": Bad(lambda: b"\0" * 5000, TYPE),
    "letters of no alphabet": Bad(lambda: bytes(range(128, 256)) * 20, TYPE),
    "EICAR": Bad(lambda: EICAR, TYPE),
    "a BMP": Bad(lambda: picture("BMP"), TYPE, "a.bmp"),
    "a zip bomb": Bad(lambda: archive(content=b"\0" * 50 * MEGABYTE), UNSAFE, "a.zip"),
    "a zip of too many files": Bad(many_entries, UNSAFE, "a.zip"),
    "a zip whose entries climb": Bad(lambda: archive("../../etc/passwd"), UNSAFE, "a.zip"),
    "a zip with an absolute entry": Bad(lambda: archive("/etc/passwd"), UNSAFE, "a.zip"),
    "a zip with a drive": Bad(lambda: archive("C:\\a.txt"), UNSAFE, "a.zip"),
    "half a zip": Bad(lambda: archive()[:40], UNSAFE, "a.zip"),
    "a Word document with macros": Bad(lambda: office("word/document.xml", "word/vbaProject.bin"), UNSAFE, "a.docx"),
    "a PDF that is a page": Bad(lambda: PDF + SCRIPT, UNSAFE, "a.pdf"),
    "a PDF that is a zip": Bad(lambda: PDF + archive(), UNSAFE, "a.pdf"),
    "a GIF of too many frames": Bad(
        lambda: picture("GIF", (4000, 4000))[:-1] + picture("GIF", (4000, 4000))[13:], "IMAGE_TOO_MANY_PIXELS", "a.gif"
    ),
    **{
        f"as an avatar: {what}": Bad(hostile.make, hostile.code, "me.png")
        for what, hostile in HOSTILE.items()
        if hostile.code in ("IMAGE_HIDES_SOMETHING", "IMAGE_TOO_MANY_PIXELS", "IMAGE_BROKEN")
    },
}


def sent(content: bytes, name: str):
    """An upload with its name as it came, where Django's own would tidy it up."""
    made = upload(content, "x", "application/octet-stream")
    made._name = name
    return made
