"""What cancelling gives back: the policy templates and their tiers, as pure functions (R-CAN-1 to 4, R-BOOK-4).

Nothing here reads a clock or a database. `lead` is the time from the cancellation to the lesson's start.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from bookings.models import CancellationPolicy, Party
from common.money import round_part

GRACE = timedelta(minutes=5)
UNDO_WINDOW = timedelta(minutes=5)
UNDO_LEAD = timedelta(hours=24)
STRIKE_WITHIN = timedelta(hours=24)


class Tier(NamedTuple):
    """Whoever cancels at least `hours` before the start gets `percent` back."""

    hours: int
    percent: int


# Highest first; below the last one nothing is given back. 36 hours is the most that a policy may ask for (R-CAN-1).
TIERS: dict[str, tuple[Tier, ...]] = {
    CancellationPolicy.FLEXIBLE: (Tier(12, 100),),
    CancellationPolicy.STANDARD: (Tier(24, 100), Tier(12, 50)),
    CancellationPolicy.STRICT: (Tier(36, 100), Tier(24, 50)),
}


@dataclass(frozen=True)
class Outcome:
    """What a cancellation gives back."""

    refund_percent: int
    releases_credit: bool


NOTHING_LOST = Outcome(100, releases_credit=True)


@dataclass(frozen=True)
class Terms:
    """What of a booking decides: frozen at creation, but for what moving it has changed."""

    policy: str
    is_confirmed: bool
    created_at: datetime
    starts_at: datetime
    non_refundable: bool = False
    free_until: datetime | None = None


def outcome(terms: Terms, *, by: str, now: datetime, by_credit: bool = False) -> Outcome:
    """What it gives back if `by` (a Party, the matrix of R-CAN-3) cancels now, before the start.

    `by_credit`: paid by a credit, which is whole: below the full threshold it is used up and nothing is refunded.
    """
    if by != Party.STUDENT or not terms.is_confirmed or is_free(terms, now):
        return NOTHING_LOST
    percent = 0 if terms.non_refundable else percent_at(terms.policy, terms.starts_at - now)
    if percent == 100:
        return NOTHING_LOST
    return Outcome(0 if by_credit else percent, releases_credit=False)


def is_free(terms: Terms, now: datetime) -> bool:
    """Whether the student gets everything back whatever the policy says: just made, or moved by the tutor."""
    return in_undo_window(terms, now) or (terms.free_until is not None and now <= terms.free_until)


def in_undo_window(terms: Terms, now: datetime) -> bool:
    """Within five minutes of creation, for a lesson at least a day away (R-BOOK-4)."""
    return now - terms.created_at <= UNDO_WINDOW and terms.starts_at - now >= UNDO_LEAD


def percent_at(policy: str, lead: timedelta) -> int:
    """The share that the policy gives back. Each threshold has five minutes of grace (R-CAN-2)."""
    return next((tier.percent for tier in TIERS[policy] if lead + GRACE >= timedelta(hours=tier.hours)), 0)


def is_late(policy: str, lead: timedelta) -> bool:
    """Below the full threshold: the late window."""
    return percent_at(policy, lead) < 100


def earns_strike(lead: timedelta) -> bool:
    """Whether a tutor who cancels a confirmed lesson is marked for it (R-CAN-3)."""
    return lead + GRACE < STRIKE_WITHIN


def refund_of(price: Decimal, percent: int, currency: str) -> Decimal:
    """The amount, rounded in the student's favour (R-CAN-4)."""
    return round_part(price * percent / 100, currency, of=price, rounding=ROUND_CEILING)


def deadline_of(tier: Tier, starts_at: datetime) -> datetime:
    """The last moment of a tier, its grace included."""
    return starts_at - timedelta(hours=tier.hours) + GRACE


def full_refund_until(terms: Terms) -> datetime | None:
    """The last moment at which the student loses nothing, by what is known now; None where there is none."""
    if not terms.is_confirmed:
        return terms.starts_at
    moments = [] if terms.non_refundable else [deadline_of(TIERS[terms.policy][0], terms.starts_at)]
    if terms.free_until is not None:
        moments.append(min(terms.free_until, terms.starts_at))
    undo = min(terms.created_at + UNDO_WINDOW, terms.starts_at - UNDO_LEAD)
    if undo >= terms.created_at:
        moments.append(undo)
    return max(moments, default=None)


def free_cancel_after_move(*, proposed_at: datetime, starts_at: datetime) -> datetime:
    """Until when a student may cancel free of charge a lesson that the tutor moved to `starts_at` (R-RES-4)."""
    return min(starts_at, max(starts_at - timedelta(hours=12), proposed_at + timedelta(hours=24)))


def describe(policy: str) -> str:
    """The policy as one sentence for people."""
    shares = [f"{tier.percent} % until {tier.hours} hours before the start" for tier in TIERS[policy]]
    return f"{policy.capitalize()}: refund of {', '.join(shares)}, nothing afterwards."
