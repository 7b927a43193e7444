"""What the world has agreed on: countries, languages, phone codes, currencies. From maintained data, in English.

Everything is worked out once in each process; lists are in the order of their names.
"""

from functools import cache
from importlib import resources

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_currency_symbol, get_territory_currencies

LANGUAGE = "en"
# The edustream document's list. Tutors' own levels are stored in lower case.
PROFICIENCY_LEVELS = ("Beginner", "Intermediate", "Advanced", "Native")


@cache
def countries() -> list[dict[str, str]]:
    """`{code, name}` of each country of ISO 3166-1."""
    names = _names("territories")
    return _by_name([{"code": code, "name": names[code]} for code in _country_codes()])


@cache
def languages() -> list[dict[str, str]]:
    """`{code, name}` of each language of ISO 639-1."""
    names, aliases = _names("languages"), get_global("language_aliases")
    # Those of two letters, but for the one that was withdrawn: it means a language in a certain script.
    codes = [code for code in names if len(code) == 2 and "_" not in aliases.get(code, "")]
    return _by_name([{"code": code, "name": names[code]} for code in codes])


@cache
def language_names() -> dict[str, str]:
    """What each language of `languages` is called, by its code."""
    return {language["code"]: language["name"] for language in languages()}


@cache
def all_language_names() -> dict[str, str]:
    """The same, and of those that have a code of three letters only (ISO 639-3), such as Filipino."""
    aliases = get_global("language_aliases")
    others = {code: name for code, name in _names("languages").items() if len(code) == 3 and code not in aliases}
    return others | language_names()


@cache
def phone_codes() -> list[dict[str, str]]:
    """`{country, code}` such as `United Kingdom` and `+44`, of each place that has a code."""
    import phonenumbers

    names = _names("territories")
    codes = {place: phonenumbers.country_code_for_region(place) for place in phonenumbers.SUPPORTED_REGIONS}
    found = [{"country": names[place], "code": f"+{code}"} for place, code in codes.items()]
    return sorted(found, key=lambda row: row["country"])


@cache
def currencies() -> list[dict[str, str]]:
    """`{code, symbol, name}` of each currency that some country pays in today (ISO 4217)."""
    codes = {code for country in _country_codes() for code in get_territory_currencies(country)}
    return _by_name(
        [
            {
                "code": code,
                "symbol": get_currency_symbol(code, LANGUAGE),
                "name": get_currency_name(code, locale=LANGUAGE),
            }
            for code in codes
        ]
    )


@cache
def currency_codes() -> frozenset[str]:
    return frozenset(currency["code"] for currency in currencies())


def _names(of: str) -> dict[str, str]:
    return {str(code): str(name) for code, name in getattr(Locale(LANGUAGE), of).items()}


@cache
def _country_codes() -> list[str]:
    """ISO 3166-1, from the table that time zones are kept with: babel's own list has regions of every kind."""
    table = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return [line.split("\t")[0] for line in table.splitlines() if line and not line.startswith("#")]


def _by_name(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(rows, key=lambda row: row["name"])
