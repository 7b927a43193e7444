"""A random platform, and its figures counted again by looking at every row of it.

What happens lies around the moments at which figures go wrong: midnights, ends of months and years, and changes of
clocks, to the second.
"""

import random
from collections import Counter, defaultdict
from copy import copy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4
from zoneinfo import ZoneInfo

from accounts.models import Role, TokenFamily, TutorProfile, User
from audit.models import AuditEntry
from bookings.models import Booking, BookingEvent, BookingStatus, Party, Review
from catalog.models import Subject
from messaging.models import Conversation, Message
from payments.models import Account, LedgerLine, Posting
from sessions_app.models import SessionKind, SessionStatus, TutoringSession

# All with changes of clocks: at two, at one, by half an hour only, and at midnight.
ZONES = ("America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana")
NOW = datetime(2026, 4, 20, 11, 30, tzinfo=UTC)
# The clocks of some zone change on each of these days or in the night after.
DAYS = (
    *(date(2025, 10, 4), date(2025, 10, 25), date(2025, 10, 30), date(2025, 11, 1), date(2025, 12, 31)),
    *(date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 7), date(2026, 3, 28), date(2026, 4, 4), date(2026, 4, 23)),
    *(NOW.date() - timedelta(days=days) for days in range(4)),
)
CURRENCIES = ("USD", "JPY", "KWD")
MOVES = {
    "capture": (Account.PROCESSOR, Account.STUDENT_CREDIT),
    "refund": (Account.STUDENT_CREDIT, Account.REFUNDS),
    "refund_failed": (Account.REFUNDS, Account.STUDENT_CREDIT),
    "chargeback": (Account.DISPUTES, Account.PROCESSOR),
    "chargeback_won": (Account.PROCESSOR, Account.DISPUTES),
    "chargeback_lost": (Account.PLATFORM_REVENUE, Account.DISPUTES),
    "payout": (Account.TUTOR_PAYABLE, Account.PROCESSOR),
    "payout_reversed": (Account.PROCESSOR, Account.TUTOR_PAYABLE),
}
EACH = 40
_numbers = count()


