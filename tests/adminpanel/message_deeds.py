"""What moderators do to reported messages and to conflicts in sessions, as `test_moderation.DEEDS` has it."""

from messaging.models import Report
from sessions_app.models import ConflictState
from tests.factories import ConflictReportFactory, MessageReportFactory

DEEDS = {
    "uphold_report": (
        MessageReportFactory,
        {"reason": "an insult"},
        {"state": Report.State.UPHELD},
        "message_report.upheld",
    ),
    "dismiss_report": (MessageReportFactory, {}, {"state": Report.State.DISMISSED}, "message_report.dismissed"),
    "take_up_conflict": (ConflictReportFactory, {}, {"state": ConflictState.UNDER_REVIEW}, "session_conflict.taken_up"),
    "resolve_conflict": (
        ConflictReportFactory,
        {"outcome": "warned", "note": "Thank you."},
        {"state": ConflictState.RESOLVED, "outcome": "warned", "resolution_note": "Thank you."},
        "session_conflict.resolved",
    ),
    "dismiss_conflict": (
        ConflictReportFactory,
        {"note": "It was on time."},
        {"state": ConflictState.DISMISSED, "resolution_note": "It was on time."},
        "session_conflict.dismissed",
    ),
}
