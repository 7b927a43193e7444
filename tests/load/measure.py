"""One measurement: wrk against a server, or pgbench against the database."""

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.load.cases import Shot

CONNECTIONS = 16
WRK_SCRIPT = Path(__file__).with_name("request.lua")


@dataclass(frozen=True)
class Figures:
    """What a measurement found. Only wrk knows the fields after `seconds`."""

    requests: int
    seconds: float
    p50_ms: float = 0
    p99_ms: float = 0
    bad_status: int = 0
    broken: int = 0
    timeouts: int = 0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def right(self) -> bool:
        """Whether every answer was a success. One that took too long is slow, not wrong."""
        return not self.bad_status and not self.broken


def write_requests(file: Path, shots: Iterable[Shot], *, path: str = "") -> Path:
    """The file that `request.lua` reads; `path` replaces that of every request."""
    lines = ("\t".join((shot.method, path or shot.path, shot.token, shot.payload)) for shot in shots)
    file.write_text("\n".join(lines) + "\n")
    return file


def run_wrk(url: str, requests: Path, *, seconds: int, first: int = 0) -> Figures:
    """One thread, so that it goes through the requests in turn; it sends many times what a server here can take."""
    options = ["--threads", "1", "--connections", str(CONNECTIONS), "--duration", str(seconds), "--timeout", "10s"]
    said = _run("wrk", *options, "--script", str(WRK_SCRIPT), url, "--", str(requests), str(first))
    return Figures(**json.loads(_found(r"^RESULT (.*)$", said)))


def run_pgbench(database_url: str, script: Path, *, seconds: int) -> Figures:
    """The most that the database can do for as many clients, with nothing else in the way."""
    options = ["--no-vacuum", "--protocol", "prepared", "--client", str(CONNECTIONS), "--jobs", "2"]
    said = _run("pgbench", *options, "--time", str(seconds), "--file", str(script), database_url)
    done = int(_found(r"^number of transactions actually processed: (\d+)", said))
    return Figures(done, done / float(_found(r"^tps = ([\d.]+)", said)))


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise AssertionError(f"{command[0]} failed:\n{done.stderr[-3000:]}{done.stdout[-1000:]}")
    return done.stdout


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    assert match, f"unexpected output:\n{text}"
    return match[1]
