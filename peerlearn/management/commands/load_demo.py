from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.commands import NOTHING_CHANGED, add_dry_run, progress
from peerlearn import demo
from peerlearn.demo import crowd

MOST = 1_000_000


class Command(BaseCommand):
    help = (
        "Load the demo data, once: people, subjects, sessions in every state. Changes nothing when they are there. "
        "With --users it goes on until there are so many made-up people in all, with lessons, reviews, sessions and "
        "messages."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dry_run(parser)
        parser.add_argument("--users", type=int, default=0, help=f"Up to {MOST:,}; those of the small demo count.")

    def handle(self, *, users: int, dry_run: bool, **options: Any) -> None:
        if not 0 <= users <= MOST:
            raise CommandError(f"--users is a number from 0 to {MOST:,}.")
        more = max(0, users - len(demo.people.all_emails()))
        if dry_run:
            small = "The demo data are there already" if demo.is_loaded() else "The demo data would be loaded"
            missing = max(0, more - crowd.size())
            self.stdout.write(f"{small}, and {missing} people more would be made. {NOTHING_CHANGED}")
            return
        if self._load():
            self.stdout.write("The demo data are loaded. Log in as:")
            for email, password in demo.ACCOUNTS.items():
                self.stdout.write(f"  {email:<20} {password}")
        else:
            self.stdout.write("The demo data are there already; nothing was changed.")
        if more:
            self.stdout.write(f"{self._grow(more)} people more were made; there are {crowd.size()} of them.")

    def _load(self) -> bool:
        if demo.is_loaded():
            return False
        with progress(self.stdout, "Loading demo data", steps=demo.STEPS) as shown:
            return demo.load(now=timezone.now(), progress=shown)

    def _grow(self, more: int) -> int:
        with progress(self.stdout, "Making people", steps=more) as shown:
            try:
                return crowd.grow(more, now=timezone.now(), progress=lambda people: shown(people, "of them"))
            except crowd.SomebodyElseLoads:
                raise CommandError("Another process makes people at this moment.") from None
