"""What the world has agreed on, from maintained data."""

import re

import phonenumbers
import pytest

from catalog import reference


def by_code(rows):
    return {row["code"]: row["name"] for row in rows}


def test_the_countries_are_those_of_iso_3166():
    countries = by_code(reference.countries())

    assert len(countries) == 249
    assert all(re.fullmatch("[A-Z]{2}", code) for code in countries)
    assert (countries["US"], countries["GB"], countries["AX"]) == ("United States", "United Kingdom", "Åland Islands")
    assert not {"EU", "UN", "ZZ", "XA"} & countries.keys()


def test_the_languages_are_those_of_iso_639_1():
    languages = by_code(reference.languages())

    assert len(languages) == 183
    assert all(re.fullmatch("[a-z]{2}", code) for code in languages)
    assert (languages["en"], languages["es"], languages["sw"]) == ("English", "Spanish", "Swahili")
    assert not {"sh", "mo", "iw", "fil"} & languages.keys()


def test_every_phone_code_is_one_that_numbers_begin_with():
    codes = {row["country"]: row["code"] for row in reference.phone_codes()}

    assert (codes["United States"], codes["United Kingdom"], codes["Germany"]) == ("+1", "+44", "+49")
    assert {int(code) for code in codes.values()} <= phonenumbers.COUNTRY_CODE_TO_REGION_CODE.keys()
    assert len(codes) == len(reference.phone_codes()) > 240


def test_the_currencies_are_those_that_are_paid_in_today():
    currencies = {row["code"]: row for row in reference.currencies()}

    assert currencies["EUR"] == {"code": "EUR", "symbol": "€", "name": "Euro"}
    assert currencies["USD"] == {"code": "USD", "symbol": "$", "name": "US Dollar"}
    assert currencies["GBP"] == {"code": "GBP", "symbol": "£", "name": "British Pound"}
    assert {"JPY", "KWD", "CHF"} <= currencies.keys()
    assert not {"DEM", "XAU", "XTS", "XXX", "ADP"} & currencies.keys()


@pytest.mark.parametrize("rows", [reference.countries, reference.languages, reference.currencies])
def test_lists_are_in_the_order_of_their_names(rows):
    names = [row["name"] for row in rows()]

    assert names == sorted(names)
