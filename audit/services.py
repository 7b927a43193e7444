"""Writing the audit log, sealing it into the hash chain, and proving that nobody changed it since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit import personal
from audit.chain import GENESIS, link_hash
from audit.masking import masked, storable
from audit.models import AuditEntry, AuditLink
from audit.origin import Origin, current_origin, who_acts

# Longer than any transaction may last, so that an entry which commits late is still looked for.
LOOK_BACK = timedelta(hours=1)
BATCH = 1000
LONGEST_REQUEST_ID = AuditEntry._meta.get_field("request_id").max_length

# Any number that no other advisory lock of this database uses.
_CHAIN_LOCK = 7_230_418_551


class Break(NamedTuple):
    """Where the chain first fails, and how. `seq` is None for an entry that never got a place in it."""

    seq: int | None
    reason: str


@dataclass(frozen=True)
class Verification:
    """What `verify` found. `checked` links were sound before the first break, or in all."""

    checked: int
    first_break: Break | None = None

    @property
    def ok(self) -> bool:
        return self.first_break is None


class Checkpoint(NamedTuple):
    """The end of the chain. Kept outside the database, it shows later that nothing up to here was cut or rewritten."""

    seq: int
    hash: str


class Deed(NamedTuple):
    """What `record` is told of one deed of several."""

    action: str
    after: Mapping[str, Any]
    before: Mapping[str, Any] = {}
    reason: str = ""


def record(
    action: str,
    *,
    actor: object | None,
    obj: models.Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write down that `actor` did `action` to `obj`. Call it inside the transaction that makes the change.

    `actor` is a user, an anonymous user, or None for the system itself. `obj` needs its primary key: record before
    deleting. Of `before` and `after` only what differs is kept, and what sounds secret, personal or freely written is
    masked. `reason` is kept as it is, for ever: put no personal data there, and nobody's words but an admin's
    (`accounts.services.moderators.lasting_reason`). If this fails, let the change fail. Where somebody else acts in the
    actor's place (`audit.origin.acting_in_place_of`), that is who did it, and `after` says in whose.
    """
    (entry,) = _entries([Deed(action, after or {}, before or {}, reason)], actor=actor, obj=obj)
    entry.save()
    return entry


def record_all(deeds: Iterable[Deed], *, actor: object | None, obj: models.Model | None = None) -> None:
    """`record` several deeds of one actor to one thing, in their order and in one statement."""
    AuditEntry.objects.bulk_create(_entries(deeds, actor=actor, obj=obj))


def _entries(deeds: Iterable[Deed], *, actor: object | None, obj: models.Model | None) -> list[AuditEntry]:
    doer, origin = who_acts(actor), current_origin()
    in_place = {"in_place_of": _pk(actor)} if _pk(doer) != _pk(actor) else {}
    token = personal.token_for(_pk(doer), origin)
    entries = []
    for deed in deeds:
        before, after = changes(deed.before, deed.after)
        entries.append(
            AuditEntry(
                action=deed.action,
                actor_id=_pk(doer),
                actor_role=_role(doer),
                object_type=obj._meta.label_lower if obj is not None else "",
                object_id=str(obj.pk) if obj is not None else "",
                before=masked(before),
                after=masked(after | in_place),
                reason=storable(deed.reason),
                origin_token=token,
                request_id=storable(origin.request_id)[:LONGEST_REQUEST_ID],
            )
        )
    return entries


