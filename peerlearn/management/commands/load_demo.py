from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from peerlearn import demo


class Command(BaseCommand):
    help = "Load the demo data, once: people, subjects, sessions in every state. Changes nothing when they are there."

    def handle(self, *args: Any, **options: Any) -> None:
        if not self.load():
            self.stdout.write("The demo data are there already; nothing was changed.")
            return
        self.stdout.write("The demo data are loaded. Log in as:")
        for email, password in demo.ACCOUNTS.items():
            self.stdout.write(f"  {email:<20} {password}")

    def load(self) -> bool:
        if demo.is_loaded():
            return False
        if self.stdout.isatty():
            return self.load_with_a_bar()
        return demo.load(now=timezone.now(), progress=self.line)

    def line(self, done: int, what: str) -> None:
        if done < demo.STEPS:
            self.stdout.write(f"Loading demo data, step {done + 1} of {demo.STEPS}: {what} ...")
            self.stdout.flush()

    def load_with_a_bar(self) -> bool:
        from rich.progress import Progress

        with Progress(transient=True) as bar:
            task = bar.add_task("Loading demo data", total=demo.STEPS)

            def show(done: int, what: str) -> None:
                bar.update(task, completed=done, description=f"Loading demo data: {what}")

            return demo.load(now=timezone.now(), progress=show)
