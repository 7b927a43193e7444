"""The erasure of a person, category by category (R-GDPR-4), on record in the register (R-GDPR-5).

What each app erases its module `personal_data` says. Each category is one transaction that begins by locking the
register's row, so that two workers never do the same, and a killed one leaves what is left to be done on record. The
name goes last: sentences elsewhere are found by it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from accounts.models import User
from accounts.services import leaving
from audit.services import record
from common import personal_data
from common.personal_data import Counts, Step
from privacy.models import Erasure, ErasureOrigin, ErasurePart, ErasureState, PartState
from privacy.models.erasure import OPEN

log = logging.getLogger("peerlearn.privacy")

COOLING_OFF = timedelta(days=14)
BY_LAW = timedelta(days=30)
# How long until what is blocked, and what failed, is looked at again.
LOOK_AGAIN = timedelta(days=1)
TRY_AGAIN = timedelta(hours=1)
# The last category, whatever else there is.
LAST = "account"


@dataclass(frozen=True)
class Category:
    name: str
    steps: tuple[Step, ...]

    def perform(self, user: User, now: datetime) -> Counts:
        return {what: count for step in self.steps for what, count in step(user, now).items()}


def categories() -> list[Category]:
    """What is erased, in this order: what names the person elsewhere, the apps from the highest down, the account."""
    gathered: dict[str, list[Step]] = {name: [step] for name, step in personal_data.steps()}
    for section in personal_data.sections():
        gathered.setdefault(section.category, []).append(partial(_erase_section, section))
    ordered = sorted(gathered.items(), key=lambda item: item[0] == LAST)
    return [Category(name, tuple(steps)) for name, steps in ordered]


def begin(user: User, *, origin: ErasureOrigin, actor: User | None, now: datetime) -> Erasure:
    """Enter an erasure into the register, in the running transaction. Safe to repeat: a person has one that is open."""
    waits = COOLING_OFF if origin == ErasureOrigin.OWNER else timedelta(0)
    erasure, is_new = Erasure.objects.get_or_create(
        user=user,
        state__in=OPEN,
        defaults={
            "origin": origin,
            "state": ErasureState.COOLING_OFF,
            "requested_at": now,
            "begins_at": now + waits,
            "due_at": now + BY_LAW,
            "next_check_at": now + waits,
        },
    )
    if is_new:
        record("erasure.requested", actor=actor, obj=user, after={"origin": origin, "begins_at": erasure.begins_at})
    return erasure


def has_begun(user: User) -> bool:
    """Whether something about the user is erased already (`settings.ERASURE_HAS_BEGUN`)."""
    return Erasure.objects.filter(user=user, state__in=(ErasureState.RUNNING, ErasureState.PARTIAL)).exists()


def advance(erasure_id: int, *, now: datetime, actor: User | None = None) -> Erasure:
    """Go on with an erasure as far as it goes now. Safe to repeat, also by several workers at once."""
    erasure = _start(erasure_id, now)
    if erasure.state != ErasureState.RUNNING:
        return erasure
    for position, category in enumerate(categories()):
        _perform(erasure.pk, position, category, now)
    return _finish(erasure.pk, actor, now)


def advance_due(*, now: datetime, limit: int = 50) -> int:
    """Go on with those that are due; returns how many of them are done by now."""
    pks = list(Erasure.objects.due(now).order_by("next_check_at").values_list("pk", flat=True)[:limit])
    return sum(advance(pk, now=now).state == ErasureState.DONE for pk in pks)


@transaction.atomic
def _start(erasure_id: int, now: datetime) -> Erasure:
    """Close the account and run, unless it is too early, over, or something is open."""
    erasure = _lock(erasure_id)
    if erasure.state not in OPEN or erasure.begins_at > now or erasure.state == ErasureState.RUNNING:
        return erasure
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=erasure.user_id)
    if erasure.state != ErasureState.PARTIAL:
        erasure.blockers = personal_data.open_matters(user)
        if erasure.blockers:
            return _move(erasure, ErasureState.BLOCKED, next_check_at=now + LOOK_AGAIN)
    if user.deleted_at is None:
        leaving.close(user, actor=None, action="account.closed_for_erasure", reason="", now=now)
    # Whoever dies over it: somebody else looks again.
    return _move(erasure, ErasureState.RUNNING, next_check_at=now + TRY_AGAIN)


def _perform(erasure_id: int, position: int, category: Category, now: datetime) -> None:
    try:
        with transaction.atomic():
            part = _part(erasure_id, position, category)
            if part.state == PartState.DONE or (category.name == LAST and _others_are_left(part)):
                return
            user = User.objects.get(pk=part.erasure.user_id)
            part.evidence = {what: count for what, count in category.perform(user, now).items() if count}
            part.state, part.failure, part.finished_at = PartState.DONE, "", now
            part.save()
    except Exception as error:
        log.warning("erasure_failed", extra={"erasure": erasure_id, "category": category.name}, exc_info=error)
        with transaction.atomic():
            part = _part(erasure_id, position, category)
            part.state, part.failure = PartState.FAILED, type(error).__name__
            part.save()


def _part(erasure_id: int, position: int, category: Category) -> ErasurePart:
    """The register's line of a category, under the erasure's lock."""
    erasure = _lock(erasure_id)
    part, _ = ErasurePart.objects.get_or_create(
        erasure=erasure, category=category.name, defaults={"position": position}
    )
    return part


def _others_are_left(part: ErasurePart) -> bool:
    return part.erasure.parts.exclude(pk=part.pk).exclude(state=PartState.DONE).exists()


@transaction.atomic
def _finish(erasure_id: int, actor: User | None, now: datetime) -> Erasure:
    erasure = _lock(erasure_id)
    if erasure.state != ErasureState.RUNNING:
        return erasure
    if erasure.parts.exclude(state=PartState.DONE).exists():
        return _move(erasure, ErasureState.PARTIAL, next_check_at=now + TRY_AGAIN)
    erasure.finished_at = now
    _move(erasure, ErasureState.DONE)
    record("account.erased", actor=actor, obj=erasure.user, after={"origin": erasure.origin, "rows": _total(erasure)})
    return erasure


def _total(erasure: Erasure) -> int:
    return sum(sum(part.evidence.values()) for part in erasure.parts.all())


def _lock(erasure_id: int) -> Erasure:
    return Erasure.objects.select_for_update(of=("self",)).get(pk=erasure_id)


def _move(erasure: Erasure, state: ErasureState, *, next_check_at: datetime | None = None) -> Erasure:
    if erasure.state != state and not erasure.can_become(state):
        raise AssertionError(f"An erasure cannot go from {erasure.state} to {state}.")
    erasure.state = state
    erasure.next_check_at = next_check_at or erasure.next_check_at
    erasure.save()
    return erasure


def _erase_section(section: personal_data.Section, user: User, now: datetime) -> Counts:
    return section.erase(user)
