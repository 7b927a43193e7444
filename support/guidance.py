"""What somebody in danger should do first, where they are (R-SUP-1)."""

from functools import cache

import phonenumbers
from babel.core import get_global
from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.shortnumberinfo import is_emergency_number

# Numbers for police, fire brigade and ambulance alike. In this order: 112 is answered in more places than people know.
_FOR_EVERYTHING = ("911", "000", "111", "112", "999")
_AFTERWARDS = "Leave the lesson or session, go to people you trust, and keep messages as they are. We read this now."


def guidance(phone: str, time_zone: str) -> str:
    """Words for who is in danger, with the emergency number of the country of the phone number or, else, of the time
    zone.
    """
    number = emergency_number(_country_of(phone) or get_global("zone_territories").get(time_zone, ""))
    call = f"call {number}" if number else "call the local emergency number (112 in most countries, 911 in America)"
    return f"If anybody is in immediate danger, {call} now. {_AFTERWARDS}"


@cache
def emergency_number(country: str) -> str:
    """Of a country by its ISO 3166 code; empty where we know of none."""
    metadata = PhoneMetadata.short_metadata_for_region(country) if country else None
    if metadata is None or metadata.emergency is None:
        return ""
    known = (number for number in _FOR_EVERYTHING if is_emergency_number(number, country))
    return next(known, metadata.emergency.example_number or "")


def _country_of(phone: str) -> str:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
    except phonenumbers.NumberParseException:
        return ""
