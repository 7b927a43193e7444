from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audit import checkpoints, services
from common.commands import NOTHING_CHANGED, add_dry_run


class Command(BaseCommand):
    help = "Write the end of the audit log to the log, to the checkpoints' recipients and to the output."

    def add_arguments(self, parser: CommandParser) -> None:
        add_dry_run(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        end = services.checkpoint() if dry_run else checkpoints.publish(now=timezone.now())
        if end is None:
            self.stdout.write("nothing is sealed yet")
        elif dry_run:
            places = ", ".join(["the log", *settings.AUDIT_CHECKPOINT_RECIPIENTS])
            self.stdout.write(f"{checkpoints.written(end)} would go to {places}. {NOTHING_CHANGED}")
        else:
            self.stdout.write(checkpoints.written(end))
