"""Files that may be sent with a message: told apart by content, and cleaned of what they should not hold (R-MSG-5).

Pictures are drawn anew, so that neither the place where they were taken nor anything hidden in them goes along. Nothing
on the list can run in a browser, and nothing is ever shown there: it is handed out as a download (`messaging.views`).
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple, Protocol

import puremagic

from accounts.errors import FileEmpty, ImageBroken, ImageHidesSomething, ImageTooManyPixels
from accounts.images import FORMATS, HEAD, OTHER_LIVES, redrawn
from messaging.errors import AttachmentTooLarge, AttachmentTypeNotAllowed, AttachmentUnsafe, TooManyAttachments
from messaging.models.attachment import LONGEST_NAME

MEGABYTE = 1024 * 1024
MOST_FILES = 5
MOST_BYTES = 10 * MEGABYTE
MOST_TOGETHER = 25 * MEGABYTE
# Of a request that carries files: the rest is what multipart adds. Files just above the limit get their sentence.
LARGEST_REQUEST = MOST_TOGETHER + 2 * MEGABYTE

# What is in an archive is not looked at, but it must not be a bomb for whoever opens it.
MOST_UNPACKED = 200 * MEGABYTE
MOST_ENTRIES = 5000
MOST_RATIO = 200

PDF, ZIP = "application/pdf", "application/zip"
_OFFICE = "application/vnd.openxmlformats-officedocument."
# What makes an archive an office document.
OFFICE_PARTS = {
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
}
TEXTS = {"txt": "text/plain", "md": "text/markdown", "csv": "text/csv"}
EXTENSIONS = {
    PDF: "pdf",
    ZIP: "zip",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    **dict(zip(OFFICE_PARTS.values(), ("docx", "xlsx", "pptx"), strict=True)),
    **{kind: extension for extension, kind in TEXTS.items()},
}
# A text is one that no program takes for its own.
_NO_TEXT = (*OTHER_LIVES, b"<svg", b"<?xml", b"<body", b"eicar-standard-antivirus-test-file")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# What a file system, a header or an eye would misread in a name: among them marks that turn the direction of writing.
_BAD_IN_NAME = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*;%\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')

# What `examine` raises, for the descriptions of views that take files.
REFUSALS = (
    FileEmpty,
    AttachmentTooLarge,
    TooManyAttachments,
    AttachmentTypeNotAllowed,
    AttachmentUnsafe,
    ImageHidesSomething,
    ImageTooManyPixels,
    ImageBroken,
)


class Upload(Protocol):
    """A file that came with a request."""

    name: str | None

    def read(self, size: int) -> bytes: ...


class Examined(NamedTuple):
    """A file as it may be kept."""

    name: str
    media_type: str
    content: bytes


def examine(uploads: Sequence[Upload]) -> list[Examined]:
    """The files, each by what it really is. Slow: call it outside of transactions. Raises one of `REFUSALS`."""
    if len(uploads) > MOST_FILES:
        raise TooManyAttachments
    contents = [upload.read(MOST_BYTES + 1) for upload in uploads]
    if any(len(content) > MOST_BYTES for content in contents) or sum(map(len, contents)) > MOST_TOGETHER:
        raise AttachmentTooLarge
    return [_examine(upload.name or "", content) for upload, content in zip(uploads, contents, strict=True)]


def safe_name(name: str, extension: str) -> str:
    """The name without folders and with nothing that could be misread; its one ending is `extension`."""
    last = unicodedata.normalize("NFKC", name.replace("\\", "/")).rpartition("/")[2]
    stem = PurePosixPath(last).stem if "." in last.strip(".") else last
    stem = " ".join(_BAD_IN_NAME.sub("_", stem).replace(".", "_").split()).strip("_ ")
    return f"{stem[: LONGEST_NAME - len(extension) - 1] or 'file'}.{extension}"


def _examine(name: str, content: bytes) -> Examined:
    if not content:
        raise FileEmpty
    kind = _kind_of(name, content)
    if kind in FORMATS:
        content = redrawn(content, kind)
    elif kind == PDF:
        _require_plain_pdf(content)
    return Examined(safe_name(name, EXTENSIONS[kind]), kind, content)


def _kind_of(name: str, content: bytes) -> str:
    try:
        kind = puremagic.from_string(content[:HEAD], mime=True)
    except (puremagic.PureError, ValueError):
        kind = ""
    if kind in FORMATS:
        return kind
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_archive(content)
    return _kind_of_text(name, content)


def _kind_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise AttachmentUnsafe from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > min(MOST_UNPACKED, MOST_RATIO * len(content)):
        raise AttachmentUnsafe
    names = [entry.filename for entry in entries]
    if any(_climbs(name) for name in names) or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise AttachmentUnsafe
    return next((kind for part, kind in OFFICE_PARTS.items() if part in names), ZIP)


def _climbs(name: str) -> bool:
    """Whether the entry would be unpacked somewhere else."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or "\0" in name or ":" in parts[0]


def _kind_of_text(name: str, content: bytes) -> str:
    """A text says by its ending which of the three it is; one without an ending is plain."""
    extension = PurePosixPath(name.replace("\\", "/")).suffix.lower().removeprefix(".") or "txt"
    if extension not in TEXTS:
        raise AttachmentTypeNotAllowed
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AttachmentTypeNotAllowed from error
    lower = content.lower()
    if _CONTROL.search(text) or lower.startswith(b"#!") or any(mark in lower for mark in _NO_TEXT):
        raise AttachmentTypeNotAllowed
    return TEXTS[extension]


def _require_plain_pdf(content: bytes) -> None:
    """A document that is a page or an archive at the same time was prepared by somebody."""
    lower = content.lower()
    pages = (b"<script", b"<?php", b"<html", b"<!doctype", b"<iframe")
    if any(mark in lower for mark in pages) or zipfile.is_zipfile(io.BytesIO(content)):
        raise AttachmentUnsafe
