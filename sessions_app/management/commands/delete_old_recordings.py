from common.commands import PeriodicCommand, Step
from sessions_app.services import recordings


class Command(PeriodicCommand):
    help = (
        "Delete recordings of sessions after 180 days, or a day after somebody has withdrawn from one. Safe to repeat."
    )

    def steps(self) -> list[Step]:
        return [Step("recordings deleted", lambda now: recordings.delete_old(now=now))]
