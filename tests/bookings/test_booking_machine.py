"""Goal R5: whatever is tried in whatever order, bookings do what a small model of the rules says, and nothing else.

The model knows one booking at a time: its status, its time, whether a proposal, a claim or a dispute is open. Each step
tries something that may be right or wrong at that moment; the model says which, and both must agree.

The goal's thousand lives take a quarter of an hour; every day the suite lives sixty.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import TutorProfile
from bookings.models import TRANSITIONS, Booking, BookingStatus, CreditEntry
from bookings.services import answering, attendance, cancelling, clock, creating, disputes, no_shows, rescheduling
from common.errors import DomainError
from sessions_app.models import Participant
from tests.bookings.conftest import HOUR, MINUTE, NOW
from tests.factories import AdminFactory, OpenTutorFactory, PackagePurchaseFactory, StudentFactory
from tests.support.figures import figure

pytestmark = pytest.mark.django_db

CREDITS = 3
ANYBODY = st.sampled_from(["student", "tutor", "admin"])
MOSTLY_TUTOR = st.sampled_from(["tutor", "tutor", "tutor", "admin", "student"])
LIVE = {"pending", "confirmed"}
SESSION_OF = {"pending": {"upcoming"}, "confirmed": {"upcoming", "ongoing"}, "completed": {"completed"}}
# What a moderator's decision may change besides the machine's own moves.
DECIDED = {"confirmed", "completed", "no_show_student", "no_show_tutor"}


@dataclass
class Model:
    """What should be true of the current booking."""

    status: str
    starts_at: datetime
    created_at: datetime
    expires_at: datetime | None
    by_credit: bool
    moves: dict[str, int] = field(default_factory=lambda: {"student": 0, "tutor": 0})
    proposer: str = ""
    lapses_at: datetime | None = None
    proposed: datetime | None = None
    disputed: str = "none"
    claim_of_student: str = ""
    claim_of_tutor: str = ""
    claimed_by_student_at: datetime | None = None
    claimed_by_tutor_at: datetime | None = None

    def advance(self, now: datetime) -> None:
        """What time does."""
        if self.status == "pending" and now >= self.expires_at:
            self.status = "expired"
        if self.proposer and now >= self.lapses_at:
            self.proposer = ""
        if self.status != "confirmed" or self.disputed == "open" or now < self.starts_at:
            return
        if self.claim_of_student == "open":
            if now >= self.claimed_by_student_at + 24 * HOUR:
                self.claim_of_student, self.status = "upheld", "no_show_tutor"
                self.claimed_by_student_at = now  # from when it may be contested
        elif now >= self.starts_at + 25 * HOUR:
            self.status = "completed"


def refusal_of(service, *arguments, **named):
    """The code of the refusal; empty where it was done."""
    try:
        service(*arguments, **named)
    except DomainError as error:
        return error.code
    return ""


class BookingMachine(RuleBasedStateMachine):
    """Two people, an admin, one booking after the other; nobody is ever seen in a lesson."""

    @initialize(instant=st.booleans())
    def meet(self, instant):
        self.traveller = time_machine.travel(NOW, tick=False)
        self.time = self.traveller.start()
        self.tutor = OpenTutorFactory(terms__instant_booking=instant, terms__min_notice_hours=0)
        self.instant = instant
        self.student, self.admin = StudentFactory(), AdminFactory()
        self.people = {"student": self.student, "tutor": self.tutor.user, "admin": self.admin}
        self.purchase = PackagePurchaseFactory(
            package__tutor=self.tutor, package__validity_days=700, student=self.student, session_count=CREDITS
        )
        self.model = None
        self.booking = None
        self.seen = None

    def teardown(self):
        if hasattr(self, "traveller"):
            self.traveller.stop()
            self.everything_adds_up()

    @property
    def now(self):
        return datetime.now(UTC)

    def attempt(self, allowed, service, *arguments, **named):
        """Do it: it must work exactly if the model allows it."""
        refusal = refusal_of(service, *arguments, **named)
        assert (refusal == "") == bool(allowed), f"{service.__name__}: {refusal or 'not refused'}"
        return allowed

    # --- Beginning ------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.booking is None or self.model.status not in LIVE)
    @rule(hours=st.integers(1, 40), by_credit=st.booleans())
    def book(self, hours, by_credit):
        starts_at = self.now.replace(minute=0, second=0) + hours * HOUR
        lesson = {"starts_at": starts_at, "duration_minutes": 60}
        lesson |= {"use_package_id": self.purchase.pk} if by_credit else {}
        allowed = not by_credit or self.credits_left() > 0
        if not self.attempt(
            allowed, creating.create_booking, student=self.student, tutor_profile_id=self.tutor.pk, **lesson
        ):
            return
        self.booking = Booking.objects.latest("pk")
        ahead = starts_at - HOUR
        expires_at = min(self.now + 24 * HOUR, ahead if ahead > self.now else starts_at)
        status = "confirmed" if self.instant else "pending"
        self.model = Model(status, starts_at, self.now, None if self.instant else expires_at, by_credit)

    @precondition(lambda self: self.booking)
    @rule(minutes=st.sampled_from([1, 6, 15, 20, 31, 60, 240, 720, 1440]), tick=st.booleans())
    def wait(self, minutes, tick):
        self.time.shift(minutes * MINUTE)
        self.look(tick)

    @precondition(lambda self: self.is_in("confirmed") and self.now < self.model.starts_at)
    @rule(minutes=st.sampled_from([-60, -1, 0, 9, 10, 15, 29, 30, 59]), tick=st.booleans())
    def wait_for_the_lesson(self, minutes, tick):
        self.time.move_to(max(self.now, self.model.starts_at + minutes * MINUTE))
        self.look(tick)

    def look(self, tick):
        self.model.advance(self.now)
        if tick:
            clock.advance_overdue(now=self.now)

    def is_in(self, *statuses):
        return self.booking is not None and self.model.status in statuses

    def is_on(self):
        """The lesson has begun, or should have."""
        return self.booking is not None and self.now >= self.model.starts_at

    # --- Answering and cancelling ---------------------------------------------------------------------------------

    @precondition(lambda self: self.is_in("pending"))
    @rule(who=MOSTLY_TUTOR)
    def confirm(self, who):
        allowed = self.model.status == "pending" and who != "student"
        if self.attempt(allowed, answering.confirm_booking, self.booking.pk, actor=self.people[who]):
            self.model.status = "confirmed"

    def decline(self, who):
        allowed = self.model.status == "pending" and who == "tutor"
        if self.attempt(allowed, answering.decline_booking, self.booking.pk, actor=self.people[who]):
            self.model.status = "declined"

    @precondition(lambda self: self.is_in("confirmed") and self.now > self.model.starts_at - HOUR)
    @rule(who=MOSTLY_TUTOR)
    def cancel(self, who):
        allowed = self.model.status in LIVE and (who == "admin" or self.now < self.model.starts_at)
        if self.attempt(allowed, cancelling.cancel_booking, self.booking.pk, actor=self.people[who]):
            self.model.status, self.model.proposer = "cancelled", ""
            self.model.claim_of_student = self.model.claim_of_tutor = ""
            self.model.disputed = "resolved" if self.model.disputed == "open" else self.model.disputed

    # --- Moving ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.is_in("pending", "confirmed") and not self.is_on() and not self.model.proposer)
    @rule(who=st.sampled_from(["student", "tutor"]), hours=st.integers(3, 30))
    def reschedule(self, who, hours):
        model, start = self.model, self.now.replace(minute=0, second=0) + hours * HOUR
        own_request = model.status == "pending" and who == "student"
        undo = self.now - model.created_at <= 5 * MINUTE and model.starts_at - self.now >= 24 * HOUR
        direct = own_request or (model.status == "confirmed" and who == "student" and undo)
        proposes = model.status == "confirmed" and who != "admin" and not direct
        lapses_at = min(self.now + 24 * HOUR, min(model.starts_at, start) - 2 * HOUR)
        allowed = (
            (direct or (proposes and not model.proposer and lapses_at > self.now))
            and self.now < model.starts_at
            and model.moves[who] < 3
            and start != model.starts_at
        )
        if not self.attempt(
            allowed, rescheduling.reschedule_booking, self.booking.pk, actor=self.people[who], starts=[start]
        ):
            return
        if direct:
            self.moved_to(start, who)
        else:
            model.proposer, model.lapses_at, model.proposed = who, lapses_at, start

    def moved_to(self, start, by):
        model = self.model
        if model.status == "pending":
            anew = min(self.now + 24 * HOUR, start - HOUR)
            model.expires_at = anew if not model.moves["student"] else min(model.expires_at, anew)
        model.moves[by] += 1
        model.starts_at = start

    @precondition(lambda self: self.booking is not None and self.model.proposer)
    @rule(by_other=st.booleans(), answer=st.sampled_from(["accept", "accept", "decline", "withdraw"]))
    def answer(self, by_other, answer):
        """Half of the time it is the wrong side."""
        other = "tutor" if self.model.proposer == "student" else "student"
        self.answer_proposal(other if by_other else self.model.proposer, answer)

    def answer_proposal(self, who, answer):
        model = self.model
        is_proposer = who == model.proposer
        allowed = (
            model.status == "confirmed"
            and bool(model.proposer)
            and who != "admin"
            and is_proposer == (answer == "withdraw")
        )
        service = getattr(rescheduling, f"{answer}_proposal")
        if self.attempt(allowed, service, self.booking.pk, actor=self.people[who]):
            by, model.proposer = model.proposer, ""
            if answer == "accept":
                self.moved_to(model.proposed, by)

    # --- The lesson -----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.is_on() and self.is_in("confirmed"))
    @rule(who=MOSTLY_TUTOR)
    def complete(self, who):
        model = self.model
        allowed = (
            who == "tutor"
            and model.status == "confirmed"
            and self.now >= model.starts_at + 30 * MINUTE
            and model.disputed != "open"
            and model.claim_of_student != "open"
        )
        if self.attempt(allowed, attendance.complete_booking, self.booking.pk, actor=self.people[who]):
            model.status = "completed"

    @precondition(lambda self: self.is_on())
    @rule(who=st.sampled_from(["student", "tutor"]))
    def say_that_the_other_did_not_come(self, who):
        if who == "tutor":
            self.say_that_the_student_did_not_come()
        else:
            self.say_that_the_tutor_did_not_come()

    def in_the_window(self):
        return self.model.starts_at + 10 * MINUTE <= self.now <= self.model.starts_at + 24 * HOUR

    def say_that_the_student_did_not_come(self):
        model = self.model
        allowed = (
            model.status == "confirmed"
            and model.disputed != "open"
            and self.in_the_window()
            and not model.claim_of_tutor
        )
        named = {"actor": self.tutor.user, "was_present": True}
        if not self.attempt(allowed, no_shows.mark_student_absent, self.booking.pk, **named):
            return
        model.claim_of_tutor, model.claimed_by_tutor_at = "made", self.now
        if model.claim_of_student == "open":
            model.disputed, model.claim_of_student = "open", "contested"
        else:
            model.status = "no_show_student"

    def say_that_the_tutor_did_not_come(self):
        model = self.model
        contradicted = model.status in ("completed", "no_show_student")
        allowed = (
            (contradicted or model.status == "confirmed")
            and model.disputed == "none"
            and self.in_the_window()
            and not model.claim_of_student
        )
        if not self.attempt(allowed, no_shows.mark_tutor_absent, self.booking.pk, actor=self.student):
            return
        model.claim_of_student, model.claimed_by_student_at = "open", self.now
        if contradicted:
            model.claim_of_student, model.disputed = "contested", "open"

    @precondition(lambda self: self.booking is not None and self.model.disputed == "open")
    @rule(
        result=st.sampled_from(["completed", "no_show_student", "no_show_tutor"]), percent=st.sampled_from([0, 50, 100])
    )
    def decide(self, result, percent):
        named = {"actor": self.admin, "result": result, "refund_percent": percent, "reason": "logs"}
        payable = percent == 100 or not self.model.by_credit or self.costs_a_credit() or self.credits_left() > 0
        allowed = self.model.disputed == "open" and payable
        if self.attempt(allowed, disputes.resolve_dispute, self.booking.pk, **named):
            self.model.status, self.model.disputed = result, "resolved"

    # --- Whatever comes to mind ----------------------------------------------------------------------------------

    @precondition(lambda self: self.booking)
    @rule(
        deed=st.sampled_from(
            ["confirm", "decline", "cancel", "complete", "answer", "move", "decide", "contest", "leave"]
        ),
        who=ANYBODY,
    )
    def try_anything(self, deed, who):
        if deed == "answer":
            self.answer_proposal(who, "accept")
        elif deed == "decide":
            self.decide("completed", 0)
        elif deed == "contest":
            self.contest(who)
        elif deed == "move":
            self.reschedule(who, 20)
        elif deed == "leave":
            self.attempt(False, attendance.leave_lesson, self.booking.pk, actor=self.people[who])
        else:
            getattr(self, deed)(who)

    @precondition(lambda self: self.booking is not None and (self.model.claim_of_student or self.model.claim_of_tutor))
    @rule(who=ANYBODY)
    def contest(self, who):
        model = self.model
        said = {"student": model.claim_of_tutor, "tutor": model.claim_of_student}.get(who)
        said_at = {"student": model.claimed_by_tutor_at, "tutor": model.claimed_by_student_at}.get(who)
        allowed = model.disputed == "none" and bool(said) and self.now <= said_at + 72 * HOUR
        if self.attempt(allowed, no_shows.contest_no_show, self.booking.pk, actor=self.people[who]):
            model.disputed = "open"
            if who == "tutor":
                model.claim_of_student = "contested"

    # --- What is always true --------------------------------------------------------------------------------------

    def credits_left(self):
        self.purchase.refresh_from_db()
        return self.purchase.available

    def costs_a_credit(self):
        return sum(CreditEntry.objects.filter(booking=self.booking).values_list("change", flat=True)) < 0

    @invariant()
    def the_booking_is_what_the_model_says(self):
        if getattr(self, "booking", None) is None:
            return
        clock.catch_up(Booking.objects.with_everything().get(pk=self.booking.pk), now=self.now)
        row = Booking.objects.select_related("session").get(pk=self.booking.pk)
        assert (row.status, row.starts_at, row.dispute_state) == (
            self.model.status,
            self.model.starts_at,
            self.model.disputed,
        )
        assert (row.session.starts_at, row.session.ends_at) == (row.starts_at, row.ends_at)
        assert row.session.status in SESSION_OF.get(row.status, {"cancelled"})
        edges = self.booking.events.exclude(kind__in=("created", "dispute_resolved"))
        changes_of_status = edges.exclude(from_status=F("to_status")).count()
        assert row.sequence == sum(self.model.moves.values()) + changes_of_status
        if self.seen != (row.pk, row.version):
            self.seen = (row.pk, row.version)
            self.everything_adds_up()

    def everything_adds_up(self):
        """After each change, and once more in the end."""
        if self.booking is not None:
            self.the_history_has_no_illegal_edge()
            self.credits_and_seats_and_counts_add_up()

    def the_history_has_no_illegal_edge(self):
        edges = list(self.booking.events.values_list("from_status", "to_status", "kind"))
        assert edges[0][0] == ""
        for (_, before, _), (came_from, went_to, kind) in zip(edges, edges[1:], strict=False):
            assert came_from == before
            legal = went_to == came_from or went_to in TRANSITIONS.get(came_from, ())
            assert legal or (kind == "dispute_resolved" and {came_from, went_to} <= DECIDED)

    def credits_and_seats_and_counts_add_up(self):
        entries = list(CreditEntry.objects.filter(purchase=self.purchase).values_list("change", flat=True))
        assert self.credits_left() == sum(entries) >= 0
        held = Booking.objects.filter(purchase=self.purchase, status__in=LIVE).count()
        assert held <= CREDITS
        assert Participant.objects.joined().count() == Booking.objects.count()
        completed = Booking.objects.filter(status=BookingStatus.COMPLETED).count()
        assert TutorProfile.objects.get(pk=self.tutor.pk).total_sessions == completed


class Machine(BookingMachine):
    """Each life in a transaction that is rolled back."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self):
        super().teardown()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)


def live(**more):
    run_state_machine_as_test(Machine, settings=settings(suppress_health_check=list(HealthCheck), **more))


def test_a_few_lives_of_a_booking():
    live(max_examples=25, stateful_step_count=40, derandomize=True)


@pytest.mark.slow
def test_many_lives_of_a_booking():
    live(max_examples=figure(1000, 60), stateful_step_count=50)
