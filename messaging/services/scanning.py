"""Asking the scanner: ClamAV's own protocol over its socket, where `CLAMAV_URL` names one."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from messaging.models import AttachmentScan, ScanState
from messaging.services import attachments

TIMEOUT = 30.0
CHUNK = 64 * 1024
DEFAULT_PORT = 3310


def scan(row: AttachmentScan) -> str:
    """Let the scanner see one file and write down what it says. The work of a task; a scanner that is away raises."""
    attachment = row.attachment
    if attachment.scan_state != ScanState.PENDING or not attachment.file:
        return f"nothing to do: {attachment.scan_state}"
    try:
        with attachment.file.open("rb") as file:
            verdict = ask(file)
    except Exception:
        if row.attempts >= row.MAX_ATTEMPTS:
            _note(row, ScanState.FAILED)
        raise
    if verdict == "OK":
        return _note(row, ScanState.CLEAN)
    _note(row, ScanState.INFECTED)
    attachments.remove(attachment)
    return f"infected: {verdict}"


def ask(file: Any) -> str:
    """`OK`, or the name of what was found. Raises OSError for a scanner that is away or cannot say."""
    with _connected() as scanner:
        scanner.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            scanner.sendall(struct.pack("!I", len(chunk)) + chunk)
        scanner.sendall(struct.pack("!I", 0))
        reply = _read(scanner)
    answer = reply.removeprefix("stream:").strip()
    if answer == "OK":
        return "OK"
    if answer.endswith(" FOUND"):
        return answer.removesuffix(" FOUND")
    raise OSError(f"The scanner says: {answer[:200]}")


@contextmanager
def _connected() -> Iterator[socket.socket]:
    address = urlsplit(settings.CLAMAV_URL)
    if address.scheme == "unix":
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(TIMEOUT)
    else:
        host, port = address.hostname or "localhost", address.port or DEFAULT_PORT
        scanner = socket.create_connection((host, port), timeout=TIMEOUT)
    with scanner:
        if address.scheme == "unix":
            scanner.connect(address.path)
        yield scanner


def _read(scanner: socket.socket) -> str:
    reply = b""
    while not reply.endswith(b"\0") and (more := scanner.recv(4096)):
        reply += more
    return reply.rstrip(b"\0").decode(errors="replace")


def _note(row: AttachmentScan, state: ScanState) -> str:
    row.attachment.scan_state = state
    row.attachment.save(update_fields=["scan_state", "updated_at"])
    return str(state)
