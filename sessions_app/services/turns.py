"""Whose turn it is for a seat of a locked session, and what comes of it.

However many have a turn at once, it costs the same: each is counted on the session and its place as it comes, so that
the next one sees it, and all of them are written together.
"""

from datetime import datetime, timedelta

from accounts.models import User
from audit.services import Deed, record_all
from notifications.services import Notice
from sessions_app.models import PlaceState, TutoringSession, WaitlistEntry
from sessions_app.querysets import joinable_after
from sessions_app.services import events, seating

SHORTEST_OFFER, LONGEST_OFFER = timedelta(minutes=15), timedelta(hours=24)
# What a turn changes of a place.
_CHANGED = ("state", "offered_at", "offer_expires_at", "nudge_at", "ended_at")


def end(session: TutoringSession, place: WaitlistEntry, state: PlaceState, *, now: datetime) -> None:
    """The place is over, for good; what it counted for is free. Neither of the two is saved."""
    if place.state == PlaceState.WAITING:
        session.waiting_count -= 1
    else:
        session.seats_offered -= 1
    session.version += 1
    place.state, place.ended_at, place.nudge_at = state, now, None


class Turns:
    """Of one look at a session's queue: give turns, then `write`. The counters of the session are the caller's to save.

    A place comes with its `user` loaded.
    """

    def __init__(self, session: TutoringSession, *, now: datetime) -> None:
        self.session, self.now = session, now
        self._news: list[Notice] = []
        self._deeds: list[Deed] = []
        self._places: list[WaitlistEntry] = []
        self._seated: list[User] = []

    def lapse(self, place: WaitlistEntry) -> None:
        """Nobody has answered an offer in time."""
        end(self.session, place, PlaceState.LAPSED, now=self.now)
        self._note(place, "session.offer_lapsed")
        words = f"The seat in {self.session.title} was offered to you until {_minute(place.offer_expires_at)}."
        self._tell(place, "session_offer_lapsed", "An offer has ended", words)

    def pass_over(self, place: WaitlistEntry, why: str) -> None:
        """Whoever cannot have a seat holds nobody up."""
        end(self.session, place, PlaceState.CLOSED, now=self.now)
        self._note(place, "session.waitlist_passed_over", reason=why)
        self._tell(place, "session_waitlist_closed", "You no longer wait for a seat", why)

    def seat(self, place: WaitlistEntry) -> None:
        end(self.session, place, PlaceState.ACCEPTED, now=self.now)
        self.session.seats_taken += 1
        self.session.version += 1
        self._seated.append(place.user)
        self._note(place, "session.promoted")
        self._news.append(events.new_participant(self.session, place.user))
        words = f"A seat in {self.session.title} has become free, and it is yours."
        self._tell(place, "session_promoted", "You have a seat", words)

    def offer(self, place: WaitlistEntry) -> None:
        session, now = self.session, self.now
        length = min(max((session.starts_at - now) / 4, SHORTEST_OFFER), LONGEST_OFFER)
        closes_at = session.starts_at - (joinable_after(now) - now)
        until = min(now + length, closes_at)
        place.state, place.offered_at, place.offer_expires_at = PlaceState.OFFERED, now, until
        place.nudge_at = now + (until - now) / 2
        session.waiting_count -= 1
        session.seats_offered += 1
        session.version += 1
        self._note(place, "session.seat_offered", until=until)
        words = f"A seat in {session.title} is yours if you accept it by {_minute(until)}."
        self._tell(place, "session_seat_offered", "A seat is offered to you", words)

    def write(self) -> list[Notice]:
        """Save what the turns came to; returns what people are to be told. Raises AlreadyJoined."""
        if self._places:
            WaitlistEntry.objects.bulk_update(self._places, _CHANGED)
            record_all(self._deeds, actor=None, obj=self.session)
        return self._news + seating.give_all(self.session, self._seated, now=self.now)

    def _note(self, place: WaitlistEntry, action: str, *, reason: str = "", **facts: datetime) -> None:
        self._places.append(place)
        self._deeds.append(Deed(action, {"user_id": place.user_id, **facts}, reason=reason))

    def _tell(self, place: WaitlistEntry, kind: str, title: str, words: str) -> None:
        self._news.append(events.notice(place.user_id, self.session, kind, title, words))


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
