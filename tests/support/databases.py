"""Migrated, empty databases for sites and for the tests' own: copies, for to migrate one takes twenty seconds."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings

from tests.peerlearn.processes import command, environment
from tests.support.patience import PATIENCE
from tests.support.run_folder import once, run_folder


@contextmanager
def fresh_database(engine: str, folder: Path) -> Iterator[str]:
    """The URL of a migrated, empty database that nobody else uses."""
    if engine == "sqlite":
        file = folder / "site.sqlite3"
        shutil.copy(_sqlite_template(), file)
        yield f"sqlite:///{file}"
        return
    name = f"site_{uuid.uuid4().hex[:12]}"
    _on_postgres(f"CREATE DATABASE {name} TEMPLATE {postgres_template()}")
    try:
        yield postgres_url(name)
    finally:
        _on_postgres(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def postgres_url(name: str) -> str:
    """DATABASE_URL with another database."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def migrate(database_url: str) -> None:
    subprocess.run(
        command("migrate", "--verbosity=0"),
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


def _sqlite_template() -> Path:
    return Path(once("sqlite-template", _make_sqlite_template))


def _make_sqlite_template() -> str:
    file = run_folder() / "template.sqlite3"
    migrate(f"sqlite:///{file}")
    return str(file)


def _on_postgres(statement: str) -> None:
    with closing(psycopg.connect(postgres_url("postgres"), autocommit=True)) as connection:
        connection.execute(statement)
