"""A Redis and a PostgreSQL of a test's own, to stop and start: the machine's are not ours to stop."""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from redis import Redis, RedisError

from tests.peerlearn.processes import free_port
from tests.support.patience import PATIENCE


class OwnRedis:
    """Keeps its port, and nothing else, over a stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        command = [program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen([*command, "--dir", str(self.folder)], stdout=subprocess.DEVNULL)
        wait_for(self._answers, "Redis")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            with closing(Redis(port=self.port)) as client:
                return client.ping()
        except RedisError:
            return False


@contextmanager
def own_redis(folder: Path):
    redis = OwnRedis(folder)
    redis.start()
    try:
        yield redis
    finally:
        redis.stop()


class OwnPostgres:
    """A cluster in a folder, with one empty database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"postgres://chaos@127.0.0.1:{self.port}/peerlearn"

    def create(self) -> None:
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "--username=chaos", "--auth=trust", "--no-sync", "--no-instructions", "-D", self.folder)
        self.start()
        with closing(psycopg.connect(self.url.replace("/peerlearn", "/postgres"), autocommit=True)) as connection:
            connection.execute("CREATE DATABASE peerlearn")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run("pg_ctl", "start", "-w", "-D", self.folder, "-o", options, "-l", self.folder / "log")

    def stop(self, how: str = "fast") -> None:
        self._run("pg_ctl", "stop", "-w", "-D", self.folder, "-m", how)

    def _run(self, name: str, *arguments: object) -> None:
        user = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        subprocess.run(
            [program(name), *map(str, arguments)],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
            **user,
        )


@contextmanager
def own_postgres():
    # Not in pytest's folder: that is closed to PostgreSQL's user.
    with tempfile.TemporaryDirectory(prefix="peerlearn-postgres-") as folder:
        postgres = OwnPostgres(Path(folder))
        postgres.create()
        try:
            yield postgres
        finally:
            postgres.stop("immediate")


def program(name: str) -> str:
    """Where a server program is. Debian keeps PostgreSQL's out of the way."""
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    assert found, f"{name} is not installed: this test starts its own"
    return found


def wait_for(condition, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"{what} did not start"
        time.sleep(0.05)
