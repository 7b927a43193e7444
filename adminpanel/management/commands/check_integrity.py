from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from adminpanel import integrity
from adminpanel.integrity import CHECKS, Issue
from adminpanel.integrity.check import Check
from common.commands import NOTHING_CHANGED, add_dry_run, progress

# Each repairs up to 500 rows of each check. What is left after so many will not be repaired by one more.
MOST_ROUNDS = 200


class Command(BaseCommand):
    help = (
        "Compare whatever is stored twice: counters, states that must agree, files, the ledger, the audit log. A line "
        "for each check that found something and for the first rows of it; ends with 1 where something is wrong. "
        "Changes nothing without --repair. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dry_run(parser)
        parser.add_argument("--repair", action="store_true", help="Mend what can be mended; each row is audited.")
        parser.add_argument("--quick", action="store_true", help="Leave out the files, texts, histories and the like.")
        parser.add_argument("--only", action="append", metavar="CHECK", help="This check; may be given several times.")
        parser.add_argument("--list", action="store_true", help="Name the checks and end.")

    def handle(
        self, *, repair: bool, dry_run: bool, quick: bool, only: list[str] | None, list: bool, **options: Any
    ) -> None:
        checks = _chosen(only)
        if list:
            for check in checks:
                self.stdout.write(f"{check.name}: {check.looks_at}{' (can repair)' if check.can_repair else ''}")
            return
        _take_time()
        repairs = repair and not dry_run
        left = self._round(checks, repair=repairs, thorough=not quick)
        for _ in range(MOST_ROUNDS):
            if not (repairs and any(issue.repaired and issue.remaining for issue in left)):
                break
            left = self._round([check for check in checks if check.can_repair], repair=True, thorough=not quick)
        if repair and dry_run:
            self.stdout.write(NOTHING_CHANGED)
        wrong = sum(issue.remaining for issue in self._remaining(checks, left, repairs, quick))
        if wrong:
            raise CommandError(f"{wrong} problems")
        self.stdout.write("Everything agrees")

    def _remaining(self, checks: list[Check], last: list[Issue], repairs: bool, quick: bool) -> list[Issue]:
        """After repairs everything is looked at once more: one may have brought another check something to find."""
        if not repairs or not last:
            return last
        return integrity.run(actor=None, now=timezone.now(), thorough=not quick, checks=checks).issues

    def _round(self, checks: list[Check], *, repair: bool, thorough: bool) -> list[Issue]:
        steps = sum(thorough or not check.is_thorough for check in checks)
        with progress(self.stdout, "Integrity", steps=steps, lines=False) as shown:
            report = integrity.run(
                actor=None, now=timezone.now(), repair=repair, thorough=thorough, checks=checks, progress=shown
            )
        for issue in report.issues:
            self._say(issue)
        return report.issues

    def _say(self, issue: Issue) -> None:
        can_be = "" if issue.repaired or not issue.can_repair else ", can be repaired"
        self.stdout.write(f"{issue.check}: {issue.count} found, {issue.repaired} repaired{can_be}. {issue.message}")
        for example in issue.examples:
            self.stdout.write(f"  {example.message}")


def _chosen(only: list[str] | None) -> list[Check]:
    if not only:
        return CHECKS
    unknown = set(only) - {check.name for check in CHECKS}
    if unknown:
        raise CommandError(f"There is no check {', '.join(sorted(unknown))}. --list names them all.")
    return [check for check in CHECKS if check.name in only]


def _take_time() -> None:
    """Nobody waits for an answer here: a statement over a large table may take longer than those of requests."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
