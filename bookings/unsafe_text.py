"""What no review may show: contact data, numbers of cards, threats against somebody's life or body (R-REV-7).

Pure functions that know what can be told from the text alone, and let everything else pass: what is merely rude, an
address in a street or a name is for people who report it and for moderators.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from bookings.threats import PHRASES

PERSONAL_DATA, THREAT = "personal_data", "threat"

# Letters with a stroke, which Unicode does not take for accents.
_STROKES = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d"})
# Format characters (zero-width, direction), and the marks that accents, keycaps and variants of signs are made of.
_INVISIBLE = {"Cf", "Mn", "Me"}

_EMAIL = re.compile(r"[\w.+-]{1,64}(?:@|\s?[(\[]at[)\]]\s?)(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,}")
# With whose it is: the bare name of a messenger is no contact.
_MESSENGER = re.compile(
    r"(?<![\w.@-])(?:wa\.me/\+?\d{6}|(?:api\.|web\.)?whatsapp\.com/send\S*phone=\+?\d{6}|chat\.whatsapp\.com/\w{6}"
    r"|(?:t\.me|telegram\.me|telegram\.dog)/[\w+@-]{3}|m\.me/[\w.]{3}|signal\.me/#\S{3}|line\.me/(?:r/)?ti/p/\S{3}"
    r"|(?:skype|viber|tg|whatsapp)://\S{3})"
)
# As cards are printed: in one, in fours, or as the fifteen and fourteen digits of some; by what their numbers begin
# with, so that neither years in a row nor an ISBN is one.
_CARD = re.compile(
    r"(?<![\w.,+/-])(?:\d{14,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|3\d{3}([ -])\d{6}\2\d{4,5})"
    r"(?![\w/-]|[.,]\d)"
)
_CARD_BEGINS = re.compile(r"4|5\d|6|3[04-9]|2[2-7]")
_LABELLED_AS_BOOK = re.compile(r"(?:isbn|issn|ean|doi|asin)\W*(?:1[03]\W+)?$")
_NUMBER = re.compile(r"\d+")
_DATE = re.compile(r"(?<!\d)(?:\d\d?[./-]\d\d?[./-]\d{4}|\d{4}[./-]\d\d?[./-]\d\d?)(?!\d)")
# As France writes them; more figures in a row are a list of something.
MOST_GROUPS = 5
_WORD = re.compile(r"[^\W_]+")
# As many dial abroad; the library knows the plus alone.
_DIALLED_ABROAD = re.compile(r"(?<![\w.,+/-])00 ?(?=[1-9])")


def reason_to_hide(text: str, *, regions: Iterable[str] = ()) -> str:
    """`threat`, `personal_data`, or nothing. Case, accents and characters that nobody sees do not matter.

    A phone number without its country's code is one if it is dialled so in one of the `regions` (ISO 3166, two
    letters).
    """
    plain = _plain(text)
    if _threatens(plain):
        return THREAT
    has_contact = _EMAIL.search(plain) or _MESSENGER.search(plain) or _has_card(plain) or _has_phone(plain, regions)
    return PERSONAL_DATA if has_contact else ""


def _plain(text: str) -> str:
    """In small letters and digits of one form, without accents and without what is not seen."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    visible = (each for each in decomposed if unicodedata.category(each) not in _INVISIBLE)
    with_digits = "".join(str(unicodedata.decimal(each, each)) for each in visible)
    return unicodedata.normalize("NFKC", with_digits).casefold().translate(_STROKES)


def _words(plain: str) -> str:
    return f" {' '.join(_WORD.findall(plain))} "


@cache
def _phrases() -> tuple[str, ...]:
    return tuple(_words(_plain(phrase)) for phrases in PHRASES.values() for phrase in phrases)


def _threatens(plain: str) -> bool:
    """By whole words, in their order, with whatever punctuation between them."""
    words = _words(plain)
    return any(phrase in words for phrase in _phrases())


def _has_card(plain: str) -> bool:
    found = ((match.start(), re.sub(r"\D", "", match[0])) for match in _CARD.finditer(plain))
    return any(_CARD_BEGINS.match(number) and _passes_luhn(number) for at, number in found if not _is_book(plain, at))


def _passes_luhn(number: str) -> bool:
    digits = [int(each) for each in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _has_phone(plain: str, regions: Iterable[str]) -> bool:
    from phonenumbers import PhoneNumberMatcher  # its tables are large, and most processes never ask

    text = _DIALLED_ABROAD.sub("+", plain)
    found = (match for region in (None, *regions) for match in PhoneNumberMatcher(text, region))
    return any(_is_phone(match.raw_string) and not _is_book(text, match.start) for match in found)


def _is_phone(written: str) -> bool:
    """Without a country's code much looks like a phone number: an ISBN, dates, figures in a row."""
    if written.startswith("+"):
        return True
    is_row = len(_NUMBER.findall(written)) > MOST_GROUPS or _DATE.search(written)
    return not is_row and not _is_isbn_10(re.sub(r"\D", "", written))


def _is_isbn_10(digits: str) -> bool:
    return len(digits) == 10 and sum(at * int(digit) for at, digit in enumerate(digits, start=1)) % 11 == 0


def _is_book(text: str, at: int) -> bool:
    """Whether what begins there is named as the number of a book."""
    return _LABELLED_AS_BOOK.search(text[max(0, at - 12) : at]) is not None
