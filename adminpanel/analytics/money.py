"""What the ledger says of a time: always by currency, and on the day on which it was posted (R-PAY-11).

A refund counts when it is given, whenever the payment was: what was said of a month that is over stays true.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from adminpanel.analytics.day_book import ALWAYS, DayBook, Days
from adminpanel.analytics.periods import Period
from adminpanel.analytics.sources import LEDGER
from common.money import round_money
from payments.models import Account

# By (kind of posting, account): what its amount is a part of, and with which sign.
_PARTS: dict[tuple[str, str], tuple[str, int]] = {
    ("capture", Account.PROCESSOR): ("gross", 1),
    ("refund", Account.STUDENT_CREDIT): ("refunded", 1),
    ("refund_failed", Account.STUDENT_CREDIT): ("refunded", 1),  # the other way round, and so less than zero
    ("chargeback", Account.DISPUTES): ("charged_back", 1),
    ("chargeback_won", Account.PROCESSOR): ("charged_back", -1),
    ("earning", Account.PLATFORM_REVENUE): ("commission", -1),
    ("earning", Account.TUTOR_PAYABLE): ("earned", -1),
    ("chargeback_lost", Account.PLATFORM_REVENUE): ("losses", 1),
    ("chargeback_won", Account.PLATFORM_REVENUE): ("losses", 1),  # after it was lost: less than zero
    ("adjustment", Account.PLATFORM_REVENUE): ("losses", 1),
    ("payout", Account.TUTOR_PAYABLE): ("paid_out", 1),
    ("payout_returned", Account.TUTOR_PAYABLE): ("paid_out", 1),
    ("payout_reversed", Account.TUTOR_PAYABLE): ("paid_out", 1),
}
_NOTHING = Decimal(0)


class Money(NamedTuple):
    """Of one currency. `gross` is what students paid, `refunded` and `charged_back` what of payments went back.

    `commission` is the platform's share of what lessons earned, `losses` what the platform bore of chargebacks and
    gave tutors besides; `earned` is the tutors' share, `paid_out` what reached them. `payments` counts what was taken.
    """

    gross: Decimal = _NOTHING
    refunded: Decimal = _NOTHING
    charged_back: Decimal = _NOTHING
    commission: Decimal = _NOTHING
    losses: Decimal = _NOTHING
    earned: Decimal = _NOTHING
    paid_out: Decimal = _NOTHING
    payments: int = 0

    @property
    def net(self) -> Decimal:
        """What students have paid in the end."""
        return self.gross - self.refunded - self.charged_back


NO_MONEY = Money()


def total_money(book: DayBook, days: Days = ALWAYS) -> dict[str, Money]:
    """By currency; a currency in which nothing moved is left out."""
    return _by_currency(book.read(LEDGER, "currency", "kind", "account", days=days))


def money_of_steps(book: DayBook, period: Period) -> dict[date, dict[str, Money]]:
    """By the first day of each step, and by currency."""
    rows_of: dict[date, list[Mapping]] = {step: [] for step in period.steps()}
    for row in book.read(LEDGER, "day", "currency", "kind", "account", days=Days(period.first, period.until)):
        rows_of[period.step_of(row["day"])].append(row)
    return {step: _by_currency(rows) for step, rows in rows_of.items()}


def _by_currency(rows: list) -> dict[str, Money]:
    sums: dict[str, dict] = defaultdict(lambda: defaultdict(Decimal))
    payments: dict[str, int] = defaultdict(int)
    for row in rows:
        currency, place = row["currency"], (row["kind"], row["account"])
        if place in _PARTS:
            name, sign = _PARTS[place]
            sums[currency][name] += sign * row["amount"]
        if place == ("capture", Account.PROCESSOR):
            payments[currency] += row["lines"]
    return {
        currency: Money(
            **{name: round_money(amount, currency) for name, amount in sums[currency].items()},
            payments=payments[currency],
        )
        for currency in sorted(sums)
    }