class World:
    def __init__(self, zone: str, seed: int = 1) -> None:
        self.random, self.zone = random.Random(f"{zone} {seed}"), ZoneInfo(zone)
        self._make_people()
        self._make_lessons()
        self._make_money()
        self._make_talk()

    @classmethod
    def seen_from(cls, world: "World", zone: str) -> "World":
        """The same rows, counted on another wall."""
        seen = copy(world)
        seen.zone = ZoneInfo(zone)
        return seen

    # --- Making it ------------------------------------------------------------------------------------------------

    def moment(self, *, until: datetime | None = None) -> datetime:
        """Near a midnight of the zone or one of the hours in which clocks change."""
        while True:
            day = self.random.choice(DAYS) + timedelta(days=self.random.choice((0, 1)))
            wall = datetime(day.year, day.month, day.day, self.random.choice((0, 0, 1, 2, 3, 23)), tzinfo=self.zone)
            moment = wall.astimezone(UTC) + timedelta(seconds=self.random.choice((-1, 0, 1, -1800, 1800, 3600)))
            if until is None or moment <= until:
                return moment

    def _dated(self, model, rows, moments=None):
        made = model.objects.bulk_create(rows)
        for row, moment in zip(made, moments or (self.moment(until=NOW) for _ in made), strict=False):
            row.created_at = moment
        model.objects.bulk_update(made, ["created_at"])
        return made

    def _make_people(self):
        roles = [Role.TUTOR] * EACH + [Role.STUDENT] * EACH + [Role.ADMIN] * 3
        users = [User(email=f"figure{next(_numbers)}@example.com", role=role, password="-") for role in roles]
        for user in self.random.sample(users, 8):
            user.deleted_at = NOW
        people = self._dated(User, users)
        self.tutors = TutorProfile.objects.bulk_create(TutorProfile(user=user) for user in people[:EACH])
        self.students = people[EACH : 2 * EACH]
        self.subjects = Subject.objects.bulk_create(Subject(name=f"Subject {next(_numbers)}") for _ in range(3))
        self._dated(TokenFamily, [TokenFamily(user=self.random.choice(people), expires_at=NOW) for _ in range(EACH)])

    def _make_lessons(self):
        sessions, bookings = [], []
        for tutor, student in zip(self.tutors, self.students, strict=True):
            status = self.random.choice(BookingStatus.values)
            sessions.append(self._session(tutor.user, SessionKind.PRIVATE, max_participants=1))
            start = sessions[-1].starts_at
            cancelled_by = self.random.choice(Party.values) if status == BookingStatus.CANCELLED else ""
            terms = {"hourly_rate": 40, "price": 40, "currency": "USD", "commission_percent": 20}
            bookings.append(
                Booking(session=sessions[-1], student=student, tutor=tutor, status=status, cancelled_by=cancelled_by,
                        starts_at=start, ends_at=sessions[-1].ends_at, cancellation_policy="standard", **terms)
            )  # fmt: skip
        groups = [self._session(student, SessionKind.PEER, max_participants=5) for student in self.students]
        TutoringSession.objects.bulk_create(sessions + groups)
        self.bookings = self._dated(Booking, bookings)
        BookingEvent.objects.bulk_create(self._event(booking) for booking in self.bookings for _ in range(2))
        self._dated(Review, [self._review(booking) for booking in self.bookings])

    def _session(self, creator, kind, **fields):
        status = self.random.choice(SessionStatus.values)
        start = self.moment()
        length = timedelta(minutes=self.random.choice((30, 60, 61)))
        return TutoringSession(
            creator=creator, kind=kind, title="x", starts_at=start, ends_at=start + length, status=status,
            subject=self.random.choice([*self.subjects, None]),
            ended_at=start + timedelta(minutes=7) if self.random.random() < 0.2 else None,
            deleted_at=NOW if self.random.random() < 0.1 else None, **fields,
        )  # fmt: skip

    def _event(self, booking):
        kind = self.random.choice(("created", "confirmed", "declined", "expired", "cancelled"))
        before = self.random.choice(("pending", "confirmed"))
        at = max(self.moment(until=NOW), booking.created_at)
        return BookingEvent(booking=booking, kind=kind, party=Party.TUTOR, from_status=before, created_at=at)

    def _review(self, booking):
        state = self.random.choice(("published", "published", "hidden"))
        people = {"tutor": booking.tutor, "student": booking.student}
        return Review(booking=booking, rating=self.random.randint(1, 5), state=state, **people)

    def _make_money(self):
        for _ in range(EACH):
            currency, kind = self.random.choice(CURRENCIES), self.random.choice([*MOVES, "earning"])
            self.post(kind, currency, self.moment(until=NOW))

    def post(self, kind: str, currency: str, at: datetime) -> None:
        amount = Decimal(self.random.randrange(1, 90)).scaleb(-{"USD": 2, "JPY": 0, "KWD": 3}[currency])
        posting = Posting.objects.create(kind=kind, key=f"world:{uuid4()}", currency=currency, created_at=at)
        if kind == "earning":
            shares = [(Account.TUTOR_PAYABLE, -amount), (Account.PLATFORM_REVENUE, -amount)]
            lines = [(Account.STUDENT_CREDIT, amount * 2), *shares]
        else:
            debit, credit = MOVES[kind]
            lines = [(debit, amount), (credit, -amount)]
        LedgerLine.objects.bulk_create(
            LedgerLine(posting=posting, account=account, amount=value, currency=currency) for account, value in lines
        )

    def _make_talk(self):
        one, other = self.students[:2]
        conversation = Conversation.objects.create(
            low=min(one, other, key=lambda user: user.pk), high=max(one, other, key=lambda user: user.pk), opened_by=one
        )
        pairs = [self.random.choice(((one, other), (other, one))) for _ in range(EACH)]
        self._dated(Message, [Message(conversation=conversation, sender=a, recipient=b) for a, b in pairs])
        actors = [*(student.pk for student in self.students[:5]), None]
        AuditEntry.objects.bulk_create(
            AuditEntry(action="a.b", actor_id=self.random.choice(actors), created_at=self.moment(until=NOW))
            for _ in range(2 * EACH)
        )

    # --- Counting it again ------------------------------------------------------------------------------------------

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def step(self, moment: datetime, unit: str) -> date:
        day = self.day(moment)
        return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[unit]

    def sessions(self) -> Counter:
        shown = [session for session in TutoringSession.objects.all() if session.deleted_at is None]
        return Counter(session.status for session in shown)

    def subjects_of_sessions(self) -> Counter:
        shown = TutoringSession.objects.select_related("subject")
        return Counter(
            session.subject.name if session.subject else ""
            for session in shown
            if session.deleted_at is None and session.status != "cancelled"
        )

    def outcomes(self, unit: str = "") -> dict:
        found: dict = defaultdict(Counter)
        for booking in Booking.objects.all():
            key = self.step(booking.starts_at, unit) if unit else None
            found[key][f"{booking.status} {booking.cancelled_by}".strip()] += 1
        return found

    def money(self, unit: str = "") -> dict:
        """By step, currency and figure."""
        found: dict = defaultdict(lambda: defaultdict(Counter))
        for line in LedgerLine.objects.select_related("posting"):
            of = found[self.step(line.posting.created_at, unit) if unit else None][line.currency]
            of.update(self._parts(line.posting.kind, line))
        return found

    def _parts(self, kind: str, line: LedgerLine) -> dict:
        """The figures that a line belongs to, and by how much."""
        if kind == "earning":
            shares = {Account.TUTOR_PAYABLE: "earned", Account.PLATFORM_REVENUE: "commission"}
            return {shares[line.account]: -line.amount} if line.account in shares else {}
        if line.amount < 0:
            return {}
        plus = {"capture": "gross", "refund": "refunded", "chargeback": "charged_back", "payout": "paid_out"}
        minus = {"refund_failed": "refunded", "chargeback_won": "charged_back", "payout_reversed": "paid_out"}
        parts = {plus[kind]: line.amount} if kind in plus else {}
        parts |= {minus[kind]: -line.amount} if kind in minus else {}
        parts |= {"losses": line.amount} if kind == "chargeback_lost" else {}
        return parts | ({"payments": 1} if kind == "capture" else {})

    def usage(self, unit: str) -> dict:
        found: dict = defaultdict(Counter)
        people: dict = defaultdict(set)
        for name, model, moment in (
            *(("bookings", Booking, "created_at"), ("messages", Message, "created_at")),
            *(("sign_ins", TokenFamily, "created_at"), ("new_users", User, "created_at")),
            ("sessions", TutoringSession, "starts_at"),
        ):
            for row in model.objects.all():
                if getattr(row, "deleted_at", None) is None and getattr(row, "status", "") not in self._left_out(name):
                    found[self.step(getattr(row, moment), unit)][name] += 1
        for message in Message.objects.all():
            people[self.step(message.created_at, unit)].add(message.sender_id)
        for entry in AuditEntry.objects.exclude(actor_id=None):
            people[self.step(entry.created_at, unit)].add(entry.actor_id)
        for step, who in people.items():
            found[step]["active_users"] = len(who)
        return found

    @staticmethod
    def _left_out(name: str) -> tuple:
        return ("cancelled",) if name == "sessions" else ()

    def performance(self, unit: str) -> dict:
        found: dict = defaultdict(Counter)
        for event in BookingEvent.objects.select_related("booking"):
            if event.from_status == "pending" and event.kind in ("confirmed", "declined", "expired"):
                of = found[self.step(event.created_at, unit)]
                of[event.kind] += 1
                if event.kind != "expired":
                    of["waited"] += (event.created_at - event.booking.created_at) / timedelta(microseconds=1)
        for review in Review.objects.select_related("booking"):
            lesson = review.booking
            if (review.state, lesson.status) == ("published", "completed") and lesson.refund_percent != 100:
                found[self.step(review.created_at, unit)]["stars"] += review.rating
                found[self.step(review.created_at, unit)]["reviews"] += 1
        return found
