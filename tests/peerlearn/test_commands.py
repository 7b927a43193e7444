"""All commands together: each is documented, and what changes anything can be tried without changing it."""

import io
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class

from tests.peerlearn.processes import free_port, manage
from tests.support.snapshot import everything

OURS = sorted(
    name
    for name, app in get_commands().items()
    if app in {config.name for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
)
# Those that change nothing, or nothing without being told to, and those that run for as long as they live.
NO_DRY_RUN = {"check_ledger", "verify_audit", "reconcile_payments", "serve", "tick", "work"}
# Whoever rehearses a purge is on record all the same.
ON_RECORD = {"purge_deleted_users"}
# What cannot be tried without more: whom to make an admin, whose data, which folder. Their own tests do.
NEEDS_MORE = {"backup", "create_admin", "export_person", "restore"}


def document() -> str:
    return (settings.BASE_DIR / "docs/commands.md").read_text()


def test_every_command_stands_in_the_document_and_no_other():
    named = set(re.findall(r"^\| `([a-z_]+)", document(), re.MULTILINE))

    assert named == set(OURS)


def test_every_line_for_cron_is_one():
    lines = re.findall(r"\| `([^`]+)` \|$", document(), re.MULTILINE)

    field = r"(\*|\*/[0-9]+|[0-9]+)"
    assert len(lines) > 15
    assert [line for line in lines if not re.fullmatch(" ".join([field] * 5), line)] == []


@pytest.mark.parametrize("name", OURS)
def test_every_command_says_what_it_does(name):
    assert len(load_command_class(get_commands()[name], name).help) > 20


@pytest.mark.parametrize("name", sorted(set(OURS) - NO_DRY_RUN))
def test_every_command_that_changes_anything_takes_dry_run(name):
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)

    assert "--dry-run" in parser.format_usage()


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(OURS) - NO_DRY_RUN - NEEDS_MORE))
def test_a_dry_run_of_every_command_changes_nothing(name):
    before = everything()

    call_command(name, dry_run=True, stdout=io.StringIO())

    after = everything()
    if name in ON_RECORD:
        assert after.pop("audit.AuditEntry") != before.pop("audit.AuditEntry")
    assert after == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["check_integrity"], ["migrate"], ["create_admin", "--email=a@b.example"], ["tick", "--once"]]
)
def test_a_database_that_does_not_answer_is_said_in_a_sentence(arguments):
    url = f"postgres://someone:hunter2@127.0.0.1:{free_port()}/nowhere"

    ended = manage(*arguments, DATABASE_URL=url, PEERLEARN_ADMIN_PASSWORD="Long-enough-4-anybody")

    assert ended.returncode == 1
    said = ended.stderr.removeprefix("CommandError: ")
    assert re.fullmatch(r"The database PostgreSQL 'nowhere' at 127\.0\.0\.1:\d+ cannot be reached: .+\n", said)


@pytest.mark.slow
def test_a_database_without_its_tables_is_said_in_a_sentence(tmp_path):
    ended = manage("check_ledger", DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}")

    assert ended.returncode == 1
    assert re.fullmatch(
        r"The database lacks \d+ migrations, .+: run `python manage\.py migrate` first\.\n", ended.stderr
    )
