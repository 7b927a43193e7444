from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from adminpanel.analytics import folding

MOST_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Count the back office's figures of all days that are over anew. They are right without it; it makes them "
        "cheap at once after an upgrade or a change of PLATFORM_TIME_ZONE. --dry-run: only say where what is kept is "
        "not what a recount finds; ends with 1 where that is anywhere. Safe to repeat, and beside a running site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self.compare()
            return
        days = self.rebuild().new
        self.stdout.write(f"{days} days are rolled up")

    def compare(self) -> None:
        found = folding.differences()
        for sentence in found[:MOST_SHOWN]:
            self.stdout.write(sentence)
        if found:
            raise CommandError(f"{len(found)} differences")
        self.stdout.write("What is rolled up is what a recount finds")

    def rebuild(self) -> folding.Folded:
        if not self.stdout.isatty():
            return folding.rebuild()
        from rich.progress import Progress

        with Progress(transient=True) as bar:
            task = bar.add_task("Counting", total=None)

            def show(what: str, done: int, total: int) -> None:
                bar.update(task, completed=done, total=total, description=f"Counting: {what}")

            return folding.rebuild(show)
