"""What can be paid for. `settings.PAYABLES` names, for each kind, a module of an app above that is a `Payable`."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import TutorProfile, User
from notifications.services import Notice
from payments.models import Payment


class Bill(NamedTuple):
    """What somebody has to pay, worked out from the terms that were frozen with it (R-PAY-12)."""

    tutor: TutorProfile
    amount: Decimal
    currency: str
    description: str
    commission_percent: Decimal
    is_manual: bool


class News(NamedTuple):
    """What is still to be told at the end of the transaction."""

    notices: list[Notice]
    frames: list[tuple[int, dict[str, Any]]]


class Payable(Protocol):
    """What payments need to know of a kind of thing that is paid for; all by its id."""

    def bill(self, pk: int, *, payer: User) -> Bill:
        """Raises NotFound unless it is the payer's own, NothingToPay where nothing is to be paid (any more)."""

    def locked(self, pk: int) -> AbstractContextManager[None]:
        """A transaction in which nobody else changes the thing. Locks of things come before locks of payments."""

    def follow_money(self, pk: int, payment: Payment) -> News:
        """The payment, locked with the thing, is not what it was: do what follows."""

    def give_back(self, pk: int, *, actor: User, reason: str) -> None:
        """Refund what its terms give the payer who asks; the caller has locked it, and looks whether that was anything.
        Raises Conflict where it is too early.
        """

    def require_returnable(self, pk: int) -> None:
        """Raises Conflict where an admin may not yet give all of its money back; the caller has locked it."""

    def evidence(self, pk: int) -> dict[str, Any]:
        """What speaks for the thing having been delivered, for a bank that asks (R-PAY-10)."""

    def disputed_sources(self, pk: int) -> list[str]:
        """The `Earning.source` of each lesson of it that is disputed itself, apart from its payment."""

    def commission_percents(self, pk: int) -> Mapping[str, Decimal]:
        """The platform's share that is frozen in each lesson of it, by `Earning.source`."""

    def began_at(self, pk: int) -> datetime:
        """When the payer asked for it."""

    def ended_at(self, pk: int) -> Any:
        """When it was over, UTC; None while it is not."""


def payable_of(kind: str) -> Payable:
    return cast(Payable, import_module(settings.PAYABLES[kind]))


def payable_of_session(session_id: int, *, payer: User) -> tuple[str, int]:
    """What somebody pays who pays for a session: kind and id. Raises NotFound, or NothingToPay for one that is free."""
    return cast(tuple[str, int], import_string(settings.SESSION_PAYABLE)(session_id, payer=payer))
