import pytest
from django.core.exceptions import ValidationError

from accounts.validators import (
    STRICT_PASSWORD,
    parse_phone,
    validate_currency,
    validate_password,
    validate_time_zone,
    validate_video_url,
)


@pytest.mark.parametrize("name", ["UTC", "Europe/London", "America/Argentina/Ushuaia", "Asia/Kathmandu"])
def test_an_iana_name_is_a_zone(name):
    validate_time_zone(name)


@pytest.mark.parametrize("name", ["", "+02:00", "UTC+1", "GMT 1", "Mars/Base", "europe/london", "../../etc/passwd"])
def test_anything_else_is_no_zone(name):
    with pytest.raises(ValidationError, match="IANA"):
        validate_time_zone(name)


@pytest.mark.parametrize("name", ["localtime", "Factory", "posixrules"])
def test_a_name_that_only_machines_have_is_no_zone(name):
    with pytest.raises(ValidationError, match="IANA"):
        validate_time_zone(name)


@pytest.mark.parametrize("code", ["USD", "EUR", "JPY", "KWD"])
def test_an_iso_code_is_a_currency(code):
    validate_currency(code)


@pytest.mark.parametrize("code", ["", "usd", "Dollar", "ZZZ", "€"])
def test_anything_else_is_no_currency(code):
    with pytest.raises(ValidationError, match="ISO 4217"):
        validate_currency(code)


@pytest.mark.parametrize(
    ("written", "stored"),
    [("+1 415 555 0123", "+14155550123"), ("+44 (0)20 7946 0958", "+442079460958"), ("+1234567890", "+1234567890")],
)
def test_a_phone_number_is_stored_as_e164(written, stored):
    assert parse_phone(written) == stored


@pytest.mark.parametrize("number", ["", "12", "415 555 0123", "+", "+999", "phone", "+1" * 20, "+14155550123 x45"])
def test_what_cannot_be_dialled_is_no_phone_number(number):
    with pytest.raises(ValidationError, match="international phone number"):
        parse_phone(number)


def test_eight_characters_are_a_password():
    validate_password("12345678")


def test_seven_are_not():
    with pytest.raises(ValidationError, match="at least 8 characters"):
        validate_password("1234567")


def test_the_strict_rule_asks_for_upper_case_and_a_special_character():
    validate_password("Password_", extra=STRICT_PASSWORD)


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("password!", ["Must contain an upper-case letter."]),
        ("Password1", ["Must contain a special character."]),
        ("passw", ["This password is too short. It must contain at least 8 characters."]),
    ],
)
def test_the_strict_rule_names_each_fault(password, faults):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, extra=STRICT_PASSWORD)

    assert refusal.value.messages[: len(faults)] == faults


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=2SUwOgmvzK4",
        "https://youtu.be/2SUwOgmvzK4?t=3",
        "https://YouTube.com/embed/2SUwOgmvzK4",
        "https://player.vimeo.com/video/76979871#t=5s",
        "https://www.loom.com/share/0281766fa2d04bb788eaf19e65135184",
        "https://peerlearn.wistia.com/medias/e4a27b971d",
        "https://share.vidyard.com/watch/abc",
    ],
)
def test_videos_of_the_known_sites_are_accepted(url):
    validate_video_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://youtube.com/watch?v=x",
        "https://youtube.com",
        "https://youtube.com/",
        "https://youtube.com:8443/watch?v=x",
        "https://youtube.com:443/watch?v=x",
        "https://user@youtube.com/watch?v=x",
        "https://youtube.com@evil.example/watch?v=x",
        "https://youtube.com\\@evil.example/watch",
        "https://evil.example\\.youtube.com/watch",
        "https://evil.example/https://youtube.com/watch?v=x",
        "https://evil.example#.youtube.com/x",
        "https://youtube.com.evil.example/watch?v=x",
        "https://notyoutube.com/watch?v=x",
        "https://127.0.0.1/watch?v=x",
        "https://2130706433/watch",
        "https://[::1]/watch?v=x",
        "https://localhost/watch",
        "https://youtube.com./watch?v=x",
        "https://y\u043eutube.com/watch?v=x",
        "https://youtube.com/watch?v=x y",
        "https://youtube.com/watch?v=x\n",
        "javascript:alert(1)//https://youtube.com/x",
        "//youtube.com/watch?v=x",
        "",
    ],
)
def test_other_addresses_of_videos_are_refused(url):
    with pytest.raises(ValidationError):
        validate_video_url(url)
