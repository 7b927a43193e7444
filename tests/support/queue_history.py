"""What happened to a session's seats and queue, told again from the audit log and checked against the rules.

Whoever changes a seat holds the session's row while the entry is written, so that the order of the entries is that in
which things happened.
"""

from dataclasses import dataclass, field

from audit.models import AuditEntry
from sessions_app.models import Participant, TutoringSession, WaitlistEntry


@dataclass
class History:
    """Two sets and a line of people; `faults` says where the rules were broken."""

    seats: int
    seated: set[int] = field(default_factory=set)
    offered: set[int] = field(default_factory=set)
    line: list[int] = field(default_factory=list)
    is_open: bool = True
    faults: list[str] = field(default_factory=list)
    turns: int = 0
    """How often somebody who waited had a turn: if never, nothing was put to the test."""

    def happens(self, action: str, user: int | None, entry: AuditEntry) -> None:
        getattr(self, action.removeprefix("session.").replace(".", "_"), self._nothing)(user, entry)
        if len(self.seated) + len(self.offered) > self.seats:
            self.faults.append(f"{entry.pk} {action}: {self.seated} and offers to {self.offered} in {self.seats} seats")

    def joined(self, user: int, entry: AuditEntry) -> None:
        self._require(self.is_open, f"{entry.pk}: {user} joined after the start")
        self._require(not self.line, f"{entry.pk}: {user} walked past {self.line}")
        self._sit(user, entry)

    def left(self, user: int, entry: AuditEntry) -> None:
        self._require(user in self.seated, f"{entry.pk}: {user} left without a seat")
        self.seated.discard(user)

    def waitlist_joined(self, user: int, entry: AuditEntry) -> None:
        is_new = user not in self.line and user not in self.offered | self.seated
        self._require(is_new, f"{entry.pk}: {user} waits twice")
        self.line.append(user)

    def promoted(self, user: int, entry: AuditEntry) -> None:
        self._next(user, entry)
        self._sit(user, entry)

    def seat_offered(self, user: int, entry: AuditEntry) -> None:
        self._next(user, entry)
        self.offered.add(user)

    def offer_accepted(self, user: int, entry: AuditEntry) -> None:
        self._require(self.is_open, f"{entry.pk}: {user} accepted after the start")
        self._end_offer(user, entry)
        self._sit(user, entry)

    def offer_lapsed(self, user: int, entry: AuditEntry) -> None:
        self._end_offer(user, entry)

    def waitlist_declined(self, user: int, entry: AuditEntry) -> None:
        self._end_offer(user, entry)

    def waitlist_withdrawn(self, user: int, entry: AuditEntry) -> None:
        if user in self.line:
            self.line.remove(user)
        else:
            self._end_offer(user, entry)

    def waitlist_closed(self, user: None, entry: AuditEntry) -> None:
        self._require(
            set(entry.after["user_ids"]) == self.offered | set(self.line), f"{entry.pk}: not all are sent home"
        )
        self.offered, self.line = set(), []

    def updated(self, user: int, entry: AuditEntry) -> None:
        self.seats = entry.after.get("max_participants", self.seats)

    def ongoing(self, user: int, entry: AuditEntry) -> None:
        self.is_open = False

    def _nothing(self, user: int, entry: AuditEntry) -> None:
        pass

    def _next(self, user: int, entry: AuditEntry) -> None:
        self.turns += 1
        self._require(self.is_open, f"{entry.pk}: {user} had a turn after the start")
        self._require(self.line[:1] == [user], f"{entry.pk}: {user} had a turn before {self.line}")
        self.line = [each for each in self.line if each != user]

    def _end_offer(self, user: int, entry: AuditEntry) -> None:
        self._require(user in self.offered, f"{entry.pk}: nothing is offered to {user}")
        self.offered.discard(user)

    def _sit(self, user: int, entry: AuditEntry) -> None:
        self._require(user not in self.seated, f"{entry.pk}: {user} sits twice")
        self.seated.add(user)

    def _require(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)


def history_of(session_id: int, *, seats: int) -> History:
    """Of a session that was made with so many seats; at its end it must be what the rows and the counters say."""
    history = History(seats)
    entries = AuditEntry.objects.filter(object_type__endswith="tutoringsession", object_id=str(session_id))
    for entry in entries.order_by("pk"):
        history.happens(entry.action, (entry.after or {}).get("user_id", entry.actor_id), entry)
    _compare(history, TutoringSession.objects.get(pk=session_id))
    return history


def _compare(history: History, session: TutoringSession) -> None:
    live = WaitlistEntry.objects.live().filter(session=session)
    counted = (session.seats_taken, session.seats_offered, session.waiting_count)
    told = (len(history.seated), len(history.offered), len(history.line))
    rows = (
        Participant.objects.joined().filter(session=session).count(),
        live.filter(state="offered").count(),
        live.waiting().count(),
    )
    if not counted == told == rows:
        history.faults.append(f"counters {counted}, history {told}, rows {rows}")
    line = list(live.waiting().in_order().values_list("user_id", flat=True))
    if line != history.line:
        history.faults.append(f"{line} wait, not {history.line}")
    if history.is_open and session.available_spots and line:
        history.faults.append(f"{session.available_spots} seats are free, and {line} wait")
