from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.errors import DomainError
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.services import reconciling
from payments.services.reconciling import Difference

LONGEST = 3650


class Command(BaseCommand):
    help = (
        "Compare payments, refunds, disputes and payouts with what the provider says: one line for each difference. "
        "Ends with 1 where one is left. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=int, default=7, metavar="DAYS", help="How far back to look; 7 by default.")
        parser.add_argument("--apply", action="store_true", help="Take over what the provider says, where that helps.")

    def handle(self, *, since: int, apply: bool, **options: Any) -> None:
        if not 0 < since <= LONGEST:
            raise CommandError(f"--since is a number of days from 1 to {LONGEST}.")
        left = mended = 0
        try:
            for difference in reconciling.differences(since=timezone.now() - timedelta(days=since)):
                is_mended = apply and self._mend(difference)
                self.stdout.write(difference.sentence + (" Taken over." if is_mended else ""))
                left, mended = left + (not is_mended), mended + is_mended
        except GatewayUnavailable as error:
            raise CommandError("The payment provider does not answer. Try again later.") from error
        if left:
            raise CommandError(f"{left} differences are left, {mended} were taken over")
        self.stdout.write(f"Nothing differs, {mended} differences were taken over")

    def _mend(self, difference: Difference) -> bool:
        if difference.mend is None:
            return False
        try:
            difference.mend()
        except (GatewayRefused, DomainError, ValueError) as refusal:
            self.stderr.write(f"not taken over: {refusal}")
            return False
        return True
