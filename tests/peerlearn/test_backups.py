"""What `backup` and `restore` say beforehand, on a small SQLite database; the chaos tests have both engines."""

import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from peerlearn.backups import postgres, services, sqlite, uploads


@pytest.fixture
def database(tmp_path, monkeypatch):
    """The site's database, with three rows, and a picture among its uploads."""
    file = tmp_path / "site.sqlite3"
    with closing(sqlite3.connect(file)) as made, made:
        made.execute("CREATE TABLE lesson (id INTEGER)")
        made.executemany("INSERT INTO lesson VALUES (?)", [(1,), (2,), (3,)])
    media = tmp_path / "media"
    media.mkdir()
    (media / "ada.webp").write_bytes(b"a picture")
    monkeypatch.setattr(services, "_engine", lambda: sqlite)
    use(monkeypatch, file, media)
    return file


@pytest.fixture
def into(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def backup(database, into, tmp_path, monkeypatch):
    """A backup of it, to be restored where there is nothing."""
    run("backup", into)
    use(monkeypatch, tmp_path / "new.sqlite3", tmp_path / "new media")
    (folder,) = into.iterdir()
    return folder


def use(monkeypatch, file, media):
    monkeypatch.setattr(sqlite, "_place", lambda: file)
    monkeypatch.setattr(uploads, "_place", lambda: media)


def run(name, folder, **options):
    out = StringIO()
    call_command(name, str(folder), stdout=out, **options)
    return out.getvalue().splitlines()


def old_backup(into, day):
    """As whole as `--keep` wants it."""
    folder = into / f"peerlearn-202601{day:02}T000000Z"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    return folder


class TestBackup:
    def test_a_dry_run_says_where_and_what_and_makes_nothing(self, database, into):
        made, end = run("backup", into, dry_run=True)

        assert made.startswith(f"{into}/peerlearn-2")
        assert made.endswith("Z would be made: 3 rows, 1 files")
        assert end == "Nothing was changed: a dry run."
        assert not into.exists()

    @pytest.mark.usefixtures("database")
    def test_a_dry_run_names_those_that_keep_would_delete_and_the_backup_deletes_them(self, into):
        oldest, old, last = (old_backup(into, day) for day in (1, 2, 3))

        _, *deleted, _ = run("backup", into, keep=2, dry_run=True)

        assert deleted == [f"{oldest} would be deleted", f"{old} would be deleted"]
        assert sorted(into.iterdir()) == [oldest, old, last]
        assert run("backup", into, keep=2)[1:] == [f"{oldest} is deleted", f"{old} is deleted"]

    def test_a_dry_run_finds_that_there_is_no_database(self, database, into):
        database.unlink()

        with pytest.raises(CommandError, match="There is no database"):
            run("backup", into, dry_run=True)

        assert not database.exists()

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_what_is_no_folder_is_refused(self, database, dry_run):
        with pytest.raises(CommandError, match="cannot be written to"):
            run("backup", database / "backups", dry_run=dry_run)


class TestRestore:
    def test_a_dry_run_says_what_would_be_restored_and_restores_nothing(self, backup, tmp_path):
        before = sorted(tmp_path.iterdir())

        said, end = run("restore", backup, dry_run=True)

        assert said.startswith("3 rows in 1 tables and 1 files would be put back, as of 2")
        assert said.endswith(f" UTC; {connection.settings_dict['NAME']} is empty")
        assert end == "Nothing was changed: a dry run."
        assert sorted(tmp_path.iterdir()) == before

    @pytest.mark.usefixtures("backup")
    @pytest.mark.parametrize("name", ["missing", "media"])
    def test_a_dry_run_refuses_what_is_no_backup(self, tmp_path, name):
        with pytest.raises(CommandError, match="is no backup"):
            run("restore", tmp_path / name, dry_run=True)

    def test_a_dry_run_refuses_a_backup_that_was_altered(self, backup):
        with (backup / "uploads.tar").open("ab") as archive:
            archive.write(b"x")

        with pytest.raises(CommandError, match="is not what was written"):
            run("restore", backup, dry_run=True)

    def test_a_dry_run_refuses_a_database_with_something_in_it(self, backup, database, tmp_path):
        shutil.copy(database, tmp_path / "new.sqlite3")

        with pytest.raises(CommandError, match="is there already"):
            run("restore", backup, dry_run=True)

    def test_a_dry_run_refuses_a_backup_of_another_engine(self, backup):
        manifest = json.loads((backup / "manifest.json").read_text())
        (backup / "manifest.json").write_text(json.dumps(manifest | {"engine": "oracle"}))

        with pytest.raises(CommandError, match="is one of oracle, and DATABASE_URL names"):
            run("restore", backup, dry_run=True)

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_files_are_not_lost_where_uploads_go_to_a_bucket(self, backup, tmp_path, monkeypatch, dry_run):
        use(monkeypatch, tmp_path / "new.sqlite3", None)

        with pytest.raises(CommandError, match="names a bucket"):
            run("restore", backup, dry_run=dry_run)

        assert not (tmp_path / "new.sqlite3").exists()


class TestUploads:
    """Whatever an archive holds, regular files are written below the folder of uploads, and nothing else anywhere."""

    @pytest.fixture
    def place(self, tmp_path, monkeypatch):
        monkeypatch.setattr(uploads, "_place", lambda: tmp_path / "media")
        return tmp_path / "media"

    @pytest.fixture
    def pack(self, tmp_path):
        def add(name, *, mode=0o644, kind=tarfile.REGTYPE, target=""):
            with tarfile.open(tmp_path / "uploads.tar", "a") as archive:
                member = tarfile.TarInfo(name)
                member.mode, member.type, member.linkname, member.size, member.mtime = mode, kind, target, 3, 1_000
                archive.addfile(member, BytesIO(b"new"))

        return add

    def test_a_file_comes_back_into_its_folder_with_its_time(self, place, pack, tmp_path):
        pack("avatars/7/ada.webp")

        assert uploads.load(tmp_path) == 1

        file = place / "avatars" / "7" / "ada.webp"
        assert (file.read_bytes(), file.stat().st_mtime) == (b"new", 1_000)

    def test_a_file_cannot_be_run_nor_be_written_by_others(self, place, pack, tmp_path):
        pack("run-me.sh", mode=0o6777)

        uploads.load(tmp_path)

        assert (place / "run-me.sh").stat().st_mode & 0o7777 == 0o644

    @pytest.mark.parametrize("name", ["../outside.txt", "avatars/../../outside.txt", "{tmp_path}/outside.txt", "."])
    def test_a_file_that_belongs_elsewhere_is_refused(self, place, pack, tmp_path, name):
        pack(name.format(tmp_path=tmp_path))

        with pytest.raises(CommandError, match="has a file that belongs elsewhere"):
            uploads.load(tmp_path)

        assert not (tmp_path / "outside.txt").exists()

    @pytest.mark.parametrize("name", ["door", "door/outside.txt"])
    def test_a_link_that_is_there_already_leads_nowhere_else(self, place, pack, tmp_path, name):
        place.mkdir()
        (tmp_path / "elsewhere").mkdir()
        (place / "door").symlink_to(tmp_path / "elsewhere" / ("" if "/" in name else "outside.txt"))
        pack(name)

        with pytest.raises(CommandError, match="has a file that belongs elsewhere"):
            uploads.load(tmp_path)

        assert list((tmp_path / "elsewhere").iterdir()) == []

    @pytest.mark.parametrize("name", ["circle", "circle/inside.txt"])
    def test_links_that_lead_in_a_circle_are_named(self, place, pack, tmp_path, name):
        place.mkdir()
        (place / "circle").symlink_to(place / "circle")
        pack(name)

        with pytest.raises(CommandError, match="links that lead in a circle"):
            uploads.load(tmp_path)

    @pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
    def test_what_is_no_file_is_left_out(self, place, pack, tmp_path, kind):
        pack("door", kind=kind, target="/etc/passwd")

        assert uploads.load(tmp_path) == 0
        assert list(place.iterdir()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_server_that_prefers_no_encoding_is_dumped_like_any_other(monkeypatch, tmp_path):
    """The name of the snapshot came as bytes from it, which pg_dump cannot find."""
    monkeypatch.setenv("PGCLIENTENCODING", "SQL_ASCII")

    assert postgres.save(tmp_path)["accounts_user"] == 0
