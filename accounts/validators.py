"""What makes a person's data valid, wherever it comes from."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from accounts import ages
from catalog import languages
from catalog.reference import currency_codes
from common import zones

_E164 = re.compile(r"\+[0-9]{8,15}")
VIDEO_SITES = (
    *("youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com", "loom.com"),
    *("wistia.com", "wistia.net", "wi.st", "vidyard.com"),
)
# What stands before the first slash is the host and nothing else, whoever reads it.
_PLAIN_URL = re.compile(r"https://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)/[!-\[\]-~]+", re.ASCII)


def validate_time_zone(name: str) -> None:
    """An IANA name such as `Europe/London`; an offset is not a zone (R-GEN-1)."""
    if name not in zones.names():
        raise ValidationError("Must be an IANA time zone such as Europe/London.", code="unknown_time_zone")


def validate_currency(code: str) -> None:
    """An ISO 4217 code such as `EUR`, of a currency that some country pays in today."""
    if code not in currency_codes():
        raise ValidationError("Must be an ISO 4217 currency code such as EUR.", code="unknown_currency")


def validate_birth_date(day: date) -> None:
    """Of somebody who lives: not to come, and not more than 120 years ago."""
    if not ages.born_by(ages.today(), years=ages.OLDEST) <= day <= ages.today():
        raise ValidationError("Must be a day of the last 120 years.", code="bad_birth_date")


def validate_language(code: str) -> None:
    """An ISO 639-1 code such as `en`. Whether it can be newly chosen, services ask (`catalog.languages`)."""
    if code not in languages.names():
        raise ValidationError("Must be an ISO 639-1 language code such as en.", code="unknown_language")


def validate_video_url(url: str) -> None:
    """The https address of a video on a site of `VIDEO_SITES`: no port, no user, no number for a host."""
    if not is_on(VIDEO_SITES, url):
        raise ValidationError(
            "Must be the https address of a video on YouTube, Vimeo, Loom, Wistia or Vidyard.", code="bad_video_url"
        )


def is_on(sites: Iterable[str], url: str) -> bool:
    """Whether it is an https address on one of these sites or a part of one: no port, no user, no number for a host."""
    address = _PLAIN_URL.fullmatch(url)
    host = address[1].lower() if address else ""
    return any(host == site or host.endswith(f".{site}") for site in sites)


def parse_phone(number: str) -> str:
    """The number in E.164, such as `+14155550123`. Raises ValidationError where it cannot be a phone number.

    A known country code and a plausible length suffice: numbering plans change, and the edustream document's own
    example (`+1234567890`) is one digit short of its country's.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        parsed = None
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if parsed else ""
    if parsed is None or parsed.extension or not _E164.fullmatch(written):
        raise ValidationError("Must be an international phone number such as +14155550123.", code="bad_phone")
    return written


def validate_password(password: str, *, extra: Sequence[RegexValidator] = ()) -> None:
    """At least 8 characters everywhere, and what `extra` asks besides."""
    errors: list[ValidationError] = []
    try:
        password_validation.validate_password(password)
    except ValidationError as error:
        errors.extend(error.error_list)
    for validator in extra:
        try:
            validator(password)
        except ValidationError as error:
            errors.append(error)
    if errors:
        raise ValidationError(errors)


# The learner_v1 document's rule: one upper-case letter and one special character (section 4.2).
STRICT_PASSWORD = (
    RegexValidator(re.compile(r"[A-Z]"), "Must contain an upper-case letter.", code="no_upper_case"),
    RegexValidator(re.compile(r"[^\w\s]|_"), "Must contain a special character.", code="no_special_character"),
)
