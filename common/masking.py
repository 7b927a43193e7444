"""What must not be kept or logged, wherever it stands in a text: tokens, people's addresses, cards' numbers."""

import re

MASK = "[hidden]"

# A JSON web token, a secret in a query string or in a path, somebody's address, or a service's with its password.
SECRET_TEXT = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=token=)[^&\s'\"]+|(?<=otp=)\d+"
    r"|(?<=calendar/feed/)[\w-]+|(?<=notifications/unsubscribe/)[\w:-]+"
    r"|(?<=guardians/recordings/)[\w:-]+"
    r"|[\w.+%-]+(?::[^\s/@]+)?@\w[\w-]*(?:\.[\w-]+)+"
)
# What may be the number of a card; `_is_card` tells it from other long numbers.
MANY_DIGITS = re.compile(r"(?<![\w.])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w.])")


def mask_text(text: str) -> str:
    return MANY_DIGITS.sub(lambda found: MASK if _is_card(found[0]) else found[0], SECRET_TEXT.sub(MASK, text))


def _is_card(text: str) -> bool:
    """Whether the check digit is right, as that of every card is and of one other number in ten."""
    digits = [int(character) for character in reversed(text) if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
