"""Running the checks, and what comes of it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.db.models import Count

from accounts.models import Role, User
from accounts.services.moderators import require_admin
from adminpanel.integrity.check import Check, Example, Found, RowCheck
from adminpanel.integrity.checks import CHECKS
from adminpanel.integrity.counting import count_all
from audit.services import record
from common.errors import DomainError

log = logging.getLogger("peerlearn.integrity")

Progress = Callable[[int, str], None]
"""Is told how many checks are done, and which comes next."""


@dataclass(frozen=True)
class Issue:
    """What one check found: `count` rows, of which `repaired` are right now and `remaining` are not."""

    check: str
    message: str
    count: int
    can_repair: bool
    repaired: int
    remaining: int
    examples: tuple[Example, ...]

    def as_json(self) -> dict[str, Any]:
        examples = [example._asdict() for example in self.examples]
        return {**self.__dict__, "examples": examples}


@dataclass(frozen=True)
class Report:
    """`total_users` and `role_counts` are of the accounts that are not deleted."""

    total_users: int
    role_counts: dict[str, int]
    timestamp: datetime
    issues: list[Issue] = field(default_factory=list)

    @property
    def health_status(self) -> str:
        return "unhealthy" if any(issue.remaining for issue in self.issues) else "healthy"

    def as_json(self) -> dict[str, Any]:
        return {
            "health_status": self.health_status,
            "total_users": self.total_users,
            "role_counts": self.role_counts,
            "issues": [issue.as_json() for issue in self.issues],
            "timestamp": self.timestamp,
        }


def run(
    *,
    actor: User | None,
    now: datetime,
    repair: bool = False,
    thorough: bool = False,
    checks: Sequence[Check] | None = None,
    progress: Progress = lambda done, what: None,
) -> Report:
    """Look at everything; an admin may, and the system. With `repair` what can be mended is, each row with an audit
    entry and up to `MENDED_AT_ONCE` of each check; without it nothing is written at all.

    `thorough` adds what takes as long as there are rows: the files, all of the audit log, each payment's share of the
    ledger. Raises Forbidden.
    """
    require_admin(actor)
    chosen = [check for check in (CHECKS if checks is None else checks) if thorough or not check.is_thorough]
    # A repair may be what brings another check something to find: then each is asked in its turn.
    sound = set() if repair else _nothing_found(chosen, now)
    issues = []
    for done, check in enumerate(chosen):
        progress(done, check.looks_at)
        if check.name not in sound:
            issues += _look(check, actor=actor, now=now, repair=repair, thorough=thorough)
    progress(len(chosen), "done")
    report = Report(*_people(), timestamp=now, issues=issues)
    if repair:
        repaired = sum(issue.repaired for issue in issues)
        left = sum(issue.remaining for issue in issues)
        record("integrity.repair", actor=actor, after={"repaired": repaired, "remaining": left})
    return report


def _nothing_found(checks: Sequence[Check], now: datetime) -> set[str]:
    """The names of checks of rows that find none, by a few statements for all of them."""
    try:
        counts = count_all({check.name: check.rows(now) for check in checks if isinstance(check, RowCheck)})
    except DatabaseError:
        log.warning("integrity_not_counted", exc_info=True)
        return set()  # each is looked at by itself, and says so if that fails
    return {name for name, count in counts.items() if not count}


def _look(check: Check, *, actor: User | None, now: datetime, repair: bool, thorough: bool) -> list[Issue]:
    """One check that fails, because it takes too long for instance, says so and does not hold up the others."""
    repaired = 0
    try:
        found = check.find(now=now, thorough=thorough)
        if not found.count:
            return []
        if repair and check.can_repair:
            repaired = check.repair(actor=actor, now=now)
        remaining = check.find(now=now, thorough=thorough).count if repaired else found.count
    except (DatabaseError, DomainError):
        log.warning("integrity_check_failed", extra={"check": check.name}, exc_info=True)
        found, remaining = Found(), 1
        return [
            _issue(check, found, repaired, remaining, message=f"It could not be looked at whether {check.looks_at}")
        ]
    return [_issue(check, found, repaired, remaining, message=f"It should be that {check.looks_at}")]


def _issue(check: Check, found: Found, repaired: int, remaining: int, *, message: str) -> Issue:
    return Issue(
        check=check.name,
        message=f"{message}.",
        count=found.count,
        can_repair=check.can_repair,
        repaired=repaired,
        remaining=remaining,
        examples=found.examples,
    )


def _people() -> tuple[int, dict[str, int]]:
    rows = User.objects.filter(deleted_at=None).order_by().values("role").annotate(n=Count("pk"))
    counts = dict.fromkeys(Role.values, 0) | {row["role"]: row["n"] for row in rows}
    return sum(counts.values()), counts
