from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.commands import NOTHING_CHANGED, add_dry_run, progress
from common.errors import DomainError
from matching.models import PrecomputeJob
from matching.services import precomputing


class Command(BaseCommand):
    help = "Work out the recommendations that are missing or about to be a day old; --all: everybody's. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        add_dry_run(parser)
        parser.add_argument("--all", action="store_true", help="those that are good, too")
        parser.add_argument("--student", type=int, help="the id of the one student whose they are")

    def handle(self, *args: Any, **options: Any) -> None:
        student, scope = options["student"], PrecomputeJob.Scope.OVERDUE
        if student is not None:
            scope = PrecomputeJob.Scope.STUDENT
        elif options["all"]:
            scope = PrecomputeJob.Scope.ALL
        now = timezone.now()
        if options["dry_run"]:
            count = precomputing.count_students(scope, student_id=student, now=now)
            self.stdout.write(f"{count} students. {NOTHING_CHANGED}")
            return
        try:
            job = precomputing.request_by_command(scope, student_id=student, now=now)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        if job is None:
            self.stdout.write("nothing is overdue")
            return
        count = precomputing.count_students(scope, student_id=student, now=now)
        with progress(self.stdout, "Recommendations", steps=max(count, 1), lines=False) as shown:
            job = precomputing.run_at_once(job, progress=lambda done: shown(done, f"{done} students"))
        if job.status != "done":
            raise CommandError(f"{job.status}, {job.done} of {job.total} students: {job.outcome}")
        self.stdout.write(f"{job.done} students")
