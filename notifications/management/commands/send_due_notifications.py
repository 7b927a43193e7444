from common.commands import PeriodicCommand, Step, woken
from notifications import tasks
from notifications.models import Announcement, Delivery, Digest
from notifications.services import sending


class Command(PeriodicCommand):
    help = "Send the mails, pushes, digests and announcements that are due, in this process. Safe to repeat."
    works_here = True

    def steps(self) -> list[Step]:
        return [
            woken("announcements made", Announcement, tasks.announce),
            woken("digests sent", Digest, tasks.send_digest),
            Step("deliveries released from digests", lambda now: sending.release_from_digests()),
            woken("deliveries tried", Delivery, tasks.deliver),
        ]
