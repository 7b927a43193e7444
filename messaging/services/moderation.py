"""What moderators do with what was reported or held. Every decision is on record."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from common.errors import Forbidden, InvalidTransition, NotFound
from messaging.models import Message, Report
from messaging.services import access, changing, sending


@transaction.atomic
def dismiss(report_id: int, *, actor: User) -> Report:
    """Find nothing wrong; a held message is delivered now. Raises NotFound or InvalidTransition once decided."""
    report = _lock(report_id, actor)
    _decide(report, Report.State.DISMISSED, actor)
    if report.kind == Report.Kind.HELD and report.message_id:
        _release(report.message_id)
    record("message_report.dismissed", actor=actor, obj=report)
    return report


@transaction.atomic
def uphold(report_id: int, *, reason: str, actor: User) -> Report:
    """Agree with the report: its message is deleted for both. Raises NotFound or InvalidTransition once decided."""
    report = _lock(report_id, actor)
    _decide(report, Report.State.UPHELD, actor)
    if report.message_id:
        message, conversation = access.lock_any(report.message_id)
        changing.bury(message, conversation, by=actor)
    record("message_report.upheld", actor=actor, obj=report, reason=reason)
    return report


def _lock(report_id: int, actor: User) -> Report:
    if not actor.is_admin:
        raise Forbidden
    report = Report.objects.select_for_update(of=("self",), no_key=True).filter(pk=report_id).first()
    if report is None:
        raise NotFound("Report not found")
    return report


def _decide(report: Report, state: Report.State, actor: User) -> None:
    if report.state != Report.State.OPEN:
        raise InvalidTransition("Somebody has decided already.", current=report.state, allowed=[])
    report.state, report.decided_by, report.decided_at = state, actor, timezone.now()
    report.save(update_fields=["state", "decided_by", "decided_at", "updated_at"])


def _release(message_id: int) -> Message:
    message, conversation = access.lock_any(message_id)
    if message.is_held:
        message.is_held = False
        message.save(update_fields=["is_held", "updated_at"])
        if not message.is_deleted:
            sending.deliver(message, conversation)
    return message
