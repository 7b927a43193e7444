from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.services import checking


class Command(BaseCommand):
    help = (
        "Prove that the ledger sums to zero, and that payments, payouts and what tutors are owed agree with it. "
        "One line for each problem; ends with 1 where there is one. Changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = checking.problems()
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            raise CommandError(f"{len(found)} problems")
        self.stdout.write("The ledger is sound")
