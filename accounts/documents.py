"""Scans of certificates and degrees: kept as they are, for their owner and admins only."""

from typing import NamedTuple, Protocol

from accounts.errors import DocumentTypeNotAllowed, FileEmpty, FileTooLarge
from common import files

MOST_BYTES = 5 * 1024 * 1024
REFUSALS = (FileEmpty, FileTooLarge, DocumentTypeNotAllowed, files.StorageUnavailable)

# Told by how a file begins; what it is called, and sent as, is not looked at.
BEGINNINGS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


class Upload(Protocol):
    """A file that came with a request."""

    def read(self, size: int) -> bytes: ...


class Document(NamedTuple):
    """A file that may be kept."""

    content: bytes
    kind: str

    def store(self, folder: str) -> str:
        """Keep it; returns its name. Raises StorageUnavailable."""
        return files.keep(self.content, folder=folder, kind=self.kind)


def read_document(upload: Upload) -> Document:
    """The file, if it is a PDF, PNG or JPG of up to 5 MB. Raises one of `REFUSALS`."""
    content = upload.read(MOST_BYTES + 1)
    if not content:
        raise FileEmpty
    if len(content) > MOST_BYTES:
        raise FileTooLarge
    kind = next((kind for beginning, kind in BEGINNINGS.items() if content.startswith(beginning)), None)
    if kind is None:
        raise DocumentTypeNotAllowed
    return Document(content, kind)
