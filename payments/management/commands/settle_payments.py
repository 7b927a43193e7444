from common.commands import PeriodicCommand, Step, woken
from payments import tasks
from payments.models import ProviderCall, ProviderEvent
from payments.services import nudging, payouts


class Command(PeriodicCommand):
    help = (
        "Apply the payment provider's events and make the calls of it that are due, in this process, remind those who "
        "began to pay and have not finished, and let what tutors have earned become available. Safe to repeat."
    )
    works_here = True

    def steps(self) -> list[Step]:
        return [
            woken("events tried", ProviderEvent, tasks.process_event),
            woken("calls tried", ProviderCall, tasks.call_provider),
            Step("payers reminded", lambda now: nudging.nudge_due(now=now)),
            Step("earnings available", lambda now: payouts.release_earnings(now=now)),
        ]
