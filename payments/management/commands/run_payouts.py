from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from payments.models import Payout
from payments.services import payouts, payouts_due
from payments.services.news import amount_in_words


class Command(BaseCommand):
    help = "Pay tutors what is available: a payout for each tutor and currency. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say who would be paid, and who not and why.")
        parser.add_argument("--tutor", type=int, help="The number of the one tutor's profile.")
        parser.add_argument("--period-end", help="Only what was available before, less debts: 2026-06-30T00:00:00Z.")

    def handle(self, *, dry_run: bool, tutor: int | None, period_end: str | None, **options: Any) -> None:
        until = _moment(period_end)
        if dry_run:
            self._preview(payouts_due.list_due(tutor_id=tutor, period_end=until))
            return
        made = payouts.run_payouts(actor=None, tutor_id=tutor, period_end=until, progress=self._say)
        self.stdout.write(f"{len(made)} payouts made")

    def _preview(self, dues: list[payouts_due.Due]) -> None:
        for due in dues:
            amount = amount_in_words(due.amount, due.currency)
            self.stdout.write(f"tutor {due.tutor_id}: {amount}{due.why_not and f', not now: {due.why_not}'}")
        if not dues:
            self.stdout.write("Nothing is due")

    def _say(self, payout: Payout) -> None:
        amount = amount_in_words(payout.amount, payout.currency)
        self.stdout.write(f"payout {payout.pk} to tutor {payout.tutor_id}: {amount}")
        self.stdout.flush()


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError("--period-end is no moment such as 2026-06-30T00:00:00Z.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
