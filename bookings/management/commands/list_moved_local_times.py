from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.services import local_times
from common.commands import NOTHING_CHANGED, add_dry_run


class Command(BaseCommand):
    help = (
        "List future bookings whose local time is another one since the zone database was replaced. Run it before the "
        "replacement too: it then writes down the newest bookings. Nothing moves by itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dry_run(parser)
        parser.add_argument("--accept", action="store_true", help="Take the listed times as right from now on.")

    def handle(self, *, accept: bool, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        found = list(local_times.moved(now=now))
        for each in found:
            self.stdout.write(
                f"booking {each.booking_id} at {each.starts_at:%Y-%m-%d %H:%M} UTC: "
                f"{each.party} in {each.zone} has {each.now} instead of {each.was}"
            )
        if dry_run:
            self.stdout.write(f"{len(found)} local times moved. {NOTHING_CHANGED}")
            return
        noted = local_times.accept(now=now) if accept else local_times.note(now=now)
        self.stdout.write(f"{len(found)} local times moved, {noted} written down")
