"""What every payment provider can do, in our own words (R-PAY-1).

Nothing here touches our payments: a gateway talks to the provider and translates. Amounts are decimals in the
currency's own digits. Every call that changes something carries an idempotency key: repeated
with the same key it has one effect.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from payments.models import DisputeStatus, PaymentStatus, PayoutStatus, RefundStatus


class GatewayUnavailable(Exception):
    """The provider did not answer, or not in time: whether it did what was asked is unknown. Ask again, same key."""


class GatewayRefused(Exception):
    """The provider says no, and will again: `code` is its own word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BadSignature(Exception):
    """An event that the provider did not sign, or signed more than five minutes ago (R-PAY-5)."""


@dataclass(frozen=True)
class RefundState:
    """A refund at the provider; `our_id` is that of our row where the refund carries one."""

    id: str
    status: RefundStatus
    amount: Decimal
    our_id: int | None = None
    failure: str = ""


@dataclass(frozen=True)
class DisputeState:
    """A chargeback at the provider."""

    id: str
    status: DisputeStatus
    amount: Decimal
    reason: str = ""
    evidence_due_by: datetime | None = None


@dataclass(frozen=True)
class FeeState:
    """What the provider kept of one movement of money, named by the movement's `id`; of less than nothing where it gave
    a fee back. It may be in another currency than the payment. Once it is there it never changes.
    """

    id: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class IntentState:
    """A payment as the provider knows it at this moment, with everything that hangs on it: absolute, never a change.

    `status` is at most SUCCEEDED: what was refunded is said by `refunds`. `fees` is None where the provider does
    not say.
    """

    id: str
    status: PaymentStatus
    amount: Decimal
    currency: str
    captured: Decimal
    client_secret: str = ""
    payment_ref: str = ""
    failure_code: str = ""
    failure_message: str = ""
    refunds: tuple[RefundState, ...] = ()
    disputes: tuple[DisputeState, ...] = ()
    fees: tuple[FeeState, ...] | None = ()


@dataclass(frozen=True)
class ReversalState:
    """A part of a payout that was taken back at the provider; `our_id` is that of our row where it is ours."""

    id: str
    amount: Decimal
    our_id: int | None = None


@dataclass(frozen=True)
class TransferState:
    """A payout at the provider, with what was taken back of it. RETURNED is one that somebody else brought back: what
    we took back ourselves, be it all of it, leaves it PAID.
    """

    id: str
    status: PayoutStatus
    failure: str = ""
    reversals: tuple[ReversalState, ...] = ()


@dataclass(frozen=True)
class Event:
    """What an event is about. It only says that something happened: how things stand is asked of the provider."""

    id: str
    type: str
    happened_at: datetime
    object_id: str = ""
    payment_ref: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


class Gateway(ABC):
    """A payment provider. Every method may raise GatewayUnavailable, those that change something GatewayRefused."""

    name: str

    @abstractmethod
    def create_intent(
        self, *, amount: Decimal, currency: str, is_manual: bool, payment_ref: str, description: str, key: str
    ) -> IntentState:
        """Prepare a payment. `is_manual`: only set the money aside when the payer pays."""

    @abstractmethod
    def fetch_intent(self, intent_id: str) -> IntentState:
        """How it stands now."""

    @abstractmethod
    def confirm(self, intent_id: str, *, payment_method: str, key: str) -> IntentState:
        """Pay with a method that the provider knows by that name. A card that is refused is a state, not an error."""

    @abstractmethod
    def capture(self, intent_id: str, *, amount: Decimal, currency: str, key: str) -> IntentState:
        """Take that much of what was set aside; the rest is free again."""

    @abstractmethod
    def void(self, intent_id: str, *, key: str) -> IntentState:
        """Give up a payment of which nothing was taken."""

    @abstractmethod
    def refund(self, intent_id: str, *, amount: Decimal, currency: str, our_id: int, key: str) -> RefundState:
        """Send that much back."""

    @abstractmethod
    def transfer(self, account_id: str, *, amount: Decimal, currency: str, our_id: int, key: str) -> TransferState:
        """Send money to a tutor's account."""

    @abstractmethod
    def fetch_transfer(self, transfer_id: str) -> TransferState:
        """How it stands now."""

    @abstractmethod
    def reverse_transfer(
        self, transfer_id: str, *, amount: Decimal, currency: str, our_id: int, key: str
    ) -> TransferState:
        """Take that much of a transfer back from the tutor's account. Refused where that does not hold so much."""

    @abstractmethod
    def parse_event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """What a webhook's raw body says. Raises BadSignature."""

    @abstractmethod
    def intents_since(self, moment: datetime) -> Iterator[IntentState]:
        """All payments that the provider has made since then, for a comparison with ours."""
