"""Migrated, empty databases for sites and for the tests' own: copies, for to migrate one takes ten seconds and more."""

import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings

from tests.peerlearn.processes import environment
from tests.support import quick_migrating
from tests.support.patience import PATIENCE
from tests.support.run_folder import once, run_folder


@contextmanager
def fresh_database(engine: str, folder: Path) -> Iterator[str]:
    """The URL of a migrated, empty database that nobody else uses."""
    if engine == "sqlite":
        file = folder / "site.sqlite3"
        shutil.copy(sqlite_template(), file)
        yield f"sqlite:///{file}"
        return
    with _own_postgres(f"TEMPLATE {postgres_template()}") as url:
        yield url


@contextmanager
def empty_postgres() -> Iterator[str]:
    """The URL of a PostgreSQL database without a table."""
    with _own_postgres() as url:
        yield url


@contextmanager
def _own_postgres(how: str = "") -> Iterator[str]:
    name = f"site_{uuid.uuid4().hex[:12]}"
    _on_postgres(f"CREATE DATABASE {name} {how}")
    try:
        yield postgres_url(name)
    finally:
        _on_postgres(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def postgres_url(name: str) -> str:
    """DATABASE_URL with another database."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def migrate(database_url: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.support.changed", quick_migrating.__name__, "migrate", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env=environment(DATABASE_URL=database_url),
        check=True,
        timeout=PATIENCE,
    )


def postgres_template() -> str:
    """The name of a migrated, empty database that nobody is connected to."""
    return once("postgres-template", _make_postgres_template)


def drop_templates() -> None:
    """At the end of a run; the file of SQLite's goes with the run's folder."""
    if (run_folder() / "postgres-template").exists():
        _on_postgres(f"DROP DATABASE IF EXISTS {postgres_template()} WITH (FORCE)")


def _make_postgres_template() -> str:
    name = f"site_template_{uuid.uuid4().hex[:12]}"
    _on_postgres(f"CREATE DATABASE {name}")
    migrate(postgres_url(name))
    return name


def sqlite_template() -> Path:
    """A migrated, empty file. It outlives the run, and is good until a migration changes."""
    return Path(once("sqlite-template", _make_sqlite_template))


def _make_sqlite_template() -> str:
    kept = settings.BASE_DIR / ".pytest_cache" / "migrated"
    file = kept / f"{_fingerprint()}.sqlite3"
    if not file.exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        unfinished = kept / f"{uuid.uuid4().hex}.sqlite3"
        migrate(f"sqlite:///{unfinished}")
        unfinished.rename(file)
    return str(file)


def _fingerprint() -> str:
    """Of all that a migration does: the migrations, the operations and triggers of our own in them, the libraries."""
    wanted = ("*/migrations/*.py", "*/operations.py", "*/*/triggers.py", "requirements-dev.txt")
    files = [file for pattern in wanted for file in sorted(Path(settings.BASE_DIR).glob(pattern))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _on_postgres(statement: str) -> None:
    with closing(psycopg.connect(postgres_url("postgres"), autocommit=True)) as connection:
        connection.execute(statement)
