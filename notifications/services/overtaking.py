"""Which news a later one about the same thing makes pointless, as long as it has not gone out (R-NOTIF-4).

News is overtaken by what ends it or says it anew. It is not by what merely comes later: that a lesson is moved does not
say that it was confirmed. What is in no line below overtakes nothing, such as all that is told of money.
"""

from collections.abc import Iterable

from notifications.kinds import KINDS, MOVED_FROM
from notifications.models import Delivery, NotificationPreferences
from notifications.services import choices

# Bookings
_ASKED_FOR = {"booking_requested", "booking_revived", "booking_confirmed"}
_TO_COME = _ASKED_FOR | {"booking_rescheduled", "booking_reassigned"}
_OFF = {"booking_declined", "booking_expired", "booking_cancelled"}
_OVER = {"booking_completed", "booking_no_show_student", "booking_no_show_tutor"}
# Group sessions. A move is a type of its own only here.
EDITED, MOVED = "session_updated", "session_moved"
_SEAT = {"session_promoted", "session_added", "session_request_approved"}
_QUEUE = {"session_seat_offered", "session_offer_reminder", "session_offer_lapsed", "session_waitlist_closed"}

OVERTAKES: dict[str, set[str]] = {
    # A lesson that was off for want of money comes back with it, as a request or confirmed.
    "booking_requested": {"booking_requested", "booking_expired"},
    "booking_revived": {"booking_revived", "booking_expired"},
    "booking_confirmed": _ASKED_FOR | {"booking_expired", "booking_cancelled"},
    "booking_rescheduled": {"booking_rescheduled"},
    "booking_reassigned": {"booking_reassigned"},
    **dict.fromkeys([*_OFF, *_OVER], _TO_COME | _OFF),
    EDITED: {EDITED},
    MOVED: {MOVED},
    **dict.fromkeys(["session_cancelled", "session_completed"], _SEAT | _QUEUE | {EDITED, MOVED}),
    **dict.fromkeys(["session_removed", "session_left"], _SEAT),
    **dict.fromkeys(_SEAT, _QUEUE | {"session_removed"}),
    **dict.fromkeys(_QUEUE, _QUEUE),
    # What came of a ticket is news even after it was closed.
    "ticket_resolved": {"ticket_resolved", "ticket_closed"},
    "ticket_closed": {"ticket_closed"},
}
_OVERTAKEN = set().union(*OVERTAKES.values())


def is_overtaken(row: Delivery, preferences: NotificationPreferences) -> bool:
    """Whether something later, which has gone out the same way or still will, makes it pointless."""
    standing: list[Delivery] = []
    for later in _later(row):
        pointless = any(_overtakes(other, later) for other in standing)
        if _has_gone_out(later) or (not pointless and _still_goes_out(later, preferences)):
            standing.append(later)
    return any(_overtakes(later, row) for later in standing)


def _later(row: Delivery) -> Iterable[Delivery]:
    """What came later about the same thing, the latest first."""
    if not row.about or _news(row) not in _OVERTAKEN:
        return ()
    same = {"recipient": row.recipient_id, "about": row.about, "channel": row.channel}
    later = Delivery.objects.filter(**same, subscription=row.subscription_id, pk__gt=row.pk)
    return later.select_related("notification").order_by("-pk")


def _overtakes(later: Delivery, row: Delivery) -> bool:
    """What is mandatory does not give way to what may still wait."""
    if row.is_mandatory and not (later.is_mandatory or _has_gone_out(later)):
        return False
    return _news(row) in OVERTAKES.get(_news(later), ())


def _news(row: Delivery) -> str:
    """The name that it has in the table."""
    has_moved = row.type == EDITED and row.notification is not None and MOVED_FROM in row.notification.data
    return MOVED if has_moved else row.type


def _has_gone_out(row: Delivery) -> bool:
    return row.status == "sent"


def _still_goes_out(row: Delivery, preferences: NotificationPreferences) -> bool:
    is_wanted = choices.wants(preferences, KINDS[row.type], row.channel, mandatory=row.is_mandatory)
    return row.state == Delivery.State.DUE and row.notification is not None and is_wanted
