from common.commands import PeriodicCommand, Step
from sessions_app.services import course, nudging, promotion, requests


class Command(PeriodicCommand):
    help = (
        "Cancel sessions that nobody started or too few have joined, complete those that nobody ended, let offers of "
        "seats lapse, remind of those that soon will, and close queues and requests whose time is over. Safe to repeat."
    )

    def steps(self) -> list[Step]:
        return [
            Step("sessions moved on", lambda now: course.advance_overdue(now=now)),
            Step("queues moved on", lambda now: promotion.advance_overdue(now=now)),
            Step("people reminded of an offer", lambda now: nudging.nudge_due(now=now)),
            Step("sessions with requests closed", lambda now: requests.close_overdue(now=now)),
        ]
