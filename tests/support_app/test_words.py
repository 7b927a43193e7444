"""What is guessed from words, what is said to who is in danger, and how the hours are written in the settings."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from peerlearn import environment as env
from support.categories import guess
from support.guidance import emergency_number, guidance


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("My tutor threatens me in every lesson", "safety"),
        ("I was charged twice for a lesson", "payment"),
        ("I cannot log in", "account"),
        ("My tutor did not come to the lesson", "booking"),
        ("The camera stays black", "technical"),
        ("Hello there", "other"),
    ],
)
def test_a_category_is_guessed_the_most_pressing_first(text, category):
    assert guess(text) == category


@pytest.mark.parametrize(
    ("phone", "zone", "number"),
    [
        ("+4930123456", "America/New_York", "112"),  # of the phone, not of the zone
        ("", "America/New_York", "911"),
        ("", "Australia/Sydney", "000"),
        ("", "Pacific/Auckland", "111"),
        ("", "Asia/Tokyo", "110"),
        ("not a number", "Europe/Paris", "112"),
    ],
)
def test_help_is_of_the_country_where_somebody_is(phone, zone, number):
    assert f"call {number} now" in guidance(phone, zone)


def test_help_is_there_where_we_do_not_know_the_country():
    assert "112 in most countries" in guidance("", "UTC")
    assert emergency_number("XX") == ""


def test_hours_have_several_windows_a_day(monkeypatch):
    monkeypatch.setenv("X", "mon-tue 09:00-12:00 13:00-17:30, TUE 20:00-24:00")

    assert env.weekly_hours("X", "") == {
        0: [(540, 720), (780, 1050)],
        1: [(540, 720), (780, 1050), (1200, 1440)],
    }


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        *(
            (lambda: env.weekly_hours("X", "mon 09:00-17:00"), value, "X must be hours such as")
            for value in ("mon", "mon 9-17", "mon 17:00-09:00", "mon 09:00-24:01", "someday 09:00-10:00")
        ),
        *((lambda: env.weekly_hours("X", ""), value, "X must be hours") for value in ("fri-mon 09:00-17:00", "mon x")),
        *(
            (lambda: env.holidays("X"), value, "X must list dates such as 2026-12-24 or 12-25")
            for value in ("2026-02-30", "13-01", "christmas", "20261224")
        ),
        (lambda: env.time_zone("X"), "Mars/Olympus", "X must be a time zone such as Europe/London"),
        (lambda: env.addresses("X"), "a@b.example,nobody", "X must list e-mail addresses, not 'nobody'"),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(monkeypatch, read, value, sentence):
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured, match=sentence):
        read()


def test_holidays_and_addresses_are_lists(monkeypatch):
    monkeypatch.setenv("X", " 2026-12-24, 02-29 ")
    monkeypatch.setenv("Y", "Boss@Example.com")

    assert env.holidays("X") == ["2026-12-24", "02-29"]
    assert env.addresses("Y") == ["boss@example.com"]
