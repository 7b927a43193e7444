"""The end of the chain, kept where the database's owner cannot write it (R-AUD-3).

Whoever owns the database can cut off the newest entries, or reckon the whole chain anew; nothing in the database shows
that. A checkpoint that was logged and mailed before does.
"""

import logging
import re
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage

from audit import services
from audit.services import Checkpoint, Verification
from common import mailing

# Under the project's own logger, whose events are shown whatever the level of the others.
log = logging.getLogger("peerlearn.audit")

_WRITTEN = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")
_BODY = """The audit log of {site} ended on {day} with

    {checkpoint}

Keep this mail. `manage.py verify_audit --checkpoint {checkpoint}` proves later that nothing up to here was changed,
removed or cut off.
"""


def publish(*, now: datetime) -> Checkpoint | None:
    """Write the end of the chain to the log, and to those whom `AUDIT_CHECKPOINT_RECIPIENTS` names; None while it is
    empty. It is logged before it is mailed: a mail server that does not answer (then this raises) loses no checkpoint.
    """
    end = services.checkpoint()
    if end is None:
        return None
    log.info("audit_checkpoint", extra={"seq": end.seq, "hash": end.hash})
    if settings.AUDIT_CHECKPOINT_RECIPIENTS:
        mailing.send(_mail(end, now))
    return end


def written(end: Checkpoint) -> str:
    """`812:5fec...`, as mails have it and commands take it."""
    return f"{end.seq}:{end.hash}"


def read(text: str) -> Checkpoint:
    """What `written` wrote. Raises ValueError."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no checkpoint: it is a number, a colon and 64 hexadecimal digits.")
    return Checkpoint(int(found[1]), found[2])


def verify(points: list[Checkpoint]) -> Verification:
    """Replay the chain from checkpoint to checkpoint, each of which must still be in it, and then to its end."""
    checked, first = 0, 1
    for point in sorted(points):
        found = services.verify(first, point.seq, last_hash=point.hash)
        checked += found.checked
        if not found.ok:
            return Verification(checked, found.first_break)
        first = point.seq + 1
    rest = services.verify(first)
    return Verification(checked + rest.checked, rest.first_break)


def _mail(end: Checkpoint, now: datetime) -> EmailMessage:
    site, day = settings.PUBLIC_URL, f"{now:%Y-%m-%d}"
    return EmailMessage(
        subject=f"Audit checkpoint of {day}: {end.seq}",
        body=_BODY.format(site=site, day=day, checkpoint=written(end)),
        to=list(settings.AUDIT_CHECKPOINT_RECIPIENTS),
    )
