"""Reporting a message to the moderators. Reporting is not blocking: nothing changes until they decide (R-MSG-6)."""

from django.db import transaction

from accounts.models import User
from messaging.errors import MessageReportedAlready, OwnMessage
from messaging.models import Report
from messaging.services import access, snapshots


@transaction.atomic
def report(message_id: int, reason: str, *, reporter: User) -> Report:
    """Ask moderators to look at a message, with ten of the messages around kept as they are now.

    Raises NotFound, OwnMessage or MessageReportedAlready.
    """
    message, conversation = access.lock(message_id, reporter)  # locked: of two at once the second sees the first
    if message.sender_id == reporter.pk:
        raise OwnMessage
    if message.reports.filter(reporter=reporter).exists():
        raise MessageReportedAlready
    return Report.objects.create(
        reporter=reporter,
        reported=message.sender,
        conversation=conversation,
        message=message,
        reason=reason,
        snapshot=snapshots.around(message),
    )
