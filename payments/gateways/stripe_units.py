"""Amounts as Stripe takes and gives them: whole numbers of a unit that is not always the currency's own.

See https://docs.stripe.com/currencies. Where Stripe counts in hundredths of a currency that has none (ISK, UGX, RSD),
`common.money.minor_units` would be wrong by a hundred; hence Stripe's own lists, which its interface depends on.
"""

from decimal import Decimal
from operator import index

from payments.gateways.base import GatewayRefused

WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
# The last digit of these must be 0: card networks do not know it.
THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def to_units(amount: Decimal, currency: str) -> int:
    """45.00 USD are 4500, 500 JPY are 500, 5.120 KWD are 5120. Raises GatewayRefused for what Stripe cannot take
    exactly, such as 5.125 KWD: nothing is ever rounded on its way there.
    """
    exact = amount.scaleb(_digits(currency))
    units = int(exact)
    if units != exact or (currency in THOUSANDTHS and units % 10):
        raise GatewayRefused("invalid_amount", f"Stripe cannot take exactly {amount} {currency}.")
    return units


def from_units(units: int, currency: str) -> Decimal:
    """The amount that so many units are. Raises TypeError for anything but a whole number."""
    return Decimal(index(units)).scaleb(-_digits(currency))


def _digits(currency: str) -> int:
    if currency in WHOLE:
        return 0
    return 3 if currency in THOUSANDTHS else 2
