"""`manage.py purge_documents`: delete verification documents 90 days after the decision (R-GDPR-6)."""

from accounts.services import verification
from common.commands import PeriodicCommand, Step


class Command(PeriodicCommand):
    help = "Delete verification documents that were decided on 90 days ago or earlier. Safe to repeat."

    def steps(self) -> list[Step]:
        return [Step("verification documents deleted", lambda now: verification.purge_documents(now=now))]
