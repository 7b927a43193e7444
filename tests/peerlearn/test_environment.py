"""Configuration: every variable is documented, and a wrong value is one clear sentence."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from peerlearn import environment as env
from tests.peerlearn.processes import manage

READ = re.compile(
    r"""\benv\.(?:text|private_key|secret|folder|boolean|integer|words|url|choice|origins|mailbox|time_zone|currency|weekly_hours|holidays|tiers|addresses)\(\s*["']([A-Z][A-Z0-9_]*)["']"""
)
DOCUMENTED = re.compile(r"^([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def variables_read():
    sources = [path for path in (settings.BASE_DIR / "peerlearn").rglob("*.py") if path.name != "environment.py"]
    return {name for path in sources for name in READ.findall(path.read_text())}


def example() -> str:
    return Path(settings.BASE_DIR, ".env.example").read_text()


def test_every_variable_that_is_read_stands_in_the_example_and_no_other():
    assert {"DATABASE_URL", "PORT", "PEERLEARN_DEBUG"} <= variables_read()
    assert set(DOCUMENTED.findall(example())) == variables_read()


def test_every_variable_in_the_example_has_its_line_of_explanation():
    lines = example().splitlines()

    unexplained = [
        line
        for before, line in zip(lines, lines[1:], strict=False)
        if "=" in line and line[0] != "#" and before[:2] != "# "
    ]

    assert unexplained == []


def test_the_environment_is_read_in_one_place_only():
    elsewhere = re.compile(r"os\.(environ\[|environ\.get|getenv)")
    apps = ["accounts", "adminpanel", "api", "audit", "catalog", "common", "notifications", "peerlearn", "sessions_app"]

    readers = [
        str(path.relative_to(settings.BASE_DIR))
        for app in apps
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if elsewhere.search(path.read_text())
    ]

    assert readers == ["peerlearn/environment.py"]


@pytest.mark.parametrize("slashes", ["///", "////"])
def test_a_folder_for_mails_is_an_absolute_path(slashes):
    shown = manage(
        "shell",
        "-v",
        "0",
        "-c",
        "from django.conf import settings; print(settings.EMAIL_FILE_PATH)",
        EMAIL_URL=f"filemail:{slashes}var/mails",
    )

    assert shown.stdout.split() == ["/var/mails"], shown.stderr


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("ON", True), ("1", True), ("no", False), ("", True)])
def test_a_boolean_has_several_spellings_and_empty_means_the_default(monkeypatch, value, expected):
    monkeypatch.setenv("A_SWITCH", value)

    assert env.boolean("A_SWITCH", default=True) is expected


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (
            lambda: env.boolean("X", default=True),
            "maybe",
            "X must be true or false (or on/off, yes/no, 1/0), not 'maybe'.",
        ),
        (lambda: env.integer("X", default=1), "1.5", "X must be a whole number, not '1.5'."),
        (lambda: env.integer("X", default=1, least=1, most=9), "10", "X must be between 1 and 9, not 10."),
        (lambda: env.integer("X", default=1), "-1", "X must be between 0 and any, not -1."),
        (lambda: env.time_zone("X"), "localtime", "X must be a time zone such as Europe/London, not 'localtime'."),
        (lambda: env.url("X", schemes=("redis", "unix")), "http://h", "X must begin with redis:// or unix://."),
        (lambda: env.url("X", schemes=("http",)), "http://", "X is not a usable URL: it names no host."),
        (
            lambda: env.url("X", schemes=("smtp",)),
            "smtp://h:port",
            "X is not a usable URL: Port could not be cast to integer value as 'port'.",
        ),
    ],
)
def test_a_wrong_value_is_one_clear_sentence(monkeypatch, read, value, sentence):
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read()

    assert str(refusal.value) == sentence


@pytest.mark.parametrize("value", ["foo", "app.example", "https://app.example/path", "ftp://h", "https://", "null"])
def test_an_origin_is_a_scheme_and_a_host(monkeypatch, value):
    monkeypatch.setenv("X", f"https://fine.example,{value}")

    with pytest.raises(ImproperlyConfigured, match="X must list origins such as https://app.example, not"):
        env.origins("X")


def test_origins_are_compared_in_lower_case_and_without_a_last_slash(monkeypatch):
    monkeypatch.setenv("X", "https://App.Example/, http://[::1]:3000")

    assert env.origins("X") == ["https://app.example", "http://[::1]:3000"]


@pytest.mark.parametrize("value", ["xx", "PeerLearn <xx>", "a b@c"])
def test_a_sender_needs_an_address(monkeypatch, value):
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured, match="X must be an e-mail address"):
        env.mailbox("X", "a@b")


def test_a_choice_is_one_of_the_words_or_empty(monkeypatch):
    monkeypatch.setenv("X", "asgi")
    assert env.choice("X", "asgi") == "asgi"

    monkeypatch.setenv("X", "zz")
    with pytest.raises(ImproperlyConfigured, match="X must be asgi, or empty, not 'zz'"):
        env.choice("X", "asgi")


def test_a_list_ignores_blanks(monkeypatch):
    monkeypatch.setenv("X", " a.example , ,b.example,")

    assert env.words("X") == ["a.example", "b.example"]


def test_an_in_memory_sqlite_database_is_a_usable_url(monkeypatch):
    monkeypatch.setenv("X", "sqlite://:memory:")

    assert env.url("X", schemes=("sqlite",)) == "sqlite://:memory:"


def test_tiers_are_hours_and_percentages(monkeypatch):
    monkeypatch.setenv("X", "0:33, 20:28.5,50:0")
    assert env.tiers("X") == [(0, Decimal(33)), (20, Decimal("28.5")), (50, Decimal(0))]

    monkeypatch.setenv("X", "")
    assert env.tiers("X") == []


@pytest.mark.parametrize(
    "value",
    [
        *("33", "0:", ":33", "0:33,", "0:33,,20:28", "0:33;20:28", "0=33", "zero:33", "0:33%", "0:33:1", "0.5:33"),
        *("1:33", "0:101", "0:100.01", "0:-1", "0:33.333", "0:nan", "0:33,20:28,20:25", "0:33,50:25,20:28", "0:٣٣"),
    ],
)
def test_tiers_that_are_not_clear_are_refused(monkeypatch, value):
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.tiers("X")

    assert str(refusal.value) == (
        "X must be hours and percentages (0 to 100) such as '0:33,20:28,50:25.5', the hours beginning with 0 and "
        f"ascending, not {value!r}."
    )


def test_the_server_does_not_start_with_tiers_that_do_not_begin_with_0():
    refused = manage("check", COMMISSION_TIERS="20:28")

    assert refused.returncode != 0
    assert "COMMISSION_TIERS must be hours and percentages" in refused.stderr
