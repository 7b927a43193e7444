"""Goal R16: a backup that is made while people write is whole, restores to the row, and says how old it is."""

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import httpx
import pytest

from tests.peerlearn.processes import manage
from tests.support import databases, world
from tests.support.bodies import SESSION
from tests.support.server import Site, bearer, running_site


@pytest.fixture(scope="module")
def rehearsal(engine, tmp_path_factory):
    """A backup made while four people write as fast as they can, and restored beside the running site."""
    folder = tmp_path_factory.mktemp("backup")
    with ExitStack() as stack:
        site = stack.enter_context(running_site(folder, engine=engine))
        put_upload(folder / "media" / "kept" / "ada.webp", b"a picture")
        server = site.serve()
        tutors = site.call(world.make_tutors, count=4)
        site.call(list_tutors)
        planned = manage("backup", str(folder / "backups"), "--dry-run", **site.variables)
        with people_writing(server.url, tutors) as created:
            before = len(created)
            made = manage("backup", str(folder / "backups"), **site.variables)
            assert made.returncode == 0, made.stderr
            during = len(created) - before
        (backup,) = (folder / "backups").iterdir()
        target = folder / "restored"
        url = stack.enter_context(empty_database(engine, target))
        variables = {"DATABASE_URL": url, "PEERLEARN_STORAGE_URL": f"file://{target / 'media'}"}
        rehearsed = manage("restore", str(backup), "--dry-run", **variables)
        restored = manage("restore", str(backup), **variables)
        again = Site(target, url, variables=variables)
        stack.callback(again.close)
        yield Rehearsal(made, during, created, backup, restored, again, variables, tutors[0], [planned, rehearsed])


class Rehearsal:
    def __init__(self, made, during, created, backup, restored, site, variables, tutor, dry_runs):
        self.made, self.during, self.created, self.backup, self.dry_runs = made, during, created, backup, dry_runs
        self.restored, self.site, self.variables, self.tutor = restored, site, variables, tutor
        self.manifest = json.loads((backup / "manifest.json").read_text())


@contextmanager
def people_writing(url, tutors):
    """They create sessions until the block ends; what they were told exists is in the list."""
    created, stop = [], Event()

    def write(number, tutor):
        start = datetime(2031, 1, 1, tzinfo=UTC)
        with httpx.Client(base_url=url, headers=bearer(tutor), timeout=60) as client:
            while not stop.is_set():
                start += timedelta(hours=2)
                body = SESSION | {
                    "title": f"Session {number}",
                    "description": "Written during a backup.",
                    "date": start.isoformat(),
                }
                answer = client.post("/api/sessions", json=body)
                assert answer.status_code == 201, answer.text
                created.append(answer.json())

    with ThreadPoolExecutor(len(tutors)) as pool:
        writers = [pool.submit(write, number, tutor) for number, tutor in enumerate(tutors)]
        while len(created) < 8:
            assert not any(writer.done() for writer in writers), writers
        yield created
        stop.set()
    for writer in writers:
        writer.result()


@contextmanager
def empty_database(engine, folder):
    folder.mkdir()
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'restored.sqlite3'}"
        return
    with databases.empty_postgres() as url:
        yield url


def put_upload(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def test_people_wrote_while_it_was_made_and_all_of_them_succeeded(rehearsal):
    assert rehearsal.during > 0
    assert len(rehearsal.created) > rehearsal.during


def test_the_restore_finds_every_row_every_file_and_nothing_wrong(rehearsal):
    said = rehearsal.restored.stdout

    assert rehearsal.restored.returncode == 0, said + rehearsal.restored.stderr
    assert f"{sum(rehearsal.manifest['rows'].values())} rows in " in said
    assert "and 1 files are back" in said
    assert "verify_audit: " in said
    assert "The ledger is sound" in said
    assert "Everything agrees" in said


def test_dry_runs_said_before_what_would_be_made_and_put_back(rehearsal):
    """And neither was in the way of what was done after it."""
    planned, rehearsed = rehearsal.dry_runs

    assert (planned.returncode, rehearsed.returncode) == (0, 0), planned.stderr + rehearsed.stderr
    assert re.search(r"Z would be made: \d+ rows, 1 files\n", planned.stdout)
    rows = sum(rehearsal.manifest["rows"].values())
    assert rehearsed.stdout.startswith(f"{rows} rows in {len(rehearsal.manifest['rows'])} tables and 1 files would be")


def test_it_is_one_moment_of_the_site(rehearsal):
    """What one transaction wrote is all there or all missing: each session with its entry of the log."""
    rows = rehearsal.site.call(sessions_and_entries)

    assert 8 <= rows["sessions"] <= len(rehearsal.created)
    assert rows["entries"] == rows["sessions"]
    assert rows["sessions"] == rehearsal.manifest["rows"]["sessions_app_tutoringsession"]


def test_it_says_how_much_is_lost(rehearsal):
    said = re.search(
        r"They are as of (\S+ \S+) UTC: what was committed in the (\d+) s since", rehearsal.restored.stdout
    )

    assert said
    print(f"RPO of the rehearsal: {said[2]} s; {rehearsal.made.stdout.strip()}")
    assert int(said[2]) < 600
    assert rehearsal.manifest["as_of"].startswith(said[1].replace(" ", "T"))


def test_the_restored_site_serves_and_numbers_go_on(rehearsal):
    """Whoever was signed in still is, and what is made gets an id of its own."""
    server, tutor = rehearsal.site.serve(), rehearsal.tutor
    newest = rehearsal.site.call(world.make_session, tutor["id"])

    answer = httpx.get(f"{server.url}/api/sessions/{newest}", headers=bearer(tutor), timeout=60)

    assert answer.status_code == 200
    assert (rehearsal.site.folder / "media" / "kept" / "ada.webp").read_bytes() == b"a picture"


def test_nobody_else_may_read_it(rehearsal):
    assert oct(rehearsal.backup.stat().st_mode)[-3:] == "700"
    assert {oct(path.stat().st_mode)[-3:] for path in rehearsal.backup.iterdir()} == {"600"}


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_a_database_with_something_in_it_is_not_restored_over(rehearsal, option):
    refused = manage("restore", str(rehearsal.backup), *option, **rehearsal.variables)

    assert refused.returncode == 1
    assert re.search("is there already|is not empty", refused.stderr)


def test_a_backup_that_was_altered_is_not_restored(rehearsal, tmp_path):
    altered = shutil.copytree(rehearsal.backup, tmp_path / "altered")
    with (altered / "uploads.tar").open("ab") as archive:
        archive.write(b"x")

    refused = manage("restore", str(altered), DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}")

    assert (refused.returncode, refused.stderr.strip()) == (
        1,
        f"CommandError: {altered / 'uploads.tar'} is not what was written: its hash differs.",
    )
    assert not (tmp_path / "new.sqlite3").exists()


# --- beside the server --------------------------------------------------------------------------------------------


def list_tutors():
    """As their approval would have done: the check of integrity after the restore looks at that as well."""
    from accounts.models import TutorProfile
    from accounts.services import listing

    for profile in TutorProfile.objects.all():
        listing.refresh(profile)


def sessions_and_entries():
    from audit.models import AuditEntry
    from sessions_app.models import TutoringSession

    made = TutoringSession.objects.filter(description="Written during a backup.").count()
    return {"sessions": made, "entries": AuditEntry.objects.filter(action="session.created").count()}
