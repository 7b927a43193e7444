from bookings.services import clock
from common.commands import PeriodicCommand, Step


class Command(PeriodicCommand):
    help = "Let requests and proposals lapse, lessons begin and end, claims be upheld. Safe to repeat."

    def steps(self) -> list[Step]:
        return [Step("bookings moved on", lambda now: clock.advance_overdue(now=now))]
