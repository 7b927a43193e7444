from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from peerlearn import children
from peerlearn.celery import app


class Command(BaseCommand):
    help = (
        "One Celery worker with the beat inside: what `manage.py serve` starts beside itself where there is Redis. "
        "Larger sites run workers and one beat of their own, and serve with --no-tick."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--parent", type=int, metavar="PID", help="End as soon as this is no longer the parent.")

    def handle(self, *, parent: int | None, **options: Any) -> None:
        if not settings.CELERY_BROKER_URL:
            raise CommandError("REDIS_URL is not set: run `manage.py tick` instead.")
        if parent:
            children.end_with(parent)
        app.worker_main(
            [
                *(
                    "--quiet",
                    "worker",
                    "--beat",
                    "--scheduler",
                    "celery.beat:Scheduler",
                ),  # which keeps its plan in memory
                *("--concurrency", "1", "--loglevel", "WARNING", "--without-mingle", "--without-gossip"),
            ]
        )
