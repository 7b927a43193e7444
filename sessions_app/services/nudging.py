"""Reminding people of seats that are offered to them, before the offer lapses (R-REM-6)."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from notifications.services import Notice, notify
from sessions_app.models import WaitlistEntry
from sessions_app.services import events


@transaction.atomic
def nudge_due(*, now: datetime, limit: int = 500) -> int:
    """Tell whoever has let half of an offer's time go by when it ends; returns how many.

    Safe to repeat, and several may run at once: the rows are claimed, and what somebody is answering is left alone.
    """
    due = WaitlistEntry.objects.to_nudge(now).select_related("session").order_by("nudge_at")
    places = list(due.select_for_update(of=("self",), skip_locked=True)[:limit])
    if places:
        WaitlistEntry.objects.filter(pk__in=[place.pk for place in places]).update(nudge_at=None)
        notify([_notice(place) for place in places])
    return len(places)


def _notice(place: WaitlistEntry) -> Notice:
    session = place.session
    words = (
        f"You have not answered yet. A seat in {session.title} is yours if you accept it by "
        f"{place.offer_expires_at:%Y-%m-%d %H:%M} UTC; then it goes to whoever is next."
    )
    told = events.notice(place.user_id, session, "session_offer_reminder", "A seat is waiting for your answer", words)
    # Once an offer: nothing has changed that a session's version would count.
    return replace(told, dedupe_key=f"session:{session.pk}:session_offer_reminder:{place.pk}")
