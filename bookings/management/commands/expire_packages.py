from bookings.services import expiry, extensions
from common.commands import PeriodicCommand, Step


class Command(PeriodicCommand):
    help = "Let packages expire whose time is over, and remind the owners of those that soon will. Safe to repeat."

    def steps(self) -> list[Step]:
        return [
            Step("packages extended", lambda now: extensions.accept_unanswered(now=now)),
            Step("packages expired", lambda now: expiry.expire_overdue(now=now)),
            Step("owners reminded", lambda now: expiry.remind_of_expiry(now=now)),
        ]
