"""What is kept for how long (R-GDPR-6): every clause in one table, applied once a day. The audit log is not in it."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import VerificationDocument
from accounts.services import verification
from audit.services import record
from bookings.models import CalendarMail, CancellationQuote, Reminder, SlotHold
from bookings.services import reminding
from messaging.models import Message
from messaging.services import changing
from notifications.models import Delivery
from notifications.services import sending
from payments.models import ProviderEvent
from payments.services import webhooks
from privacy.models import DataExport
from privacy.services import exporting
from sessions_app.models import Recording, WaitlistEntry
from sessions_app.services import guardian_mails, recordings

log = logging.getLogger("peerlearn.privacy")

OFFERS_KEPT_FOR = timedelta(days=30)
# So that one run ends, however much there is: the next day goes on.
MOST_BATCHES = 100


@dataclass(frozen=True)
class Clause:
    """What is kept for how long. `due` says how many rows are over it, `apply` does a batch and says how many."""

    what: str
    kept_for: timedelta
    due: Callable[[datetime], int]
    apply: Callable[[datetime], int]


def _old_holds(now: datetime) -> QuerySet:
    return SlotHold.objects.filter(expires_at__lte=now - OFFERS_KEPT_FOR)


def _old_quotes(now: datetime) -> QuerySet:
    return CancellationQuote.objects.filter(valid_until__lte=now - OFFERS_KEPT_FOR)


def _old_offers(now: datetime) -> QuerySet:
    return WaitlistEntry.objects.filter(ended_at__lte=now - OFFERS_KEPT_FOR)


def _delete_offers(now: datetime) -> int:
    with transaction.atomic():
        return sum(found.delete()[0] for found in (_old_holds(now), _old_quotes(now), _old_offers(now)))


def _old_reminders(now: datetime) -> int:
    old = Q(created_at__lt=now - sending.LOG_KEPT_FOR) & ~Q(state=Reminder.State.DUE)
    return Reminder.objects.filter(old).count() + CalendarMail.objects.filter(old).count()


CLAUSES = (
    Clause(
        "deleted messages",
        changing.KEPT_FOR,
        lambda now: Message.objects.kept_too_long(before=now - changing.KEPT_FOR).count(),
        lambda now: changing.wipe(now=now),
    ),
    Clause(
        "recordings",
        recordings.KEPT_FOR,
        lambda now: Recording.objects.filter(recordings.ended(now)).count(),
        lambda now: recordings.delete_old(now=now),
    ),
    Clause(
        "verification documents",
        verification.KEPT_FOR,
        lambda now: VerificationDocument.objects.filter(pk__in=verification.spent(now)).count(),
        lambda now: verification.purge_documents(now=now),
    ),
    Clause(
        "payloads of webhooks",
        webhooks.PAYLOAD_KEPT_FOR,
        lambda now: ProviderEvent.objects.filter(pk__in=webhooks.old_payloads(now)).count(),
        lambda now: webhooks.forget_payloads(now=now),
    ),
    Clause(
        "holds, quotes and offers of seats",
        OFFERS_KEPT_FOR,
        lambda now: sum(found.count() for found in (_old_holds(now), _old_quotes(now), _old_offers(now))),
        _delete_offers,
    ),
    Clause(
        "log of notifications",
        sending.LOG_KEPT_FOR,
        lambda now: (
            Delivery.objects.filter(created_at__lt=now - sending.LOG_KEPT_FOR).exclude(state=Delivery.State.DUE).count()
        ),
        lambda now: sending.purge_log(now=now),
    ),
    Clause(
        "reminders and calendar mails",
        sending.LOG_KEPT_FOR,
        _old_reminders,
        lambda now: reminding.purge(now=now),
    ),
    Clause(
        "mails to guardians",
        guardian_mails.KEPT_FOR,
        lambda now: guardian_mails.old(now).count(),
        lambda now: guardian_mails.purge(now=now),
    ),
    Clause(
        "exports of one's own data",
        exporting.KEPT_FOR,
        lambda now: DataExport.objects.filter(expires_at__lte=now).exclude(file="").count(),
        lambda now: exporting.delete_expired(now=now),
    ),
)


class Unfinished(Exception):
    """Some clauses failed, which are in the log; the others were applied. `done` is how many rows by what."""

    def __init__(self, done: dict[str, int], failed: list[str]) -> None:
        super().__init__(f"{', '.join(failed)}: not finished, see the log.")
        self.done = done


def apply(*, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Apply every clause, or say what it would do; returns how many rows by what. Safe to repeat.

    One that fails keeps no other from its turn. Raises Unfinished at the end.
    """
    if dry_run:
        return {clause.what: clause.due(now) for clause in CLAUSES}
    done, failed = dict.fromkeys((clause.what for clause in CLAUSES), 0), []
    for clause in CLAUSES:
        try:
            for count in _batches(clause, now):
                done[clause.what] += count
        except Exception:
            log.exception("retention_failed", extra={"clause": clause.what})
            failed.append(clause.what)
    if any(done.values()):
        record("retention.applied", actor=None, after={what: count for what, count in done.items() if count})
    if failed:
        raise Unfinished(done, failed)
    return done


def _batches(clause: Clause, now: datetime) -> Iterator[int]:
    """Apply it until nothing is left; how many rows each batch was."""
    for _ in range(MOST_BATCHES):
        count = clause.apply(now)
        if not count:
            return
        yield count
