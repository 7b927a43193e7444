from bookings.services import ratings
from common.commands import PeriodicCommand, Step


class Command(PeriodicCommand):
    help = "Let the ranking scores of tutors age with their reviews. Safe to repeat."

    def steps(self) -> list[Step]:
        return [Step("scores changed", lambda now: ratings.refresh_scores(now=now))]
