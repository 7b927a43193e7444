"""PeerLearn as real processes, each site with a database of its own.

    with running_site(tmp_path) as site:                      # SQLite; engine="postgres" for PostgreSQL
        server = site.serve()                                 # HTTP and sockets, as `make run`
        people = site.call(world.make_students, count=3)      # runs beside the server, on its database
        httpx.get(f"{server.url}/auth/me", headers=bearer(people[0]))

`site.serve_wsgi()` is production's HTTP (granian); production's sockets are a `site.serve()` beside it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from tests.peerlearn.processes import command, environment, free_port
from tests.support import leaks
from tests.support.databases import fresh_database
from tests.support.patience import PATIENCE

STOP_SECONDS = 40
LOG_SHOWN = 6000


@contextmanager
def running_site(
    folder: Path, *, engine: str = "sqlite", database_url: str = "", redis_url: str = "", **variables: str
) -> Iterator["Site"]:
    """A site on a fresh, migrated database; everything that it started is gone afterwards.

    `variables` go into the environment of its processes. If the block fails, the end of each log is shown.
    """
    with ExitStack() as stack:
        database_url = database_url or stack.enter_context(fresh_database(engine, folder))
        site = Site(folder, database_url, redis_url, variables)
        stack.callback(site.close)
        try:
            yield site
        except BaseException:
            site.show_logs()
            raise
        leaks.look("a server's log", site.logs(), leaks.PLANTED, leaks.PERSONAL)


class Site:
    """One installation: a database, an environment, and any number of processes."""

    def __init__(self, folder: Path, database_url: str, redis_url: str = "", variables: dict[str, str] | None = None):
        self.folder = folder
        self.database_url = database_url
        self.redis_url = redis_url
        self.variables = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PEERLEARN_STORAGE_URL": f"file://{folder / 'media'}",
            "EMAIL_URL": f"filemail:///{folder / 'mail'}",
            "PEERLEARN_THROTTLING": "off",
            **(variables or {}),
        }
        self.servers: list[Server] = []
        self._console: Console | None = None

    def serve(self, *, module: str = "", tick: bool = False, **variables: str) -> "Server":
        """HTTP and sockets in one process. `module` is imported before it starts, to change what a test must change."""
        arguments = ["serve"] if tick else ["serve", "--no-tick"]
        return self._start(_changed(module, *arguments), **variables)

    def serve_wsgi(self, *, workers: int = 2, **variables: str) -> "Server":
        """HTTP alone, as production serves it."""
        start = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}"]
        start += ["--workers", str(workers), "--blocking-threads", "4", "--no-ws", "peerlearn.wsgi:application"]
        return self._start(start, **variables)

    def run_tick(self) -> subprocess.Popen[bytes]:
        """`manage.py tick`, until the site is closed."""
        return self._start(command("tick"), answers=False).process

    def start_worker(self, *, module: str = "") -> subprocess.Popen[bytes]:
        """`manage.py work`, Celery with its beat, until the site is closed; needs Redis. `module` as of `serve`."""
        return self._start(_changed(module, "work"), answers=False).process

    def call(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Run a function of a module with the site's settings and database; what goes in and out is JSON."""
        if self._console is None:
            self._console = Console(environment(**self.variables))
        return self._console.call(function, *arguments, **named)

    def logs(self) -> str:
        """Everything that the site's processes have said."""
        return "".join(server.log.read_text(errors="replace") for server in self.servers)

    def show_logs(self) -> None:
        for server in self.servers:
            print(f"--- {server.log.name} ---\n{server.log.read_text(errors='replace')[-LOG_SHOWN:]}")

    def close(self) -> None:
        for server in self.servers:
            server.kill()
        if self._console:
            self._console.close()

    def _start(self, start: list[str], *, answers: bool = True, **variables: str) -> "Server":
        log = self.folder / f"server-{len(self.servers)}.log"
        server = Server(start, environment(**self.variables | variables), log, answers=answers)
        self.servers.append(server)
        server.start()
        return server


class Server:
    """One process (with the children it makes) on one port, which it keeps over restarts."""

    process: subprocess.Popen[bytes]

    def __init__(self, start: list[str], variables: dict[str, str], log: Path, *, answers: bool) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}"
        self.log = log
        self._command = [part.format(port=self.port) for part in start]
        self._environment = variables | {"PORT": str(self.port), "HOST": "127.0.0.1"}
        self._answers = answers

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self) -> None:
        """Start, and wait until it answers."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self._command,
                cwd=settings.BASE_DIR,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if self._answers:
            self.wait_until_up()

    def wait_until_up(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}/health", timeout=PATIENCE)
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"The server did not start:\n{self.log.read_text(errors='replace')[-LOG_SHOWN:]}")

    def stop(self) -> int:
        """End it as an operator would; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """End it and its children without warning (kill -9)."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError):
            return  # it never started, or it is gone
        self.process.wait()


class Console:
    """A Python process that calls functions on a site's database (`tests.support.console`)."""

    def __init__(self, variables: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.console"],
            cwd=settings.BASE_DIR,
            env=variables | {"DJANGO_SETTINGS_MODULE": "peerlearn.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        request = {"module": function.__module__, "name": function.__name__, "arguments": arguments, "named": named}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the console has ended"}')
        if "error" in answer:
            raise AssertionError(f"{function.__name__} failed:\n{answer['error']}")
        return answer["result"]

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def _changed(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.support.changed", module, *arguments] if module else command(*arguments)


def bearer(person: dict[str, Any]) -> dict[str, str]:
    """The header that signs in one of the people whom `world` made."""
    return {"Authorization": f"Bearer {person['token']}"}
