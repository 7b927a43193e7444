from common.commands import PeriodicCommand, Step
from support.services import passing


class Command(PeriodicCommand):
    help = "Warn of tickets that will be late, escalate those that are, remind, resolve and close. Safe to repeat."

    def steps(self) -> list[Step]:
        return [Step("tickets moved on", lambda now: passing.advance_overdue(now=now))]
