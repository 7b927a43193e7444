"""The stopwatches of a case: set going, held up, stopped (R-SUP-3)."""

from collections.abc import Iterable

from support.clock import Metric, Stopwatch
from support.models import TicketClock, TicketMessage
from support.services.cases import Case


def start(case: Case, metric: Metric, trigger: TicketMessage) -> None:
    """Set a new one going."""
    watch = Stopwatch(since=case.now)
    made = TicketClock(ticket=case.ticket, metric=metric, trigger=trigger)
    made.watch = watch
    made.save()
    case.clocks.append(made)


def hold(case: Case) -> None:
    """All that run stand still."""
    for each in _unfinished(case):
        each.watch = each.watch.stopped(case.now, case.hours)
        each.save()


def go_on(case: Case) -> None:
    """All that stand still run again."""
    for each in _unfinished(case):
        each.watch = each.watch.started(case.now)
        each.save()


def stop(case: Case, *metrics: Metric) -> None:
    """Those of the metrics are stopped for good."""
    for each in _unfinished(case):
        if each.metric in metrics:
            each.watch = each.watch.stopped(case.now, case.hours)
            each.stopped_at = case.now
            each.save()


def reopen(case: Case) -> None:
    """The ticket is not resolved after all: its resolution takes longer than it seemed."""
    for each in case.clocks:
        if each.metric == Metric.RESOLUTION:
            each.stopped_at = None
            each.watch = each.watch.started(case.now)
            each.save()


def is_going(case: Case, *metrics: Metric) -> bool:
    """Whether one of them is not stopped yet."""
    return any(each.metric in metrics for each in _unfinished(case))


def _unfinished(case: Case) -> Iterable[TicketClock]:
    return [each for each in case.clocks if each.stopped_at is None]
