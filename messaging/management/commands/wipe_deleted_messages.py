from common.commands import PeriodicCommand, Step
from messaging.models import Message
from messaging.services import changing


class Command(PeriodicCommand):
    help = "Forget the texts and files of messages that were deleted 30 days ago. Safe to repeat."

    def steps(self) -> list[Step]:
        due = Message.objects.kept_too_long
        return [
            Step(
                "wiped",
                lambda now: changing.wipe(now=now),
                preview=lambda now: due(before=now - changing.KEPT_FOR).count(),  # files do not come back
            )
        ]
