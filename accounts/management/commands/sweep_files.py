from common import files
from common.commands import PeriodicCommand, Step


class Command(PeriodicCommand):
    help = "Delete uploaded files that nothing refers to any more. Safe to repeat."

    def steps(self) -> list[Step]:
        return [
            Step("files deleted", lambda now: files.sweep(now=now), preview=lambda now: len(files.orphans(now=now))),
        ]