def came_from(entry: AuditEntry) -> Origin:
    """From where the entry's actor acted; empty where that was erased."""
    origin = personal.origins([entry.origin_token]).get(entry.origin_token or "", Origin())
    return Origin(entry.ip or origin.ip, entry.user_agent or origin.user_agent, entry.request_id)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides without the names whose value is the same on both."""
    same = {name for name in before.keys() & after.keys() if before[name] == after[name]}
    return (
        {name: value for name, value in before.items() if name not in same},
        {name: value for name, value in after.items() if name not in same},
    )


@transaction.atomic
def seal(*, limit: int = BATCH, look_back: timedelta | None = LOOK_BACK) -> int:
    """Give up to `limit` committed entries their place in the chain; returns how many.

    Safe to run anywhere, any number of times at once. Looks no further back than `look_back` before the newest sealed
    entry; None searches the whole log, which only repairs need.
    """
    _lock_chain()
    newest = AuditLink.objects.last()
    from_id = _search_from(newest, look_back) if newest and look_back is not None else 0
    seq, prev_hash = (newest.seq, newest.hash) if newest else (0, GENESIS)
    links = []
    for entry in _unsealed(from_id)[:limit]:
        seq += 1
        links.append(AuditLink(seq=seq, entry=entry, prev_hash=prev_hash, hash=link_hash(prev_hash, entry)))
        prev_hash = links[-1].hash
    AuditLink.objects.bulk_create(links)
    return len(links)


def verify(first_seq: int = 1, last_seq: int | None = None, *, last_hash: str = "") -> Verification:
    """Recompute the links from `first_seq` to `last_seq` (the end, unless given) and report the first that fails.

    Finds entries that were changed, removed or moved. Given a checkpoint's `last_seq` and `last_hash` it also finds a
    chain whose end was cut off or that was computed anew. Going on after the last link is sound; where the link before
    `first_seq` is gone is a break. Without `last_seq`, entries must not be left unsealed either.
    """
    end = _newest_seq() if last_seq is None else last_seq
    seq, prev_hash = first_seq - 1, _hash_at(first_seq - 1)
    links = AuditLink.objects.filter(seq__range=(first_seq, end)).select_related("entry").order_by("seq")
    for link in links.iterator():
        if fault := _fault(link, seq + 1, prev_hash):
            return Verification(seq - first_seq + 1, fault)
        seq, prev_hash = link.seq, link.hash
    return Verification(seq - first_seq + 1, _fault_at_end(seq, prev_hash, end, last_hash, to_the_end=last_seq is None))


def verify_some(
    first_seq: int = 1, last_seq: int | None = None, *, last_hash: str = "", most: int
) -> tuple[Verification, int | None]:
    """As `verify`, but no more than `most` links; with the seq at which to go on, None where the range is done."""
    end = _newest_seq() if last_seq is None else last_seq
    if end - first_seq < most:
        return verify(first_seq, last_seq, last_hash=last_hash), None
    found = verify(first_seq, first_seq + most - 1)
    return found, first_seq + most if found.ok else None


def checkpoint() -> Checkpoint | None:
    """The end of the chain, to be kept somewhere that the database's owner cannot write; None while it is empty."""
    newest = AuditLink.objects.last()
    return Checkpoint(newest.seq, newest.hash) if newest else None


def _pk(actor: object | None) -> Any:
    return getattr(actor, "pk", None)


def _role(actor: object | None) -> str:
    if actor is None:
        return "system"
    if getattr(actor, "pk", None) is None:
        return "anonymous"
    return "staff" if getattr(actor, "is_deputy", False) else str(getattr(actor, "role", ""))


def _lock_chain() -> None:
    """One sealer at a time, until the commit. On SQLite the transaction itself is that lock (it is IMMEDIATE)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


def _search_from(newest: AuditLink, look_back: timedelta) -> int:
    """The id of the first entry that is worth a look: `look_back` before the newest sealed one.

    Counted from that entry, so that nothing is skipped after the sealer stood still for a day. Wrong clocks hide
    nothing: an entry from the future does not count as newest, and whatever has a higher id is always looked at.
    """
    since = min(newest.entry.created_at, timezone.now()) - look_back
    recent = AuditEntry.objects.filter(created_at__gte=since).order_by("created_at", "id")
    return min(newest.entry_id, recent.values_list("id", flat=True)[0])


def _unsealed(from_id: int = 0) -> models.QuerySet[AuditEntry]:
    """Entries that the chain does not hold yet, lowest id first.

    The bound stands on both tables: without it PostgreSQL reads every link there is to find the few that are missing.
    """
    sealed = AuditLink.objects.filter(entry=OuterRef("pk"), entry__gte=from_id)
    return AuditEntry.objects.filter(~Exists(sealed), pk__gte=from_id).order_by("id")


def _newest_seq() -> int:
    end = checkpoint()
    return end.seq if end else 0


def _hash_at(seq: int) -> str:
    """The hash that the link after `seq` must continue; empty, which continues nothing, where the link is gone."""
    if seq == 0:
        return GENESIS
    return AuditLink.objects.filter(seq=seq).values_list("hash", flat=True).first() or ""


def _fault(link: AuditLink, expected_seq: int, prev_hash: str) -> Break | None:
    if link.seq != expected_seq:
        return Break(expected_seq, "The link or its entry is missing.")
    if link.prev_hash != prev_hash:
        return Break(link.seq, "The link does not continue the one before it.")
    if link.hash != link_hash(prev_hash, link.entry):
        return Break(link.seq, f"Entry {link.entry_id} is not what was sealed.")
    return None


def _fault_at_end(seq: int, found_hash: str, end: int, last_hash: str, *, to_the_end: bool) -> Break | None:
    if not found_hash:  # the range has no links, nor hangs on one
        return Break(seq, "The link or its entry is missing.")
    if seq < end:
        return Break(seq + 1, "The link or its entry is missing.")
    if last_hash and found_hash != last_hash:
        return Break(seq, "The hash is not the one in the checkpoint.")
    if to_the_end and (token := next(personal.altered(), None)):
        return Break(None, f"Personal part {token[:12]} is not what was recorded.")
    overdue = _unsealed().filter(created_at__lt=timezone.now() - LOOK_BACK)
    if to_the_end and (entry := overdue.first()):
        return Break(None, f"Entry {entry.pk} was never sealed.")
    return None
